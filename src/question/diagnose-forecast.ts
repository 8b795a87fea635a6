// What a diagnosis of a network will need, foretold before it starts: memory exactly, time from the multiplications of its passes at a
// rate that one core of a laptop reaches. No clock: the forecast is part of no figure.
import type { SgdProblem } from "../problem/problem.ts";
import type { DiagnoseOptions } from "./diagnose-options.ts";

/** Multiplications a second in passes and in dense matrices; measured on one core of 2.5 GHz, rounded down. */
const rates = { passes: 4e9, dense: 5e8 };

export function forecastText(problem: SgdProblem, options: DiagnoseOptions): string {
  const { d, network, hessian } = problem.objective;
  const { passes } = network!;
  const { n } = passes;
  // one direction: every weight is used five times, in products forward and back
  const product = 5 * n * d;
  const rows = (options.etas?.length ?? 1) * (options.batches?.length ?? 1);
  const doubles = hessian ? 8 * d * d + 2 * n * d : 300 * d;
  const passesTime = (hessian ? 3 * d : 700) * product;
  const denseTime = hessian ? (25 + 3 * rows) * d * d * d + 4 * n * d * d : 0;
  const seconds = passesTime / rates.passes + denseTime / rates.dense;
  const training = options.point === "optimum" ? ", besides training" : "";
  return `${n} samples, ${d} parameters, ${hessian ? "with eigenvectors" : "matrix-free"}: about ${size(passes.bytes + 8 * doubles)} of memory and ${time(seconds)}${training}.`;
}

function size(bytes: number): string {
  return bytes < 1e9 ? `${Math.max(1, Math.round(bytes / 1e6))} MB` : `${(bytes / 1e9).toPrecision(2)} GB`;
}

function time(seconds: number): string {
  if (seconds < 1) return "less than a second";
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
