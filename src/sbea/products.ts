// Runs the steps that product-plan.ts makes of terms: matrices and vectors at one point, each made at most once there. Cost per point: O(d)
// requests of third or fourth derivatives along vectors and O(d^3) operations; whole tensors (contract.ts) would be O(d^4).
import type { Step } from "./product-plan.ts";

/** What is asked at the point at hand; every function overwrites `out`. Matrices are d x d, row-major. */
export interface ProductSource {
  readonly d: number;
  gradient(out: Float64Array): void;
  hessian(out: Float64Array): void;
  covariance(out: Float64Array): void;
  /** out_i = sum_jk f_ijk v_j w_k. */
  third(v: Float64Array, w: Float64Array, out: Float64Array): void;
  /** out_i = sum_jk f_ijk s_jk, s symmetric. */
  thirdOver(s: Float64Array, out: Float64Array): void;
  /** out_i = sum_jkl f_ijkl v_j s_kl, s symmetric. Left out where f has no such derivatives at hand. */
  fourth?(v: Float64Array, s: Float64Array, out: Float64Array): void;
  /** out_ij = sum_k d_k Sigma_ij v_k. */
  covarianceAlong(v: Float64Array, out: Float64Array): void;
}

/** Runs planned steps, each at most once a point. */
export interface Products {
  /** The next values are those of another point: the source has moved. */
  moved(): void;
  /** What the step at this place makes, at the point; overwritten when the point moves. */
  value(place: number): Float64Array;
}

export function runProducts(steps: readonly Step[], source: ProductSource): Products {
  const { d } = source;
  const values = steps.map(({ makes }) => new Float64Array(makes === "vector" ? d : d * d));
  const known = new Uint8Array(steps.length);
  const unit = new Float64Array(d);
  const column = new Float64Array(d);

  /** A symmetric matrix column by column. */
  const byColumns = (ask: (unit: Float64Array, out: Float64Array) => void, out: Float64Array): void => {
    for (let j = 0; j < d; j++) {
      unit.fill(0)[j] = 1;
      ask(unit, column);
      for (let i = 0; i < d; i++) out[i * d + j] = column[i]!;
    }
  };

  const value = (place: number): Float64Array => {
    const out = values[place]!;
    if (known[place] === 1) return out;
    known[place] = 1;
    const one = steps[place]!;
    switch (one.what) {
      case "gradient":
      case "hessian":
      case "covariance":
        source[one.what](out);
        break;
      case "apply":
        apply(value(one.matrix), one.transposed, value(one.vector), out);
        break;
      case "third":
        source.third(value(one.left), value(one.right), out);
        break;
      case "thirdOver":
        source.thirdOver(value(one.matrix), out);
        break;
      case "fourth":
        source.fourth!(value(one.vector), value(one.matrix), out);
        break;
      case "outer":
        outerProduct(value(one.left), value(one.right), out);
        break;
      case "symmetrised":
        symmetrise(value(one.matrix), d, out);
        break;
      case "multiply":
        multiply(value(one.left.place), one.left.transposed, value(one.right.place), one.right.transposed, d, out);
        break;
      case "thirdAlong": {
        const v = value(one.vector);
        byColumns((e, to) => source.third(v, e, to), out);
        break;
      }
      case "covarianceAlong":
        source.covarianceAlong(value(one.vector), out);
        break;
      case "fourthOver": {
        const s = value(one.matrix);
        byColumns((e, to) => source.fourth!(e, s, to), out);
        break;
      }
    }
    return out;
  };
  return { moved: () => void known.fill(0), value };
}

function apply(matrix: Float64Array, transposed: boolean, v: Float64Array, out: Float64Array): void {
  const d = v.length;
  const [row, columnStride] = transposed ? [1, d] : [d, 1];
  for (let i = 0; i < d; i++) {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += matrix[i * row + j * columnStride]! * v[j]!;
    out[i] = sum;
  }
}

function outerProduct(v: Float64Array, w: Float64Array, out: Float64Array): void {
  const d = v.length;
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) out[i * d + j] = v[i]! * w[j]!;
}

function symmetrise(matrix: Float64Array, d: number, out: Float64Array): void {
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) out[i * d + j] = 0.5 * (matrix[i * d + j]! + matrix[j * d + i]!);
}

function multiply(a: Float64Array, aTransposed: boolean, b: Float64Array, bTransposed: boolean, d: number, out: Float64Array): void {
  const [aRow, aColumn] = aTransposed ? [1, d] : [d, 1];
  const [bRow, bColumn] = bTransposed ? [1, d] : [d, 1];
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += a[i * aRow + k * aColumn]! * b[k * bRow + j * bColumn]!;
      out[i * d + j] = sum;
    }
  }
}
