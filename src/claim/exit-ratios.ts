// Mean exit times of models over SGD's, both watched at t = k eta: what the claims about escape times are measured by.
import { type Estimate, estimate } from "../answer/estimate.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { exit } from "../question/exit.ts";
import type { ClaimContext } from "./claim.ts";

export interface ExitCase {
  readonly name: string;
  readonly problem: SgdProblem;
  /** Sampled with so many paths; without it the mean is solved for. */
  readonly paths?: number;
}

export interface ExitRatios {
  readonly name: string;
  readonly sgd: Estimate;
  /** By model, null without a figure. */
  readonly ratios: { readonly [model: string]: Estimate | null };
}

export async function exitRatios(each: ExitCase, models: readonly string[], context: ClaimContext): Promise<ExitRatios | null> {
  const { seed, signal, sampling } = context;
  const how = each.paths ? { method: "sample" as const, engine: sampling.exit, paths: each.paths } : { method: "exact" as const };
  const { result } = await exit(each.problem, { ...how, models, seed, signal });
  const sgd = result.sgd.meanSteps;
  if (!sgd) return null;
  const ratios = Object.fromEntries(
    models.map((id) => {
      const own = result.models[id]?.watchedLikeSgd.meanSteps;
      return [id, own ? over(own, sgd) : null];
    }),
  );
  return { name: each.name, sgd, ratios };
}

/** a / b; relative errors in quadrature. Of paths driven by the same variables this is on the safe side. */
function over(a: Estimate, b: Estimate): Estimate {
  const value = a.value / b.value;
  const [left, right] = [a.error / a.value, b.error / b.value];
  const kind = a.kind === "standard-error" || b.kind === "standard-error" ? "standard-error" : "bound";
  return estimate(value, Math.abs(value) * Math.sqrt(left * left + right * right), kind);
}
