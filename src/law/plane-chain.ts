// SGD in the plane, step by step, without sampling: from the masses of a law at nodes x_i,
//     Gaussian noise:  each becomes N(x_i - eta grad f(x_i), eta^2 Sigma(x_i)), whose Hermite moments are known in closed form;
//     discrete noise:  each becomes the points x_i - eta (grad f(x_i) + v_m(x_i)) with probabilities p_m.
// The only approximation is that E[h_ab(x_{k+1}) | x_k] is replaced by its projection on polynomials of degree n under the frame's
// Gaussian weight; it is smooth where f and Sigma are. Minibatches of finite sums have too many atoms and are not treated.
import type { SgdProblem } from "../problem/problem.ts";
import { fitsFrame, frameAround, inFrame, muchNarrower, type PlaneResolution } from "./plane-frame.ts";
import { lawOfSources, momentsOfSources, type PlaneLaw, type PlaneSources } from "./plane-law.ts";
import { evaluateWithin } from "./plane-pull.ts";

/** Which noise SGD has: the problem's own, or Gaussian noise of the same covariance. */
export type ChainNoise = "own" | "gaussian";

/** Can SGD be followed here: two dimensions, and Gaussian noise or noise with few values? */
export function planeChainApplies(problem: SgdProblem, noise: ChainNoise = "own"): boolean {
  return problem.objective.d === 2 && (noise === "gaussian" || problem.noise.gaussian || problem.noise.atoms !== undefined);
}

/** The law one SGD step later; the frame is kept where it still fits, so that a law can settle to the last bit. */
export function chainStep(problem: SgdProblem, noise: ChainNoise, { widening, reach }: PlaneResolution): (law: PlaneLaw) => PlaneLaw {
  const spreads = noise === "gaussian" || problem.noise.gaussian;
  return (law) => {
    const sources = spreads ? gaussianSources(problem, law, reach) : discreteSources(problem, law, reach);
    const moments = momentsOfSources(sources);
    const candidate = frameAround(moments, moments, widening);
    const kept = fitsFrame(inFrame(law.frame, moments)) && !muchNarrower(candidate, law.frame);
    return lawOfSources(law.basis, kept ? law.frame : candidate, sources);
  };
}

function gaussianSources({ objective, noise, learningRate: eta }: SgdProblem, law: PlaneLaw, reach: number): PlaneSources {
  const count = law.masses.length;
  const [x, y, spread] = [new Float64Array(count), new Float64Array(count), new Float64Array(3 * count)];
  const gradient = new Float64Array(2);
  const sigma = new Float64Array(4);
  const evaluate = (point: Float64Array): boolean => {
    objective.gradient(point, gradient);
    noise.covariance(point, sigma);
    return Number.isFinite(gradient[0]! + gradient[1]! + sigma[0]! + sigma[1]! + sigma[3]!);
  };
  for (let i = 0; i < count; i++) {
    evaluateWithin(law.frame, reach, law.x[i]!, law.y[i]!, evaluate);
    x[i] = law.x[i]! - eta * gradient[0]!;
    y[i] = law.y[i]! - eta * gradient[1]!;
    spread[3 * i] = eta * eta * sigma[0]!;
    spread[3 * i + 1] = eta * eta * sigma[1]!;
    spread[3 * i + 2] = eta * eta * sigma[3]!;
  }
  return { masses: law.masses, x, y, spread };
}

function discreteSources({ objective, noise, learningRate: eta }: SgdProblem, law: PlaneLaw, reach: number): PlaneSources {
  const [masses, x, y]: [number[], number[], number[]] = [[], [], []];
  const gradient = new Float64Array(2);
  let atoms = noise.atoms!(Float64Array.of(law.frame.x, law.frame.y));
  const evaluate = (point: Float64Array): boolean => {
    objective.gradient(point, gradient);
    atoms = noise.atoms!(point);
    return (
      Number.isFinite(gradient[0]! + gradient[1]!) && atoms.values.every(Number.isFinite) && atoms.probabilities.every(Number.isFinite)
    );
  };
  for (let i = 0; i < law.masses.length; i++) {
    evaluateWithin(law.frame, reach, law.x[i]!, law.y[i]!, evaluate);
    for (let m = 0; m < atoms.probabilities.length; m++) {
      masses.push(law.masses[i]! * atoms.probabilities[m]!);
      x.push(law.x[i]! - eta * (gradient[0]! + atoms.values[2 * m]!));
      y.push(law.y[i]! - eta * (gradient[1]! + atoms.values[2 * m + 1]!));
    }
  }
  return { masses: Float64Array.from(masses), x: Float64Array.from(x), y: Float64Array.from(y) };
}
