// A frame: the Gaussian weight N(center, A A^T) in whose coordinates u = A^{-1} (x - center) a law is written. A is lower triangular,
// so that the frame needs no eigenvectors. It is chosen from a mean and a covariance, a little wider than the law: a Gaussian law of
// variance r times the frame's has coefficients that fall like |1 - r|^(degree / 2), and r must stay below 2.

/** Mean and covariance: xx, xy, yy. */
export interface PlaneMoments {
  readonly x: number;
  readonly y: number;
  readonly xx: number;
  readonly xy: number;
  readonly yy: number;
}

/** A = [[a, 0], [b, c]]. */
export interface PlaneFrame {
  readonly x: number;
  readonly y: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** What differs between two computations of the same law, besides the degree. */
export interface PlaneResolution {
  /** Variance of a frame over that of its law. */
  readonly widening: number;
  /** How far out, in standard deviations of the frame, functions are asked for their values (plane-pull.ts). */
  readonly reach: number;
}

const defaults = {
  /** A frame is never narrower than this times (1 + |center|): there every smooth function is a polynomial of low degree. */
  narrowest: 1e-4,
  /** Nor flatter than this: a law on a line is written in a frame with some width across. */
  flattest: 0.02,
  /** In a frame's coordinates, how far the law's mean may stray and how wide it may become before the frame must change. */
  meanAtMost: 1.25,
  varianceAtMost: 1.1,
  /** A frame of less than this part of the area is worth a change. */
  worthwhile: 0.6,
};

/** The frame for a law that has these moments at one end of a stretch of time and those at the other; `widening` multiplies variances. */
export function frameAround(from: PlaneMoments, to: PlaneMoments, widening: number): PlaneFrame {
  const dx = 0.5 * (to.x - from.x);
  const dy = 0.5 * (to.y - from.y);
  const wider = from.xx + from.yy > to.xx + to.yy ? from : to;
  // The whole way of the mean lies within one standard deviation; across it, a fifth of that for a curved way.
  const across = 0.04 * (dx * dx + dy * dy);
  return frameOf({
    x: from.x + dx,
    y: from.y + dy,
    xx: widening * wider.xx + dx * dx + across,
    xy: widening * wider.xy + dx * dy,
    yy: widening * wider.yy + dy * dy + across,
  });
}

function frameOf(m: PlaneMoments): PlaneFrame {
  const floor = defaults.narrowest * (1 + Math.abs(m.x) + Math.abs(m.y));
  const spread = defaults.flattest * Math.sqrt(Math.max(m.xx + m.yy, 0));
  const least = Math.max(floor, spread);
  const a = Math.sqrt(Math.max(m.xx, least * least));
  const b = m.xy / a;
  const c = Math.sqrt(Math.max(m.yy - b * b, least * least));
  return { x: m.x, y: m.y, a, b, c };
}

/** Moments in the frame's coordinates. */
export function inFrame(frame: PlaneFrame, m: PlaneMoments): PlaneMoments {
  const x = (m.x - frame.x) / frame.a;
  const y = (m.y - frame.y - frame.b * x) / frame.c;
  return { x, y, ...covarianceInFrame(frame, m.xx, m.xy, m.yy) };
}

/** A^{-1} S A^{-T} for S = [[xx, xy], [xy, yy]]. */
export function covarianceInFrame(frame: PlaneFrame, xx: number, xy: number, yy: number): { xx: number; xy: number; yy: number } {
  const { a, b, c } = frame;
  const uu = xx / (a * a);
  const uv = (xy / a - b * uu) / c;
  return { xx: uu, xy: uv, yy: (yy - b * b * uu - 2 * b * c * uv) / (c * c) };
}

/** Does a law with these moments (in the frame's coordinates) lie well within the frame? */
export function fitsFrame(m: PlaneMoments): boolean {
  return Math.abs(m.x) <= defaults.meanAtMost && Math.abs(m.y) <= defaults.meanAtMost && widest(m) <= defaults.varianceAtMost;
}

/** Largest variance in any direction. */
const widest = (m: PlaneMoments): number => 0.5 * (m.xx + m.yy) + radius(m);

/** Smallest variance in any direction. */
export const narrowest = (m: PlaneMoments): number => 0.5 * (m.xx + m.yy) - radius(m);

const radius = (m: PlaneMoments): number => Math.sqrt(0.25 * (m.xx - m.yy) * (m.xx - m.yy) + m.xy * m.xy);

/** Is `candidate` so much narrower that it is worth a change of frame? */
export function muchNarrower(candidate: PlaneFrame, frame: PlaneFrame): boolean {
  return candidate.a * candidate.c < defaults.worthwhile * frame.a * frame.c;
}

/** Nodes of a tensor grid u_i x u_j in the plane: x and y, N x N, first variable first. */
export function framePoints(frame: PlaneFrame, nodes: Float64Array): { x: Float64Array; y: Float64Array } {
  const count = nodes.length;
  const x = new Float64Array(count * count);
  const y = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) {
      x[i * count + j] = frame.x + frame.a * nodes[i]!;
      y[i * count + j] = frame.y + frame.b * nodes[i]! + frame.c * nodes[j]!;
    }
  }
  return { x, y };
}
