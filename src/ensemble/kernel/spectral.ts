// Functions of a symmetric matrix in a kernel's program. One dimension: of a number. Two: in closed form at the eigenvalues mean +- rho,
//   g(H) v = (g+ + g-)/2 v + (g+ - g-)/(2 rho) (H - mean I) v,
// without eigenvectors, as is U [(U^T S U) o w] U^T. Three to eight: eigenpairs by cyclic Jacobi rotations, a fixed number of sweeps (the
// off-diagonal part falls quadratically: 5 to 7 sweeps leave rounding), all written out; more dimensions are not for kernels.
import type { Value } from "../../codegen/program.ts";
import { type Builder, dot } from "./values.ts";

export const mostDimensions = 8;
const sweeps = [0, 0, 0, 5, 6, 6, 6, 7, 7];

/** About how many instructions the eigenpairs of a d x d matrix take, d > 2. */
export function eigenInstructions(d: number): number {
  const rotation = 20 + 6 * (2 * d - 2);
  return d > 2 ? sweeps[d]! * ((d * (d - 1)) / 2) * rotation : 0;
}

export interface Spectral {
  /** Eigenvalues; two dimensions: the larger first. */
  readonly values: readonly Value[];
  /** g(H) v, from g at the eigenvalues. */
  apply(g: readonly Value[], v: readonly Value[]): Value[];
  /** U [(U^T S U) o w] U^T, w_ij for i <= j. */
  weigh(s: readonly (readonly Value[])[], w: (i: number, j: number) => Value): Value[][];
}

export function spectralOf(m: Builder, h: readonly (readonly Value[])[]): Spectral {
  if (h.length === 1) return scalar(m, h[0]![0]!);
  return h.length === 2 ? plane(m, h) : withVectors(m, ...jacobi(m, h));
}

function scalar(m: Builder, h: Value): Spectral {
  return {
    values: [h],
    apply: ([g], [v]) => [m.multiply(g!, v!)],
    weigh: (s, w) => [[m.multiply(w(0, 0), s[0]![0]!)]],
  };
}

function plane(m: Builder, h: readonly (readonly Value[])[]): Spectral {
  const half = m.constant(0.5);
  const off = h[0]![1]!;
  const mean = m.multiply(half, m.add(h[0]![0]!, h[1]![1]!));
  const difference = m.multiply(half, m.subtract(h[0]![0]!, h[1]![1]!));
  // 1e-300: equal eigenvalues give 0, not 0/0, below
  const squares = m.add(m.multiply(difference, difference), m.multiply(off, off));
  const rho = m.sqrt(m.add(squares, m.constant(1e-300)));
  const inverse = m.divide(half, rho);
  return {
    values: [m.add(mean, rho), m.subtract(mean, rho)],
    apply([plus, minus], [x, y]) {
      const level = m.multiply(half, m.add(plus!, minus!));
      const slope = m.multiply(m.subtract(plus!, minus!), inverse);
      const along = m.add(m.multiply(difference, x!), m.multiply(off, y!));
      const across = m.subtract(m.multiply(off, x!), m.multiply(difference, y!));
      return [m.add(m.multiply(level, x!), m.multiply(slope, along)), m.add(m.multiply(level, y!), m.multiply(slope, across))];
    },
    // S = p I + S', H = mean I + rho N, N^2 = I, and N S' + S' N = 2 k I for 2 x 2 matrices S', N of trace 0. With P = (I + N)/2, Q = (I - N)/2
    //   P S P = (p + k) P,   Q S Q = (p - k) Q,   P S Q + Q S P = S' - k N
    weigh(s, w) {
      const [a, b] = [m.multiply(m.add(inverse, inverse), difference), m.multiply(m.add(inverse, inverse), off)];
      const p = m.multiply(half, m.add(s[0]![0]!, s[1]![1]!));
      const v = m.multiply(half, m.subtract(s[0]![0]!, s[1]![1]!));
      const t = s[0]![1]!;
      const k = m.add(m.multiply(a, v), m.multiply(b, t));
      const first = m.multiply(m.multiply(half, w(0, 0)), m.add(p, k));
      const last = m.multiply(m.multiply(half, w(1, 1)), m.subtract(p, k));
      const between = w(0, 1);
      const level = m.add(first, last);
      const slope = m.subtract(m.subtract(first, last), m.multiply(between, k));
      const along = m.add(m.multiply(slope, a), m.multiply(between, v));
      const across = m.add(m.multiply(slope, b), m.multiply(between, t));
      return [
        [m.add(level, along), across],
        [across, m.subtract(level, along)],
      ];
    },
  };
}

