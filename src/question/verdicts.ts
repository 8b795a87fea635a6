// Verdicts by question: one dimensionless error a model, and what it means (interface.md, "compare").
// exact: nothing but rounding; good: below 0.05; poor: above; none: no figure.
import type {
  Estimate,
  ExitResult,
  Figure,
  LawAtStep,
  LawResult,
  ModelVerdict,
  StationaryLaw,
  Verdict,
  WeakResult,
} from "../answer/index.ts";
import type { Warning } from "../answer/warning.ts";
import { gaussianW2Squared } from "../law/divergence.ts";
import { log } from "../numerics/elementary.ts";

export const defaults = {
  /** Below this, an error is rounding: laws and weak values without sampling are good to 1e-11 .. 1e-9 of their scale. */
  rounding: 1e-8,
  good: 0.05,
} as const;

const value = (figure: Figure): number => (typeof figure === "number" ? figure : figure.value);
const error = (figure: Figure): number => (typeof figure === "number" ? 0 : figure.error);

/** The verdict on a dimensionless error that is itself known to `uncertainty`. */
export function verdictOf(size: number, uncertainty = 0): Verdict {
  if (size <= defaults.rounding && uncertainty <= defaults.rounding) return "exact";
  return size < defaults.good ? "good" : "poor";
}

function sorted(rows: ModelVerdict[]): ModelVerdict[] {
  // stable: equal errors keep interface.md's order
  return rows.sort((a, b) => (a.error ?? Number.POSITIVE_INFINITY) - (b.error ?? Number.POSITIVE_INFINITY));
}

function none(model: string, warnings: readonly Warning[], codes?: readonly string[]): ModelVerdict {
  const reason =
    warnings.find((w) => w.model === model && (!codes || codes.includes(w.code))) ?? warnings.find((w) => w.model === undefined);
  return { model, error: null, verdict: "none", why: reason?.message ?? "no figure" };
}

/** Largest W2 distance over SGD's standard deviation, over the steps asked about. */
export function lawVerdicts(models: readonly string[], law: LawResult, warnings: readonly Warning[]): ModelVerdict[] {
  return sorted(
    models.map((model) => {
      let worst: { size: number; step: number; uncertainty: number; bound: boolean; sampled: boolean } | undefined;
      law.models[model]?.laws.forEach((at, i) => {
        const sgd = law.sgd.laws[i];
        // where the laws are no Gaussians, that of Gaussians with their moments bounds the distance from below
        const squared = at.w2SquaredFromSgd ?? at.w2SquaredLowerBound ?? momentDistance(sgd, at);
        if (squared === null || !sgd?.covariance) return;
        const deviation = standardDeviation(sgd.covariance);
        if (!(deviation > 0)) return;
        const distance = Math.sqrt(Math.max(value(squared), 0));
        const size = distance / deviation;
        const bound = at.w2SquaredFromSgd === null || at.w2SquaredFromSgd === undefined;
        if (worst && size <= worst.size) return;
        const uncertainty = distanceError(squared, distance) / deviation;
        worst = { size, step: at.step, uncertainty, bound, sampled: sampled(squared) || isSampled(sgd) || isSampled(at) };
      });
      if (!worst) return none(model, warnings);
      const what = worst.bound
        ? "distance of Gaussians with these moments (at most W2) over SGD's standard deviation"
        : "W2 distance over SGD's standard deviation";
      return {
        model,
        error: worst.size,
        verdict: verdictOf(worst.size, worst.uncertainty),
        why: `${formally(law, model)}${what}, largest at step ${worst.step}`,
        ...(worst.sampled ? { uncertainty: worst.uncertainty } : {}),
      };
    }),
  );
}

const sampled = (figure: Figure): boolean => typeof figure !== "number" && figure.kind === "standard-error";

const isSampled = ({ mean, covariance }: LawAtStep): boolean => (mean ?? []).some(sampled) || (covariance ?? []).flat().some(sampled);

/**
 * Squared W2 of Gaussians with two laws' moments, sampled ones too. The distance moves at most as far as a mean or a standard deviation does, so
 * that their errors are its own; those of the square follow.
 */
function momentDistance(sgd: LawAtStep | undefined, model: LawAtStep): Estimate | null {
  if (!sgd?.mean || !sgd.covariance || !model.mean || !model.covariance) return null;
  const squared = gaussianW2Squared(
    numbers({ mean: sgd.mean, covariance: sgd.covariance }),
    numbers({ mean: model.mean, covariance: model.covariance }),
  );
  if (!Number.isFinite(squared)) return null;
  let errors = 0;
  for (const { mean, covariance } of [sgd, model])
    mean!.forEach((figure, i) => {
      const variance = covariance![i]![i]!;
      // of a standard deviation s: e/(2 s), and sqrt(e) near 0
      const spread = Math.min(Math.sqrt(error(variance)), error(variance) / (2 * Math.sqrt(Math.max(value(variance), 0))));
      errors += error(figure) ** 2 + (error(variance) === 0 ? 0 : spread ** 2);
    });
  const kind = isSampled(sgd) || isSampled(model) ? "standard-error" : "bound";
  return { value: squared, error: 2 * Math.sqrt(Math.max(0, squared) * errors) + errors, kind };
}

/** Said before all else where the moments are those of no process. */
function formally(law: LawResult, model: string): string {
  const own = law.models[model];
  return own && !own.exists && own.defect !== null ? `formal, no process has this law (defect ${own.defect.toPrecision(3)}): ` : "";
}

