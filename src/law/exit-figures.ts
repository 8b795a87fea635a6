// Exit figures that SGD and the models share: survival of a killed chain at two resolutions, a path's exit, and their absence.
import { estimate } from "../answer/estimate.ts";
import type { Survival, WatchedLikeSgd } from "../answer/exit.ts";
import { type Warning, warning } from "../answer/warning.ts";
import { type KilledChain, survivors } from "./killed-chain.ts";

/** Two resolutions of a mean exit time must agree to this part of it, or there is no figure. */
export const acceptableDifference = 1e-5;

/** A path that leaves at step k, uncertain by `error` steps. */
export function exitAt(k: number, error: number, steps: readonly number[]): WatchedLikeSgd {
  return {
    meanSteps: estimate(k, error, error > 0 ? "bound" : "rounding"),
    survival: steps.map((step) => ({ step, probability: estimate(step < k ? 1 : 0, 0, "rounding") })),
  };
}

/**
 * P(exit step > k) at the finer of two resolutions; their difference is the error.
 * @param upTo  the chains stand for the process up to this step only
 */
export function survivalOf(
  chains: readonly KilledChain[],
  steps: readonly number[],
  title: string,
  model: string | undefined,
  warnings: Warning[],
  upTo?: number,
): Survival[] {
  const [coarse, fine] = chains.map((chain) => survivors(chain, steps, upTo).survival);
  const open: number[] = [];
  const survival = steps.map((step, i): Survival => {
    const value = fine![i]!;
    const error = Math.abs(value - coarse![i]!) + 1e-14;
    if (Number.isFinite(value) && error <= 1e-6) return { step, probability: estimate(Math.min(1, Math.max(0, value)), error, "bound") };
    open.push(step);
    return { step, probability: null };
  });
  if (open.length > 0) {
    warnings.push(
      warning(
        "not-converged",
        `${title}: survival at step ${open.join(", ")} is not resolved: the law has not settled by then, and stepping on is too long.`,
        { ...(model ? { model } : {}), steps: open },
      ),
    );
  }
  return survival;
}

/** What stays for good. */
export function neverLeaves(steps: readonly number[]): WatchedLikeSgd {
  return { meanSteps: null, survival: steps.map((step) => ({ step, probability: estimate(1, 0, "rounding") })) };
}

export function withoutFigures(steps: readonly number[]): WatchedLikeSgd {
  return { meanSteps: null, survival: steps.map((step) => ({ step, probability: null })) };
}
