// The psd defect |sum of negative eigenvalues| / trace of a symmetric matrix that is known by its products, by stochastic Lanczos quadrature
// (Ubaru, Chen, Saad 2017): z^T f(A) z for random signs z, f the negative part. The kink of f at 0, where most eigenvalues lie, makes
// the quadrature swing as the basis grows: the figure is the mean over the later half of the steps, its error their range together with the spread
// over the vectors, and it is an order of magnitude more than a figure: value +- 1.96 error held the defect of small networks in 95 % of seeds and
// more, where the value itself was off by up to a factor of 10 (test/law/defect-estimate.test.ts). What is sure is `least`: negative eigenvalues
// of Q^T A Q never add up to more than those of A (Cauchy), and the trace is not above the bound that is handed in.
import type { Estimate } from "../answer/estimate.ts";
import type { SymmetricEigen } from "../numerics/eigen.ts";
import { createStream } from "../numerics/random.ts";
import { lanczos, ritz, type Times } from "./krylov.ts";
import { meanOf, signs } from "./trace-estimate.ts";

export interface DefectEstimate {
  readonly defect: Estimate;
  /** A lower bound on the defect. */
  readonly least: number;
}

export const defectDefaults = { steps: 40, vectors: 1 };

/**
 * @param accuracy  of the products, relative to the matrix: negative values below it are rounding
 * @param traceRange  sure bounds on the trace
 */
export function defectEstimate(
  times: Times,
  d: number,
  seed: number,
  accuracy: number,
  traceRange: readonly [number, number],
  onStep?: (done: number, most: number) => void,
): DefectEstimate {
  const { steps, vectors } = defectDefaults;
  const stream = createStream(seed);
  let negative = 0;
  let trace = 0;
  let variance = 0;
  let traceVariance = 0;
  let least = 0;
  let top = 0;
  for (let k = 0; k < vectors; k++) {
    const run = lanczos(times, signs(stream.moveTo(k, 2, "start"), d));
    const later: number[] = [];
    for (let m = 1; m <= steps; m++) {
      if (!run.step()) break;
      onStep?.(k * steps + m, vectors * steps);
      if (m % 4 === 0 && m >= steps / 2) later.push(negativePart(run.size, ritz(run), accuracy).weighted);
    }
    const last = ritz(run);
    const end = negativePart(run.size, last, accuracy);
    const complete = run.basis.length === d;
    const { mean } = meanOf(complete || later.length === 0 ? Float64Array.of(end.weighted) : Float64Array.from(later));
    negative += mean / vectors;
    // Var z^T B z <= 2 |B|_F^2 for signs z, and |B|_F^2 = E |B z|^2
    const spread = complete || later.length === 0 ? 0 : (Math.max(...later) - Math.min(...later)) ** 2;
    variance += (spread + 2 * end.squares) / (vectors * vectors);
    const [alpha, beta] = [run.diagonal[0]!, run.beside[0]!];
    trace += (run.size * run.size * alpha) / vectors;
    traceVariance += (2 * run.size * run.size * (alpha * alpha + beta * beta)) / (vectors * vectors);
    least = Math.max(least, end.sum);
    top = Math.max(top, last.values[last.values.length - 1]!);
  }
  // what the products' own accuracy would hide: at most so much in each direction
  const hidden = accuracy * top * d;
  trace = Math.min(Math.max(trace, traceRange[0]), traceRange[1]);
  // no estimate is further off than the bounds are apart
  traceVariance = Math.min(traceVariance, (traceRange[1] - traceRange[0]) * (traceRange[1] - traceRange[0]));
  const value = negative / trace;
  const error = Math.sqrt((variance + hidden * hidden) / (trace * trace) + (value * value * traceVariance) / (trace * trace));
  return { defect: { value, error, kind: "standard-error" }, least: least / traceRange[1] };
}

function negativePart(size: number, { values, vectors }: SymmetricEigen, accuracy: number) {
  const floor = -accuracy * Math.max(Math.abs(values[0]!), Math.abs(values[values.length - 1]!));
  let weighted = 0;
  let sum = 0;
  let squares = 0;
  for (let k = 0; k < values.length; k++) {
    if (!(values[k]! < floor)) continue;
    const weight = size * vectors[k]! * size * vectors[k]!;
    sum -= values[k]!;
    weighted -= values[k]! * weight;
    squares += values[k]! * values[k]! * weight;
  }
  return { weighted, sum, squares };
}
