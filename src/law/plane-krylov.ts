// exp(time L) v for a linear map L that is only given by its action: Arnoldi's method, in as many pieces of time as the accuracy asks
// for (Saad, SIAM J. Numer. Anal. 29, 1992; Sidje's Expokit, ACM TOMS 24, 1998). On the space spanned by v, L v, .. L^{m-1} v the map
// is a small matrix H and exp(tau L) v = |v| V exp(tau H) e_1, with the error estimated by |v| h_{m+1,m} |tau phi_1(tau H)|_{m,1}.
// Stiff spectra on the negative axis cost the square root of what Taylor's series does.
import { expm } from "../numerics/expm.ts";
import { LostLawError } from "./plane-pull.ts";

const defaults = {
  dimension: 36,
  /** Sizes of the small matrix at which it is asked whether they will do. */
  looks: [10, 14, 19, 26],
  /** Error of the whole, relative to |v|; an estimate of an estimate, so well below what is wanted. */
  tolerance: 1e-14,
  mostPieces: 4096,
};

type LinearMap = (v: Float64Array, out: Float64Array) => void;

/** exp(time L) v, to rounding of the largest entries met. */
export function krylovExponential(map: LinearMap, v: Float64Array, time: number): Float64Array {
  const n = v.length;
  const most = Math.min(defaults.dimension, n);
  let now: Float64Array = Float64Array.from(v);
  const scale = norm(v);
  let left = time;
  let piece = time;
  for (let pieces = 0; left > 0; pieces++) {
    const beta = norm(now);
    if (beta === 0) return now;
    if (!(beta < 1e12 * scale) || pieces > defaults.mostPieces)
      throw new LostLawError("a law grows beyond bounds, or is too stiff for its frame");
    const isEnough = (h: Float64Array, size: number, tau: number) =>
      beta * smallExponential(h, size, most, tau).error <= (defaults.tolerance * scale * tau) / time;
    const { basis, h, size, closed } = arnoldi(map, now, beta, most, (small, m) => isEnough(small, m, piece));
    if (!closed) {
      // The small exponential is cheap beside the map: halve until it will do, then see whether a little more would.
      while (!isEnough(h, size, piece)) {
        piece *= 0.5;
        if (!(piece > 1e-9 * time)) throw new LostLawError("the generator is too stiff for its frame");
      }
      const more = Math.min(left, 1.4 * piece);
      if (more > piece && isEnough(h, size, more)) piece = more;
    }
    now = combination(basis, smallExponential(h, size, most, piece).weights, beta, size, n);
    left = left - piece > 1e-13 * time ? left - piece : 0;
    piece = Math.min(left, 2 * piece);
  }
  return now;
}

/** V (m + 1 vectors), H ((m + 1) x m, row-major with stride m), by modified Gram-Schmidt done twice. */
function arnoldi(map: LinearMap, v: Float64Array, beta: number, most: number, isEnough: (h: Float64Array, size: number) => boolean) {
  const basis = [v.map((x) => x / beta)];
  const h = new Float64Array((most + 1) * most);
  for (let j = 0; j < most; j++) {
    const w = new Float64Array(v.length);
    map(basis[j]!, w);
    const before = norm(w);
    for (let pass = 0; pass < 2; pass++) {
      for (let i = 0; i <= j; i++) {
        const b = basis[i]!;
        let sum = 0;
        for (let k = 0; k < w.length; k++) sum += b[k]! * w[k]!;
        h[i * most + j]! += sum;
        for (let k = 0; k < w.length; k++) w[k]! -= sum * b[k]!;
      }
    }
    const after = norm(w);
    if (!Number.isFinite(after)) throw new LostLawError("the generator overflows in this frame");
    h[(j + 1) * most + j] = after;
    // What is left is rounding: the space is invariant.
    if (after <= 1e-14 * before || before === 0) return { basis, h, size: j + 1, closed: true };
    if (defaults.looks.includes(j + 1) && isEnough(h, j + 1)) return { basis, h, size: j + 1, closed: false };
    basis.push(w.map((x) => x / after));
  }
  return { basis, h, size: most, closed: false };
}

/** exp(tau H) e_1, and h_{m+1,m} |tau phi_1(tau H)|_{m,1} from the augmented matrix [[H, e_1], [0, 0]]. */
function smallExponential(h: Float64Array, size: number, stride: number, tau: number) {
  const n = size + 1;
  const a = new Float64Array(n * n);
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) a[i * n + j] = tau * h[i * stride + j]!;
  a[size] = tau;
  const e = expm(a, n);
  const weights = Float64Array.from({ length: size }, (_, i) => e[i * n]!);
  const error = Math.abs(h[size * stride + size - 1]! * e[(size - 1) * n + size]!);
  return { weights, error: weights.every(Number.isFinite) ? error : Number.POSITIVE_INFINITY };
}

function combination(basis: readonly Float64Array[], weights: Float64Array, beta: number, size: number, n: number): Float64Array {
  const out = new Float64Array(n);
  for (let j = 0; j < size; j++) {
    const factor = beta * weights[j]!;
    const b = basis[j]!;
    for (let k = 0; k < n; k++) out[k]! += factor * b[k]!;
  }
  return out;
}

function norm(v: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < v.length; k++) sum += v[k]! * v[k]!;
  return Math.sqrt(sum);
}
