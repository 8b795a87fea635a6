// `diagnose` for networks, where the finite sum itself is at hand: what a learning rate and a batch size do at this point. With eigenvectors
// up to 700 parameters (diagnose-dense.ts), by products alone beyond (diagnose-matrix-free.ts). Before long work starts, its memory and
// time are foretold. Training (--point optimum) is full batch, by Newton's method with conjugate gradients.
import type { Answer } from "../answer/answer.ts";
import type { DiagnoseResult } from "../answer/diagnose.ts";
import { type Warning, warning } from "../answer/warning.ts";
import { NoAnswerError } from "../errors.ts";
import { norm } from "../law/krylov.ts";
import { newtonCg } from "../law/newton-cg.ts";
import { findOptimum } from "../law/optimum.ts";
import { selectModels } from "../model/index.ts";
import type { Vector } from "../numerics/arrays.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { version } from "../version.ts";
import { diagnoseDense } from "./diagnose-dense.ts";
import { forecastText } from "./diagnose-forecast.ts";
import { diagnoseMatrixFree } from "./diagnose-matrix-free.ts";
import type { DiagnoseOptions } from "./diagnose-options.ts";
import type { NetworkPlace } from "./diagnose-parts.ts";

/** Up to this many parameters Newton's method with the eigenvectors of H, which leaves saddles, is quick. */
const eigenNewton = 100;

/** A gradient this small beside the samples' own counts as zero. */
const stationaryShare = 1e-9;

export async function diagnoseNetwork(problem: SgdProblem, options: DiagnoseOptions): Promise<Answer<DiagnoseResult>> {
  const models = selectModels(options.models);
  const warnings: Warning[] = [...problem.warnings];
  if (problem.objective.network) options.onForecast?.(forecastText(problem, options));
  const place = placeOf(problem, options, warnings);
  const dense = problem.objective.hessian !== undefined;
  const result = await (dense ? diagnoseDense : diagnoseMatrixFree)(problem, models, place, options, warnings);
  return { command: "diagnose", version, problem: problem.json, seed: options.seed ?? 1, warnings, result };
}

function placeOf(problem: SgdProblem, options: DiagnoseOptions, warnings: Warning[]): NetworkPlace {
  const { objective, start } = problem;
  const gradientAt = (x: Vector): Vector => objective.gradient(x, new Float64Array(objective.d));
  if (options.point !== "optimum") {
    const g = gradientAt(start);
    // zero beside the samples' own gradients: a minimum that training reached
    const stationary = norm(g) <= stationaryShare * Math.sqrt(objective.samples!.spread!(start));
    return { x: start, g, stationary, optimum: false };
  }
  const small = objective.d <= eigenNewton ? findOptimum(objective, start) : undefined;
  if (small && !("failure" in small)) return { x: small.x, g: gradientAt(small.x), stationary: true, optimum: true };
  const found = newtonCg(objective, start, {
    onStep: (size, step) => options.onProgress?.(step, step + 1, `training, gradient ${size.toPrecision(2)}`),
  });
  // Where f is not convex, a gradient that is small beside the samples' own is a stationary point for all that SGD sees.
  const spread = Math.sqrt(objective.samples!.spread!(found.x));
  const settled = !("failure" in found) || (!objective.network?.convex && found.gradientNorm <= 1e-8 * spread);
  if (!settled)
    throw new NoAnswerError(
      "diagnose/no-optimum",
      `diagnose --point optimum: training from the start did not end at a minimum: ${"failure" in found ? found.failure : ""} (|grad f| = ${found.gradientNorm.toPrecision(3)}). A start nearer to one, or l2 > 0, helps.`,
      { gradientNorm: found.gradientNorm },
    );
  if ("failure" in found)
    warnings.push(
      warning("not-converged", `Training ended with |grad f| = ${found.gradientNorm.toPrecision(3)}: ${found.failure}.`, {
        gradientNorm: found.gradientNorm,
      }),
    );
  return { x: found.x, g: gradientAt(found.x), stationary: true, optimum: true };
}
