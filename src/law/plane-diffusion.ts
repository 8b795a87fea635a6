// An SDE dX = b dt + D dW in the plane, without sampling: the Hermite coefficients c_ab = E h_ab(u(X)) of its law (plane-law.ts) obey
//
//     d c_ab/dt = E (L h_ab)(u),   L = beta . grad + (1/2) Delta : grad^2,   beta = A^{-1} b,   Delta = A^{-1} D D^T A^{-T},
//
// with the right-hand side taken from the masses at the nodes: the transpose of the Galerkin method for Kolmogorov's backward equation
// in the Gaussian weight of the frame. No grid ends anywhere, so there are no boundary conditions. Within a frame the system is linear
// with constant coefficients and is solved by Krylov's method.
import type { Sde } from "../model/sde.ts";
import { coefficientsOfMasses, massesAtNodes, type PlaneBasis } from "./plane-basis.ts";
import {
  covarianceInFrame,
  fitsFrame,
  frameAround,
  framePoints,
  muchNarrower,
  type PlaneFrame,
  type PlaneMoments,
  type PlaneResolution,
} from "./plane-frame.ts";
import { krylovExponential } from "./plane-krylov.ts";
import { inOtherFrame, momentsInFrame, momentsOfLaw, type PlaneLaw, planeLaw } from "./plane-law.ts";
import { evaluateWithin, LostLawError } from "./plane-pull.ts";

const defaults = {
  /** How often a frame may be chosen anew for the same stretch of time before the stretch is halved. */
  frameTrials: 3,
  /** In one stretch the mean may move this many standard deviations of the law: a frame that holds more is too wide for a narrow law. */
  farthestMove: 2,
  /** Stretches shorter than this part of a step mean that the law runs away. */
  shortestStretch: 1 / 4096,
};

/** The generator in a frame: values at the nodes of beta_1, beta_2, Delta_11 / 2, Delta_12, Delta_22 / 2. */
type Fields = readonly [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];

/**
 * Follows the law of an SDE over one time eta after the other.
 * @param work counts multiplications, so that a caller can bound what is spent
 */
export function diffusionStep(sde: Sde, { widening, reach }: PlaneResolution, work: { done: number }): (law: PlaneLaw) => PlaneLaw {
  const eta = sde.problem.learningRate;
  let fields: Fields | undefined;
  let frame: PlaneFrame | undefined;
  /** The law after `stretch`, in the frame at hand if `to` is left out, else in one around the law now and `to`. */
  const advance = (law: PlaneLaw, stretch: number, from: PlaneMoments, to: PlaneMoments | undefined): PlaneLaw => {
    let now = law;
    if (to !== undefined || fields === undefined) {
      now = inOtherFrame(law, frameAround(from, to ?? from, widening));
      frame = now.frame;
      fields = fieldsIn(sde, frame, reach, law.basis);
    }
    const moved = krylovExponential(generatorOf(law.basis, fields, work), now.coefficients, stretch);
    return planeLaw(law.basis, now.frame, moved);
  };
  return (start) => {
    let law = start;
    let stretch = eta;
    for (let left = eta; left > 0; ) {
      const from = momentsOfLaw(law);
      if (!isFinite2(from)) throw new LostLawError(`${sde.model.id}: its law has no moments at this degree`);
      let guess = firstGuess(sde, from, stretch);
      while (movesFar(from, guess) && stretch > defaults.shortestStretch * eta) guess = firstGuess(sde, from, (stretch *= 0.5));
      let to = fields !== undefined && frame === law.frame ? undefined : guess;
      let reached: PlaneLaw | undefined;
      for (let trial = 0; trial < defaults.frameTrials && reached === undefined; trial++) {
        const next = advance(law, stretch, from, to);
        const moments = momentsOfLaw(next);
        const keeps = trial > 0 || !muchNarrower(frameAround(from, moments, widening), next.frame);
        if (fitsFrame(momentsInFrame(law.basis, next.coefficients)) && keeps) reached = next;
        else to = moments;
      }
      if (reached === undefined) {
        if (stretch <= defaults.shortestStretch * eta) throw new LostLawError(`${sde.model.id}: no frame holds its law`);
        stretch *= 0.5;
        frame = undefined;
        continue;
      }
      law = reached;
      left = left - stretch > 1e-12 * eta ? left - stretch : 0;
      stretch = Math.min(left, 2 * stretch);
    }
    return law;
  };
}

