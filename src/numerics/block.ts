// Linear maps on 2 x 2 blocks, C -> A C B^T: what the covariances of pairs of modes with a state of two are made of. Blocks are by rows;
// vectors of length 4 hold them.
import { expm } from "./expm.ts";
import { luFactor, luSolve } from "./linear.ts";

/** Found by experiment (test/law/momentum.test.ts): which of two ways of solving for a diffusion is the better one. */
const defaults = { large: 16, apart: 0.05, veryLarge: 128, atAll: 1e-8 };

export type Block = readonly [number, number, number, number];

const identityBlock: Block = [1, 0, 0, 1];

export const multiplyBlocks = (a: Block, b: Block): Block => [
  a[0] * b[0] + a[1] * b[2],
  a[0] * b[1] + a[1] * b[3],
  a[2] * b[0] + a[3] * b[2],
  a[2] * b[1] + a[3] * b[3],
];

export const addBlocks = (a: Block, b: Block): Block => [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]];

export const scaleBlock = (factor: number, a: Block): Block => [factor * a[0], factor * a[1], factor * a[2], factor * a[3]];

export const transposeBlock = (a: Block): Block => [a[0], a[2], a[1], a[3]];

/** A C B^T. */
export const congruence = (a: Block, c: Block, b: Block): Block => multiplyBlocks(multiplyBlocks(a, c), transposeBlock(b));

/** A^k by repeated squaring, k >= 0. */
export function blockPower(a: Block, k: number): Block {
  let power = identityBlock;
  for (let rest = k, square = a; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) power = multiplyBlocks(power, square);
    if (rest > 1) square = multiplyBlocks(square, square);
  }
  return power;
}

/** sum_{m < k} A^m N B^mT, by doubling: sums of terms, each as good as the powers. */
export function powerSum(a: Block, b: Block, n: Block, k: number): Block {
  let sum: Block = [0, 0, 0, 0];
  let [squareA, squareB, squareSum] = [a, b, n];
  for (let rest = k; rest > 0; rest = Math.floor(rest / 2)) {
    // sum over the low bits first: S_{m + l} = S_l + A^l S_m B^lT, with l a power of two and m what is summed already
    if (rest % 2 === 1) sum = addBlocks(squareSum, congruence(squareA, sum, squareB));
    if (rest === 1) break;
    squareSum = addBlocks(squareSum, congruence(squareA, squareSum, squareB));
    squareA = multiplyBlocks(squareA, squareA);
    squareB = multiplyBlocks(squareB, squareB);
  }
  return sum;
}

/** Matrix of C -> A C + C B^T on vectors of length 4. */
function sumOperator(a: Block, b: Block): Float64Array {
  const k = new Float64Array(16);
  for (let i = 0; i < 2; i++)
    for (let j = 0; j < 2; j++)
      for (let m = 0; m < 2; m++) {
        k[(2 * i + j) * 4 + 2 * m + j]! += a[2 * i + m]!;
        k[(2 * i + j) * 4 + 2 * i + m]! += b[2 * j + m]!;
      }
  return k;
}

/** Matrix of C -> int_0^length e^{A t} C e^{B^T t} dt: length phi_1(length (A (+) B)), from one exponential twice its size. */
function integralOperator(a: Block, b: Block, length: number): Float64Array {
  const k = sumOperator(a, b);
  const wide = new Float64Array(64);
  for (let i = 0; i < 4; i++) {
    for (let j = 0; j < 4; j++) wide[i * 8 + j] = length * k[i * 4 + j]!;
    wide[i * 8 + 4 + i] = length;
  }
  const exponential = expm(wide, 8);
  const out = new Float64Array(16);
  for (let i = 0; i < 4; i++) for (let j = 0; j < 4; j++) out[i * 4 + j] = exponential[i * 8 + 4 + j]!;
  return out;
}

/** int_0^length e^{A t} C e^{B^T t} dt. */
export function noiseOver(a: Block, b: Block, c: Block, length: number): Block {
  const operator = integralOperator(a, b, length);
  const sum = (i: number): number =>
    operator[4 * i]! * c[0] + operator[4 * i + 1]! * c[1] + operator[4 * i + 2]! * c[2] + operator[4 * i + 3]! * c[3];
  return [sum(0), sum(1), sum(2), sum(3)];
}

/**
 * The C with int_0^length e^{A t} C e^{B^T t} dt = N, given E_A = e^{length A} and E_B. Where E_A (x) E_B has no eigenvalue near 1 by
 * C = -(A M + M B^T), M = E_A M E_B^T + N, if A or B is large: next to a negative double eigenvalue of E_A its logarithm is large, and
 * exponentials of that lose digits. Else by solving with the operator itself, which has no pole there.
 */
export function diffusionFor(a: Block, b: Block, ea: Block, eb: Block, n: Block, length: number): Block {
  const size = Math.max(...a.map(Math.abs), ...b.map(Math.abs)) * length;
  const apart = size > defaults.large ? productsFromOne(ea, eb) : 0;
  if (apart > defaults.apart || (size > defaults.veryLarge && apart > defaults.atAll)) {
    const less = new Float64Array(16);
    for (let i = 0; i < 2; i++)
      for (let j = 0; j < 2; j++)
        for (let k = 0; k < 2; k++)
          for (let l = 0; l < 2; l++)
            less[(2 * i + j) * 4 + 2 * k + l] = (i === k && j === l ? 1 : 0) - ea[(2 * i + k) as 0]! * eb[(2 * j + l) as 0]!;
    const m = blockOf(luSolve(luFactor(less, 4), Float64Array.from(n)));
    return scaleBlock(-1, addBlocks(multiplyBlocks(a, m), multiplyBlocks(m, transposeBlock(b))));
  }
  return blockOf(luSolve(luFactor(integralOperator(a, b, length), 4), Float64Array.from(n)));
}

const blockOf = (v: Float64Array): Block => [v[0]!, v[1]!, v[2]!, v[3]!];

/** Least |p q - 1| over the eigenvalues p of one block and q of the other. */
function productsFromOne(a: Block, b: Block): number {
  let least = Number.POSITIVE_INFINITY;
  for (const [pr, pi] of eigenvalues(a))
    for (const [qr, qi] of eigenvalues(b)) {
      const [re, im] = [pr * qr - pi * qi - 1, pr * qi + pi * qr];
      least = Math.min(least, Math.sqrt(re * re + im * im));
    }
  return least;
}

function eigenvalues([a, b, c, d]: Block): readonly (readonly [real: number, imaginary: number])[] {
  const middle = (a + d) / 2;
  const half = (a - d) / 2;
  const square = half * half + b * c;
  const s = Math.sqrt(Math.abs(square));
  return square >= 0
    ? [
        [middle + s, 0],
        [middle - s, 0],
      ]
    : [
        [middle, s],
        [middle, -s],
      ];
}

/** e^{A}. */
export function blockExponential(a: Block): Block {
  return blockOf(expm(Float64Array.from(a), 2));
}
