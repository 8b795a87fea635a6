// A model alone in more dimensions than single-kernel.ts has eigenvalues for: by polynomials in the Hessian (polynomial-steps.ts).
import type { SdeModel } from "../../model/model.ts";
import type { SgdProblem } from "../../problem/problem.ts";
import type { SingleJob } from "../job-spec.ts";
import { figureMap, observationColumns } from "./observe.ts";
import { normalNodes, operands, partsFor } from "./parts.ts";
import type { PathKernel } from "./path-kernel.ts";
import type { PolynomialPlan } from "./polynomial-plan.ts";
import { pathsByPolynomials, polynomialSteps } from "./polynomial-steps.ts";
import { kernelOf } from "./whole.ts";

export function singlePolynomialKernel(problem: SgdProblem, job: SingleJob, model: SdeModel, plan: PolynomialPlan): PathKernel {
  const { d } = problem.objective;
  const { substeps, normals: kind, steps } = job;
  const parts = partsFor(d, kind, 0, pathsByPolynomials(d, substeps));
  const { paths } = parts;
  const state = parts.columns(d);
  const normals = parts.columns(substeps * d);
  const polynomials = polynomialSteps(parts, problem, plan, normals);
  const observation = observationColumns(parts, problem, job.observation, steps, 1);
  const figures = parts.columns(observation.size);
  return kernelOf(parts, job, {
    ways: [[normalNodes(parts, d, substeps, normals), ...polynomials.model(model, substeps, state)]],
    observe: [figureMap(parts, problem, job.observation, observation, [[state]], figures, (_m, [[values]]) => values!)],
    figures: { at: figures, count: observation.size },
    begin: [...operands(state, d, paths).map(({ at }, i) => ({ at, value: problem.start[i]! })), { at: polynomials.beyond, value: 0 }],
    places: steps,
    centers: observation.centers,
    figure: (place, f) => place * observation.size + f,
    fixed: [],
    overflowed: [],
    walkers: [{ process: 0, state, z: undefined, defect: undefined }],
    tables: polynomials.tables,
    beyond: [polynomials.beyond],
  });
}