function movesFar(from: PlaneMoments, to: PlaneMoments): boolean {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  return dx * dx + dy * dy > defaults.farthestMove * defaults.farthestMove * (to.xx + to.yy);
}

const isFinite2 = (m: PlaneMoments): boolean =>
  Number.isFinite(m.x + m.y + m.xx + m.xy + m.yy) && m.xx >= -1e-12 * (1 + m.yy) && m.yy >= -1e-12 * (1 + m.xx);

/** Moments after a stretch of time, from drift and diffusion at the mean: only to choose a frame. */
function firstGuess(sde: Sde, from: PlaneMoments, time: number): PlaneMoments {
  const at = Float64Array.of(from.x, from.y);
  const b = sde.drift(at, new Float64Array(2));
  const d = new Float64Array(4);
  sde.diffusionMatrix(at, d);
  return {
    x: from.x + time * b[0]!,
    y: from.y + time * b[1]!,
    xx: from.xx + time * Math.max(d[0]!, 0),
    xy: from.xy + time * d[1]!,
    yy: from.yy + time * Math.max(d[3]!, 0),
  };
}

function fieldsIn(sde: Sde, frame: PlaneFrame, reach: number, basis: PlaneBasis): Fields {
  const { x, y } = framePoints(frame, basis.nodes);
  const fields: Fields = [0, 1, 2, 3, 4].map(() => new Float64Array(x.length)) as unknown as Fields;
  const b = new Float64Array(2);
  const d = new Float64Array(4);
  const evaluate = (point: Float64Array): boolean => {
    sde.drift(point, b);
    sde.diffusionMatrix(point, d);
    return Number.isFinite(b[0]! + b[1]! + d[0]! + d[1]! + d[3]!);
  };
  for (let i = 0; i < x.length; i++) {
    evaluateWithin(frame, reach, x[i]!, y[i]!, evaluate);
    const u = b[0]! / frame.a;
    const delta = covarianceInFrame(frame, d[0]!, d[1]!, d[3]!);
    fields[0][i] = u;
    fields[1][i] = (b[1]! - frame.b * u) / frame.c;
    fields[2][i] = 0.5 * delta.xx;
    fields[3][i] = delta.xy;
    fields[4][i] = 0.5 * delta.yy;
  }
  return fields;
}

/** c -> dc/dt. Derivatives lower degrees: d/du h_ab = sqrt(a) h_{a-1,b}. */
function generatorOf(basis: PlaneBasis, fields: Fields, work: { done: number }): (c: Float64Array, out: Float64Array) => void {
  const { degree, offset, roots, size: count, nodes } = basis;
  const masses = new Float64Array(nodes.length * nodes.length);
  const weighted = new Float64Array(masses.length);
  const parts = fields.map(() => new Float64Array(count));
  const [b1, b2, d11, d12, d22] = parts as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  const cost = 6 * nodes.length * (degree + 1) * (nodes.length + degree / 2);
  return (c, out) => {
    work.done += cost;
    massesAtNodes(basis, c, masses);
    for (let f = 0; f < 5; f++) {
      const field = fields[f]!;
      for (let i = 0; i < masses.length; i++) weighted[i] = masses[i]! * field[i]!;
      coefficientsOfMasses(basis, weighted, parts[f]!);
    }
    for (let a = 0; a <= degree; a++) {
      const row = offset[a]!;
      const one = a > 0 ? offset[a - 1]! : 0;
      const two = a > 1 ? offset[a - 2]! : 0;
      const [r1, r2] = [roots[a]!, a > 1 ? roots[a]! * roots[a - 1]! : 0];
      for (let b = 0; b <= degree - a; b++) {
        let sum = 0;
        if (a > 0) sum += r1 * b1[one + b]!;
        if (a > 1) sum += r2 * d11[two + b]!;
        if (b > 0) {
          sum += roots[b]! * b2[row + b - 1]!;
          if (a > 0) sum += r1 * roots[b]! * d12[one + b - 1]!;
          if (b > 1) sum += roots[b]! * roots[b - 1]! * d22[row + b - 2]!;
        }
        out[row + b] = sum;
      }
    }
  };
}
