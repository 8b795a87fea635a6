// exp(z) as a rational function: the Pade approximant of degrees [4/6], in factors of one conjugate pair of poles each.
//   R(z) = prod_j ( kappa_j + 2 Re A_j / (theta_j - z) ),   R - exp = O(z^11), error constant 4! 6! / (10! 11!) = 1.2e-10.
// The poles lie in the right half plane, |R| <= 1 in the left one and R(infinity) = 0 (L-stable; Hairer & Wanner II, IV.4): applied to
// any generator L of a Markov process it stays bounded, however far from normal L is; partial fractions or contour integrals would not.
// R(z / m)^m is off by less than 2e-13 from exp(z) for all real z <= 0 when m = 8 (test/numerics/rational-exponential.test.ts).

export interface PoleFactor {
  /** The pole theta. */
  readonly re: number;
  readonly im: number;
  /** Value of the factor at infinity. */
  readonly kappa: number;
  /** A. */
  readonly residueRe: number;
  readonly residueIm: number;
}

/** Order of the approximation: the error is O(z^(order + 1)). */
export const exponentialOrder = 10;

/** The three factors of R. */
export const exponentialFactors: readonly PoleFactor[] = factors(4, 6);

/** R(z) for complex z, for tests and error estimates. */
export function rationalExponential(re: number, im: number): [number, number] {
  let value: Complex = [1, 0];
  for (const f of exponentialFactors) {
    // kappa + A / (theta - z) + conj(A) / (conj(theta) - z)
    const first = divide([f.residueRe, f.residueIm], [f.re - re, f.im - im]);
    const second = divide([f.residueRe, -f.residueIm], [f.re - re, -f.im - im]);
    value = multiply(value, [f.kappa + first[0] + second[0], first[1] + second[1]]);
  }
  return value;
}

type Complex = [number, number];
function multiply(a: Complex, b: Complex): Complex {
  return [a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]];
}
function divide(a: Complex, b: Complex): Complex {
  const s = b[0] * b[0] + b[1] * b[1];
  return [(a[0] * b[0] + a[1] * b[1]) / s, (a[1] * b[0] - a[0] * b[1]) / s];
}

/** Pairs poles with zeros (both degrees even) and expands each quotient; poles without zeros keep a constant numerator. */
function factors(numerator: number, denominator: number): PoleFactor[] {
  const zeros = upperRoots(padeCoefficients(numerator, denominator, 1));
  const poles = upperRoots(padeCoefficients(denominator, numerator, -1));
  return poles.map((theta, j) => {
    const size = theta[0] * theta[0] + theta[1] * theta[1];
    const zero = zeros[j];
    let numeratorAtPole: Complex = [size, 0];
    let kappa = 0;
    if (zero !== undefined) {
      // size (1 - z/nu)(1 - z/conj nu) = size (1 - 2 Re(nu) z/|nu|² + z²/|nu|²)
      const modulus = zero[0] * zero[0] + zero[1] * zero[1];
      kappa = size / modulus;
      const square = multiply(theta, theta);
      numeratorAtPole = [
        size * (1 - (2 * zero[0] * theta[0]) / modulus + square[0] / modulus),
        size * ((-2 * zero[0] * theta[1]) / modulus + square[1] / modulus),
      ];
    }
    const residue = divide(numeratorAtPole, [0, -2 * theta[1]]);
    return { re: theta[0], im: theta[1], kappa, residueRe: residue[0], residueIm: residue[1] };
  });
}

/** Coefficients of sum_i (j+k-i)! k! / ((j+k)! i! (k-i)!) (sign z)^i; k is the polynomial's own degree. */
function padeCoefficients(k: number, j: number, sign: 1 | -1): number[] {
  const out = [1];
  for (let i = 1; i <= k; i++) out.push((out[i - 1]! * sign * (k - i + 1)) / (i * (j + k - i + 1)));
  return out;
}

/** Roots with positive imaginary part, by ascending imaginary part (Durand-Kerner; the roots are simple and well separated). */
function upperRoots(coefficients: readonly number[]): Complex[] {
  const degree = coefficients.length - 1;
  const lead = coefficients[degree]!;
  const radius = 6;
  let roots: Complex[] = [];
  for (let i = 0, turn: Complex = [1, 0]; i < degree; i++) {
    // Powers of a number off every symmetry axis: the customary start.
    turn = multiply(turn, [0.4, 0.9]);
    roots.push([radius * turn[0], radius * turn[1]]);
  }
  for (let pass = 0; pass < 200; pass++) {
    roots = roots.map((z, i) => {
      let value: Complex = [0, 0];
      for (let p = degree; p >= 0; p--) {
        value = multiply(value, z);
        value[0] += coefficients[p]! / lead;
      }
      for (let l = 0; l < degree; l++) if (l !== i) value = divide(value, [z[0] - roots[l]![0], z[1] - roots[l]![1]]);
      return [z[0] - value[0], z[1] - value[1]];
    });
  }
  return roots.filter((z) => z[1] > 1e-9).sort((a, b) => a[1] - b[1]);
}