/** u: rows; column j is the j-th eigenvector. */
function withVectors(m: Builder, values: readonly Value[], u: readonly (readonly Value[])[]): Spectral {
  const d = values.length;
  const range = Array.from({ length: d }, (_, i) => i);
  const columns = range.map((j) => range.map((i) => u[i]![j]!));
  /** a^T s a for columns a, symmetric. */
  const congruence = (s: readonly (readonly Value[])[], a: readonly (readonly Value[])[]): Value[][] => {
    const half = range.map((i) => range.map((j) => dot(m, s[i]!, a[j]!)));
    const out: Value[][] = range.map(() => []);
    for (const i of range) {
      for (let j = 0; j <= i; j++) {
        out[i]![j] = dot(
          m,
          a[i]!,
          range.map((k) => half[k]![j]!),
        );
        out[j]![i] = out[i]![j]!;
      }
    }
    return out;
  };
  const toBasis = (s: readonly (readonly Value[])[]) => congruence(s, columns);
  const fromBasis = (s: readonly (readonly Value[])[]) => congruence(s, u);
  return {
    values,
    apply(g, v) {
      const inside = columns.map((column, j) => m.multiply(g[j]!, dot(m, column, v)));
      return u.map((row) => dot(m, row, inside));
    },
    weigh(s, w) {
      const inside = toBasis(s);
      return fromBasis(range.map((i) => range.map((j) => m.multiply(w(Math.min(i, j), Math.max(i, j)), inside[i]![j]!))));
    },
  };
}

/** Eigenvalues and eigenvectors (as columns of rows) of a symmetric matrix. */
function jacobi(m: Builder, h: readonly (readonly Value[])[]): [Value[], Value[][]] {
  const d = h.length;
  const one = m.constant(1);
  const zero = m.constant(0);
  const a = h.map((row) => [...row]);
  const u = h.map((_, i) => h.map((_row, j) => (i === j ? one : zero)));
  for (let sweep = 0; sweep < sweeps[d]!; sweep++) {
    for (let p = 0; p < d - 1; p++) {
      for (let q = p + 1; q < d; q++) {
        // t = tan of the rotation: sign(theta)/(|theta| + sqrt(theta^2 + 1)), theta = (a_qq - a_pp)/(2 a_pq); as 2 a_pq/(..) it has no 0/0
        const gap = m.subtract(a[q]![q]!, a[p]![p]!);
        const twice = m.add(a[p]![q]!, a[p]![q]!);
        const root = m.sqrt(m.add(m.multiply(gap, gap), m.multiply(twice, twice)));
        const bottom = m.add(gap, m.copysign(root, gap));
        const t = m.select(m.equal(twice, zero), zero, m.divide(twice, bottom));
        const c = m.divide(one, m.sqrt(m.add(m.multiply(t, t), one)));
        const s = m.multiply(t, c);
        const change = m.multiply(t, a[p]![q]!);
        a[p]![p] = m.subtract(a[p]![p]!, change);
        a[q]![q] = m.add(a[q]![q]!, change);
        a[p]![q] = zero;
        a[q]![p] = zero;
        const turn = (x: Value, y: Value): [Value, Value] => [
          m.subtract(m.multiply(c, x), m.multiply(s, y)),
          m.add(m.multiply(s, x), m.multiply(c, y)),
        ];
        for (let k = 0; k < d; k++) {
          if (k !== p && k !== q) {
            const [x, y] = turn(a[k]![p]!, a[k]![q]!);
            a[k]![p] = a[p]![k] = x;
            a[k]![q] = a[q]![k] = y;
          }
          const [x, y] = turn(u[k]![p]!, u[k]![q]!);
          u[k]![p] = x;
          u[k]![q] = y;
        }
      }
    }
  }
  return [h.map((_, i) => a[i]![i]!), u];
}
