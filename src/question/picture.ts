// What the page's pictures need beside the answers: a few SGD paths, the landscape, the range of z where SGD's law lives.
import type { ComparedProblem, LawResult } from "../answer/index.ts";
import { sgdPaths } from "../ensemble/sgd.ts";
import { NoAnswerError } from "../errors.ts";
import type { SdeModel } from "../model/model.ts";
import { symmetricEigen } from "../numerics/eigen.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { pathBlocks } from "./paths.ts";

const defaults = {
  paths: 6,
  cloudPaths: 600,
  cloudSubsteps: 4,
  /** beyond so many steps of all paths a cloud is not worth its time */ cloudWork: 4e5,
  steps: 200,
  points: 240,
  /** of the density's maximum: where the law lives */ visible: 1e-6,
} as const;

export async function pictureOf(
  problem: SgdProblem,
  models: readonly SdeModel[],
  law: LawResult,
  seed: number,
): Promise<Pick<ComparedProblem, "paths" | "landscape" | "zRange" | "clouds">> {
  const paths = sgdPaths(problem, { seed, paths: defaults.paths, steps: Math.min(problem.steps, defaults.steps) });
  const { objective, learningRate } = problem;
  if (objective.d === 1) {
    const [low, high] = rangeOf(problem, law, paths);
    const x = Array.from({ length: defaults.points + 1 }, (_, i) => low + ((high - low) * i) / defaults.points);
    const f = x.map((y) => objective.value(Float64Array.of(y)));
    return { paths, landscape: { x, f }, ...(objective.hessian && !problem.momentum ? { zRange: zRangeOver(problem, x) } : {}) };
  }
  const clouds = objective.d === 2 ? { clouds: await cloudsOf(problem, models, seed) } : {};
  if (!objective.quadratic || problem.momentum) return { paths, ...clouds };
  const { values } = symmetricEigen(objective.quadratic.matrix, objective.d);
  return { paths, ...clouds, zRange: [learningRate * values[0]!, learningRate * values[objective.d - 1]!] };
}

/** Final states of SGD and of each model that exists as a process; models that do not are warned of by the questions. */
async function cloudsOf(problem: SgdProblem, models: readonly SdeModel[], seed: number): Promise<Record<string, number[][]>> {
  const clouds: Record<string, number[][]> = {};
  const count = Math.min(defaults.cloudPaths, Math.floor(defaults.cloudWork / problem.steps));
  if (count < 50) return clouds;
  for (const id of ["sgd", ...models.map((m) => m.id)]) {
    try {
      const states: number[][] = [];
      for await (const { count: n, x } of pathBlocks(problem, {
        models: [id],
        seed,
        paths: count,
        steps: [problem.steps],
        substeps: defaults.cloudSubsteps,
      }))
        for (let p = 0; p < n; p++) states.push([x[2 * p]!, x[2 * p + 1]!]);
      clouds[id] = states;
    } catch (error) {
      if (!(error instanceof NoAnswerError)) throw error;
    }
  }
  return clouds;
}

/** Where SGD's densities are visible, the start and the paths included. */
function rangeOf(problem: SgdProblem, law: LawResult, paths: readonly (readonly (readonly number[])[])[]): [number, number] {
  const seen = [problem.start[0]!, ...paths.flat(2)].filter(Number.isFinite);
  for (const { density } of law.sgd.laws) {
    if (!density) continue;
    const top = density.p.reduce((m, p) => Math.max(m, p), 0);
    density.x.forEach((x, i) => {
      if (density.p[i]! > defaults.visible * top) seen.push(x);
    });
  }
  const [low, high] = [seen.reduce((m, x) => Math.min(m, x)), seen.reduce((m, x) => Math.max(m, x))];
  const margin = low === high ? 1 : 0.02 * (high - low);
  return [low - margin, high + margin];
}

function zRangeOver(problem: SgdProblem, xs: readonly number[]): [number, number] {
  const h = new Float64Array(1);
  const z = xs.map((x) => problem.learningRate * problem.objective.hessian!(Float64Array.of(x), h)[0]!).filter(Number.isFinite);
  return [z.reduce((m, v) => Math.min(m, v)), z.reduce((m, v) => Math.max(m, v))];
}