/** The error of a root: e/(2 sqrt v) away from 0, sqrt(e) at it. */
function distanceError(squared: Figure, distance: number): number {
  const e = error(squared);
  return e === 0 ? 0 : Math.min(Math.sqrt(e), distance > 0 ? e / (2 * distance) : Number.POSITIVE_INFINITY);
}

function standardDeviation(covariance: readonly (readonly Figure[])[]): number {
  return Math.sqrt(covariance.reduce((trace, row, i) => trace + value(row[i]!), 0));
}

/** The same for stationary laws, by their means and covariances; undefined where SGD has none. */
export function stationaryVerdicts(models: readonly string[], law: LawResult, warnings: readonly Warning[]): ModelVerdict[] | undefined {
  const sgd = law.sgd.stationary;
  if (!sgd) return undefined;
  const deviation = standardDeviation(sgd.covariance);
  if (!(deviation > 0)) return undefined;
  return sorted(
    models.map((model) => {
      const own = law.models[model]?.stationary;
      if (!own) return none(model, warnings);
      const squared = gaussianW2Squared(numbers(sgd), numbers(own));
      if (!Number.isFinite(squared)) return none(model, warnings);
      const size = Math.sqrt(Math.max(squared, 0)) / deviation;
      const ratio = standardDeviation(own.covariance) / deviation;
      const uncertainty =
        [...sgd.covariance.flat(), ...own.covariance.flat()].reduce<number>((e, f) => Math.max(e, error(f)), 0) / deviation ** 2;
      return {
        model,
        error: size,
        verdict: verdictOf(size, uncertainty),
        why: `${formally(law, model)}stationary standard deviation ${ratio.toFixed(3)} times SGD's (distance of Gaussians with these moments)`,
      };
    }),
  );
}

const numbers = ({ mean, covariance }: StationaryLaw) => ({
  mean: Float64Array.from(mean, value),
  covariance: Float64Array.from(covariance.flat(), value),
});

/** Largest |weak error| along the way over phi's standard deviation under SGD, the worst of the test functions. */
export function weakVerdicts(
  models: readonly string[],
  weak: WeakResult,
  warnings: readonly Warning[],
  /** phi's standard deviation where the answer has none (question/scale.ts). */
  scaleOf: (phi: string) => number | null = () => null,
): ModelVerdict[] {
  return sorted(
    models.map((model) => {
      let worst: { size: number; phi: string; step: number; uncertainty: number; sampled: boolean } | undefined;
      for (const test of weak.tests) {
        const row = test.rows[0];
        const largest = row?.models[model]?.maxWeakError;
        const deviation = row?.sgdStandardDeviation ?? scaleOf(test.phi);
        if (!largest || !deviation) continue;
        const size = Math.abs(largest.value) / deviation;
        if (worst && size <= worst.size) continue;
        worst = {
          size,
          phi: test.phi,
          step: largest.step,
          uncertainty: largest.error / deviation,
          sampled: largest.kind === "standard-error",
        };
      }
      if (!worst) return none(model, warnings);
      return {
        model,
        error: worst.size,
        verdict: verdictOf(worst.size, worst.uncertainty),
        why: `largest weak error over phi's standard deviation: phi = ${worst.phi}, step ${worst.step}`,
        ...(worst.sampled ? { uncertainty: worst.uncertainty } : {}),
      };
    }),
  );
}

/** |log of the mean exit time's ratio to SGD's|, watched as SGD is. */
export function exitVerdicts(models: readonly string[], exit: ExitResult, warnings: readonly Warning[]): ModelVerdict[] {
  const sgd = exit.sgd.meanSteps;
  return sorted(
    models.map((model) => {
      const own = exit.models[model]?.watchedLikeSgd.meanSteps;
      if (!sgd) return { model, error: null, verdict: "none", why: `SGD's own mean exit time has no figure${ofSgd(warnings)}` };
      if (!own || !sgd || !(own.value > 0) || !(sgd.value > 0))
        return none(model, warnings, ["never-exits", "not-converged", "no-diffusion", "not-embeddable", "not-applicable", "unstable"]);
      const ratio = own.value / sgd.value;
      const size = Math.abs(log(ratio));
      return {
        model,
        error: size,
        verdict: verdictOf(size, relativeError(own) + relativeError(sgd)),
        why: ratioInWords(ratio),
        ...(sampled(own) || sampled(sgd) ? { uncertainty: Math.sqrt(relativeError(own) ** 2 + relativeError(sgd) ** 2) } : {}),
      };
    }),
  );
}

function ofSgd(warnings: readonly Warning[]): string {
  const reason = warnings.find((w) => w.model === undefined || w.model === "sgd");
  return reason ? `: ${reason.message}` : "";
}

const relativeError = (estimate: Estimate): number => estimate.error / Math.abs(estimate.value);

/** "27 % fast", "1.8 times too slow". */
export function ratioInWords(ratio: number): string {
  if (Math.abs(ratio - 1) < 5e-4) return "exits as SGD does";
  if (ratio < 1)
    return ratio > 0.5 ? `${((1 - ratio) * 100).toFixed(ratio > 0.95 ? 1 : 0)} % fast` : `${(1 / ratio).toPrecision(2)} times too fast`;
  return ratio < 2 ? `${((ratio - 1) * 100).toFixed(ratio < 1.05 ? 1 : 0)} % slow` : `${ratio.toPrecision(2)} times too slow`;
}
