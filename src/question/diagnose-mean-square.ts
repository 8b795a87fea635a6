// Stability in mean square of a network's minimum, by batch size: the learning rate at which E|x|^2 starts to grow where the samples' Hessians
// have room (law/mean-square-operator.ts), two sure sides of it beyond (law/mean-square-bounds.ts). What neither decides is null, with a warning.
import type { MeanSquareBounds } from "../answer/diagnose.ts";
import { type Warning, warning } from "../answer/warning.ts";
import { meanSquareBounds, meanSquareBoundsDefaults } from "../law/mean-square-bounds.ts";
import { affordsMeanSquare, meanSquareThresholds } from "../law/mean-square-operator.ts";
import type { Vector } from "../numerics/arrays.ts";
import type { SymmetricEigen } from "../numerics/eigen.ts";
import { covarianceFactor } from "../problem/minibatch-noise.ts";
import type { SgdProblem } from "../problem/problem.ts";
import type { DiagnoseOptions } from "./diagnose-options.ts";

/** Multiplications that the bounds may take: about a minute and a half on one core. */
const largestWork = 4e11;
/** A pass over one sample costs one over a tile of this many. */
const tile = 32;

export interface MeanSquare {
  /** For the JSON's `thresholds`; nothing without minibatches. */
  readonly thresholds: { readonly meanSquare?: number | null; readonly meanSquareBounds?: MeanSquareBounds };
  /** Null where it is not decided. */
  stable(eta: number, batch: number | undefined, stableInMean: boolean): boolean | null;
}

/**
 * @param eigen  of H, where it was formed
 * @param steepest  unit eigenvectors of the largest eigenvalues
 * @param positive  all eigenvalues of H are
 */
export function meanSquareAt(
  problem: SgdProblem,
  x: Vector,
  spectrum: { readonly eigen?: SymmetricEigen; readonly steepest: readonly Vector[]; readonly positive: boolean },
  options: DiagnoseOptions,
  warnings: Warning[],
): MeanSquare {
  const { objective, noise } = problem;
  const { minibatch } = noise;
  if (!minibatch || options.meanSquare === false)
    return { thresholds: minibatch ? { meanSquare: null } : {}, stable: (_eta, _batch, inMean) => (inMean ? null : false) };
  const { d } = objective;
  const { n } = objective.samples!;
  const sizes = [...new Set([minibatch.size, ...(options.batches ?? [])])];
  const kappas = sizes.map((size) => covarianceFactor({ ...minibatch, size }, n));
  if (spectrum.eigen && affordsMeanSquare(n, d)) {
    const found = meanSquareThresholds(objective, x, spectrum.eigen, kappas);
    const of = new Map(sizes.map((size, k) => [size, found[k]!]));
    return {
      thresholds: { meanSquare: of.get(minibatch.size)! },
      stable(eta, batch, inMean) {
        const threshold = of.get(batch ?? minibatch.size) ?? null;
        return threshold === null ? (inMean ? null : false) : inMean && eta < threshold;
      },
    };
  }
  const bounds = boundsOf(problem, x, kappas, spectrum, options, warnings);
  const of = new Map(sizes.map((size, k) => [size, bounds?.[k] ?? null]));
  const own = of.get(minibatch.size)!;
  const undecided = new Set<string>();
  return {
    thresholds: { meanSquare: null, ...(own ? { meanSquareBounds: own } : {}) },
    stable(eta, batch, inMean) {
      if (!inMean) return false;
      const between = of.get(batch ?? minibatch.size);
      if (!between) return null;
      if (eta < between.stableBelow) return true;
      if (eta >= between.unstableAbove) return false;
      const size = batch ?? minibatch.size;
      if (!undecided.has(`${eta} ${size}`))
        warnings.push(
          warning(
            "not-applicable",
            `Stability in mean square is not decided at eta ${eta} with batches of ${size}: E|x|^2 shrinks below ${between.stableBelow.toPrecision(4)} and grows from ${between.unstableAbove.toPrecision(4)} on, between them the method does not tell. --measure runs SGD instead.`,
            { eta, batch: size, ...between },
          ),
        );
      undecided.add(`${eta} ${size}`);
      return null;
    },
  };
}

function boundsOf(
  problem: SgdProblem,
  x: Vector,
  kappas: readonly number[],
  { steepest, positive }: { readonly steepest: readonly Vector[]; readonly positive: boolean },
  options: DiagnoseOptions,
  warnings: Warning[],
): ReturnType<typeof meanSquareBounds> | null {
  const { objective } = problem;
  const { n } = objective.samples!;
  // where H is not positive the mean itself does not settle
  if (!positive) return null;
  const not = (why: string, measures: Record<string, unknown>): null => {
    warnings.push(
      warning("not-applicable", `Stability in mean square is not decided here: ${why}. --measure runs SGD instead.`, {
        n,
        d: objective.d,
        ...measures,
      }),
    );
    return null;
  };
  if (!objective.network) return not("single samples' Hessians are too dear for this objective", {});
  const { steps } = meanSquareBoundsDefaults;
  // a third of the steps is what it mostly takes
  const work = kappas.length * (steps / 3) * 5 * tile * n * objective.d;
  if (work > largestWork) return not(`it takes some ${steps} passes over the Hessian of each of ${n} samples`, { work });
  const found = meanSquareBounds(objective, x, {
    kappas,
    steepest,
    seed: options.seed ?? 1,
    onStep: (done, most) => options.onProgress?.(done, most, "stability in mean square"),
  });
  return found.includes(null) ? not("the Hessian is too near to singular", {}) : found;
}
