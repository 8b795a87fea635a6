// The models' laws on the line: densities by the Fokker-Planck equation at two resolutions or more, divergences from SGD's law, and the paths
// of models without noise.
import { estimate } from "../answer/estimate.ts";
import type { LawAtStep } from "../answer/law.ts";
import { type Warning, warning } from "../answer/warning.ts";
import type { SdeModel } from "../model/model.ts";
import { flowPath } from "./flow-path.ts";
import { type DensityLevel, densities, densityMesh } from "./fokker-planck.ts";
import { type FigureLimits, grid, moments } from "./law-figures.ts";
import { type Divergences, divergences } from "./line-divergence.ts";
import type { Range } from "./line-domain.ts";
import { type LineLaw, polynomialLaw } from "./line-law.ts";
import type { LineMesh } from "./line-mesh.ts";
import type { LineProblem, LineSde } from "./line-problem.ts";
import { type PlainMoments, type SgdLaws, sampled } from "./sgd-laws.ts";

/** A model's laws at two resolutions, on the mesh of the finer. */
export interface ModelDensities {
  readonly coarse: readonly LineLaw[];
  readonly fine: readonly LineLaw[];
  readonly mesh: LineMesh;
}

/**
 * Level after level until two agree to `target` of the largest density; models whose mesh would be too fine are missing.
 */
export function densitiesOf(
  line: LineProblem,
  sdes: readonly LineSde[],
  steps: readonly number[],
  range: Range,
  levels: readonly DensityLevel[],
  target: number,
): Map<string, ModelDensities> {
  const out = new Map<string, ModelDensities>();
  let open = sdes;
  let before = new Map<string, readonly LineLaw[]>();
  for (const level of levels) {
    if (open.length === 0) break;
    const mesh = densityMesh(line, sdes, range, steps[0]!, level);
    if (mesh === null) break;
    const now = new Map<string, readonly LineLaw[]>();
    open = open.filter((sde) => {
      const found = densities(line, sde, mesh, range, steps, level);
      if (found === null) return false;
      const fine = found.map((density) => polynomialLaw(mesh, density));
      now.set(sde.id, fine);
      const coarse = before.get(sde.id);
      if (coarse) out.set(sde.id, { coarse, fine, mesh });
      return !coarse || !fine.every((law, i) => agree(coarse[i]!, law, target));
    });
    before = now;
  }
  return out;
}

/** Densities agree at a few quantile-like points to this part of the largest. */
function agree(a: LineLaw, b: LineLaw, target: number): boolean {
  const deviation = Math.sqrt(b.variance);
  const top = 0.4 / deviation;
  return [-3, -2, -1, -0.3, 0.4, 1.2, 2.1, 3.2].every((u) => {
    const x = b.mean + u * deviation;
    return Math.abs(a.density(x) - b.density(x)) <= target * top;
  });
}

/** Moments and density at one step. */
export function modelPicture(
  step: number,
  i: number,
  { coarse, fine }: ModelDensities,
  range: Range,
  { acceptable, floor }: FigureLimits = {},
): LawAtStep {
  const density = grid(coarse[i]!, fine[i]!, range, floor);
  return {
    step,
    ...moments(coarse[i]!, fine[i]!, acceptable),
    ...(density && { density }),
    klFromSgd: null,
    w2SquaredFromSgd: null,
  };
}

/** Moments, density and divergences from SGD's law at one step. */
export function modelAnswer(
  model: SdeModel,
  step: number,
  i: number,
  found: ModelDensities,
  sgd: SgdLaws | null,
  range: Range,
  warnings: Warning[],
): LawAtStep {
  const picture = modelPicture(step, i, found, range);
  if (picture.mean === null || !picture.density) {
    warnings.push(
      warning("not-converged", `${model.title}: its law at step ${step} is not resolved (two resolutions differ).`, {
        model: model.id,
        step,
      }),
    );
  }
  if (!sgd || picture.mean === null || !picture.density) return picture;
  const { coarse, fine, mesh } = found;
  const whole = { low: mesh.edges[0]!, high: mesh.edges.at(-1)! };
  const p = sampled(sgd, i, mesh);
  const [rough, good] = [divergences(p, coarse[i]!, whole), divergences(p, fine[i]!, whole)];
  return { ...picture, ...divergenceFigures(rough, good) };
}

function divergenceFigures(coarse: Divergences, fine: Divergences): Pick<LawAtStep, "klFromSgd" | "w2SquaredFromSgd"> {
  const kl = estimate(fine.kl, Math.abs(fine.kl - coarse.kl) + fine.klError, "bound");
  const w2 = estimate(fine.w2Squared, Math.abs(fine.w2Squared - coarse.w2Squared) + fine.w2Error, "bound");
  return {
    klFromSgd: Number.isFinite(kl.value + kl.error) ? kl : null,
    w2SquaredFromSgd: Number.isFinite(w2.value + w2.error) ? w2 : null,
  };
}

/** A path: no density, no KL; every coupling with a point is the same. */
export function flowLaws(
  sde: LineSde,
  line: LineProblem,
  steps: readonly number[],
  sgd: ((i: number) => PlainMoments) | null,
): LawAtStep[] {
  return flowPath(sde.drift, line.start, line.eta, steps).map((point, i) => {
    const step = steps[i]!;
    if (point === null) return { step, mean: null, covariance: null, klFromSgd: null, w2SquaredFromSgd: null };
    const { x, error } = point;
    const law = sgd?.(i);
    const gap = law ? Math.abs(law.mean - x) : 0;
    return {
      step,
      mean: [estimate(x, error, "bound")],
      covariance: [[estimate(0, 0, "rounding")]],
      klFromSgd: null,
      w2SquaredFromSgd: law
        ? estimate(law.variance + gap * gap, law.error + (2 * gap + error + law.error) * (error + law.error), "bound")
        : null,
    };
  });
}
