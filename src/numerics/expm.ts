// The matrix exponential by scaling and squaring with the [13/13] Pade approximant: Higham, SIAM J. Matrix Anal. Appl. 26 (2005),
// and the choice of the scaling from norms of powers, Al-Mohy and Higham, ibid. 31 (2009), which does not overscale matrices
// that are far from normal. Backward stable in practice; relative error about condition number times 1e-16. No balancing.
import type { Matrix } from "./arrays.ts";
import { identity, luFactor, luSolve, multiply, norm1 } from "./linear.ts";

/** Numerator coefficients of the [13/13] approximant (Higham 2005, (2.1)). */
const pade = [
  64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600, 670442572800, 33522128640,
  1323241920, 40840800, 960960, 16380, 182, 1,
] as const;
/** Largest norm for which the approximant's backward error is below the unit roundoff (Al-Mohy and Higham 2009, table 3.1). */
const theta = 4.25;
/** Leading coefficient of the backward error: 1 / (binomial(26, 13) 27!). */
const leading = 1 / (10400600 * 1.0888869450418352e28);
const unitRoundoff = 1.1102230246251565e-16;

/** exp(a), n x n, row-major. NaN or infinite entries give a matrix of NaN. */
export function expm(a: Matrix, n: number): Matrix {
  const norm = norm1(a, n);
  if (!Number.isFinite(norm)) return new Float64Array(n * n).fill(Number.NaN);
  if (norm === 0) return identity(n);
  let a2 = multiply(a, a, n);
  let a4 = multiply(a2, a2, n);
  let a6 = multiply(a4, a2, n);
  const squarings = chooseScaling(a, norm, norm1(a4, n), norm1(a6, n), n);
  let scaled = a;
  if (squarings > 0) {
    const factor = powerOfTwo(-squarings);
    scaled = scale(a, factor);
    a2 = scale(a2, factor * factor);
    const f4 = factor * factor * factor * factor;
    a4 = scale(a4, f4);
    a6 = scale(a6, f4 * factor * factor);
  }
  let result = approximant(scaled, a2, a4, a6, n);
  let spare: Matrix = new Float64Array(n * n);
  for (let s = 0; s < squarings; s++) {
    multiply(result, result, n, spare);
    [result, spare] = [spare, result];
  }
  return result;
}

/** Number of halvings after which ||A^4||^(1/4), ||A^6||^(1/6) and the backward error's leading term are small enough. */
function chooseScaling(a: Matrix, norm: number, norm4: number, norm6: number, n: number): number {
  const theta2 = theta * theta;
  const bound4 = theta2 * theta2;
  const bound6 = bound4 * theta2;
  if (!Number.isFinite(norm6)) {
    // A^6 overflows: fall back on the norm itself.
    let s = 0;
    while (norm * powerOfTwo(-s) > theta) s++;
    return s;
  }
  let s = 0;
  for (let n4 = norm4, n6 = norm6; n4 > bound4 || n6 > bound6; n4 /= 16, n6 /= 64) s++;
  // || |2^-s A|^27 ||_1 = largest entry of (|A|^T)^27 times the vector of ones.
  const factor = powerOfTwo(-s);
  let ones = new Float64Array(n).fill(1);
  for (let p = 0; p < 27; p++) {
    const next = new Float64Array(n);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) next[j]! += Math.abs(a[i * n + j]!) * factor * ones[i]!;
    ones = next;
  }
  let power = 0;
  for (let j = 0; j < n; j++) power = Math.max(power, ones[j]!);
  const alpha = (leading * power) / (norm * factor);
  let extra = 0;
  for (let bound = unitRoundoff; alpha > bound && extra < 60; bound *= 67108864) extra++;
  return s + extra;
}

function approximant(a: Matrix, a2: Matrix, a4: Matrix, a6: Matrix, n: number): Matrix {
  const size = n * n;
  const inner = new Float64Array(size);
  const outer = new Float64Array(size);
  for (let i = 0; i < size; i++) inner[i] = pade[13] * a6[i]! + pade[11] * a4[i]! + pade[9] * a2[i]!;
  multiply(a6, inner, n, outer);
  for (let i = 0; i < size; i++) outer[i]! += pade[7] * a6[i]! + pade[5] * a4[i]! + pade[3] * a2[i]!;
  for (let i = 0; i < n; i++) outer[i * n + i]! += pade[1];
  const odd = multiply(a, outer, n);
  for (let i = 0; i < size; i++) inner[i] = pade[12] * a6[i]! + pade[10] * a4[i]! + pade[8] * a2[i]!;
  const even = multiply(a6, inner, n, outer);
  for (let i = 0; i < size; i++) even[i]! += pade[6] * a6[i]! + pade[4] * a4[i]! + pade[2] * a2[i]!;
  for (let i = 0; i < n; i++) even[i * n + i]! += pade[0];
  const difference = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    difference[i] = even[i]! - odd[i]!;
    inner[i] = even[i]! + odd[i]!;
  }
  return luSolve(luFactor(difference, n), inner, n);
}

function scale(a: Matrix, factor: number): Matrix {
  return a.map((v) => v * factor);
}

function powerOfTwo(exponent: number): number {
  let value = 1;
  for (let i = 0; i < Math.abs(exponent); i++) value *= exponent < 0 ? 0.5 : 2;
  return value;
}
