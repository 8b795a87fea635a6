// log S by Taylor jets: an independent route to L_p phi(x_0) that uses none of the generator's formulas. On power series in
// (h, eta) around x_0, S replaces h by h - eta g(x_0 + h) and averages over g's values. S - I raises the power of eta by one
// at least, so that log S = sum_m (-1)^(m+1) (S - I)^m / m ends with the truncation, and is exact.
import type { SeriesSpace } from "./power-series.ts";

/** One value of the stochastic gradient: g_i as series in h (no eta), with its probability. */
export interface GradientAtom {
  readonly probability: number;
  readonly gradient: readonly Float64Array[];
}

/** One way for the step to go: where each coordinate of the state moves, as series in the state and the parameter. */
export interface MoveAtom {
  readonly probability: number;
  readonly move: readonly Float64Array[];
}

/**
 * L_0 phi .. L_{degree-1} phi at x_0, for SGD's step x - eta g.
 * @param space  series in h_1 .. h_d and eta (the last variable); its degree is the highest order of L plus 1
 * @param phi  the test function as a series in h
 */
export function logTransfer(space: SeriesSpace, atoms: readonly GradientAtom[], phi: Float64Array): number[] {
  const moves = atoms.map(({ probability, gradient }) => ({ probability, move: gradient.map((g) => timesParameter(space, g, -1)) }));
  return logOfStep(space, moves, phi);
}

/** The same for any step y -> y + move(y, eta) that is the identity at eta = 0: each move has no term without eta. */
export function logOfStep(space: SeriesSpace, atoms: readonly MoveAtom[], phi: Float64Array): number[] {
  const step = stepOf(space, atoms);
  const origin = new Array<number>(space.variables - 1).fill(0);
  const values = new Array<number>(space.degree).fill(0);
  let power = phi;
  for (let m = 1; m <= space.degree; m++) {
    const moved = step(power);
    power = power.map((value, k) => moved[k]! - value);
    for (let p = 0; p < space.degree; p++) values[p]! += ((m % 2 === 1 ? 1 : -1) / m) * power[space.place([...origin, p + 1])!]!;
  }
  return values;
}

/** S on series: the image of each monomial in h is averaged once, and S is linear. */
function stepOf(space: SeriesSpace, atoms: readonly MoveAtom[]): (phi: Float64Array) => Float64Array {
  const { exponents } = space;
  const size = exponents.length;
  const eta = space.variables - 1;
  const images = exponents.map(() => new Float64Array(size));
  for (const { probability, move } of atoms) {
    const moved = move.map((own, i) => {
      const series = Float64Array.from(own);
      series[space.place(exponents[0]!.map((_, v) => (v === i ? 1 : 0)))!]! += 1;
      return series;
    });
    const own: Float64Array[] = [];
    for (const [k, exponent] of exponents.entries()) {
      const i = exponent.findIndex((power) => power > 0);
      if (i < 0) own[k] = Float64Array.from({ length: size }, (_, place) => (place === 0 ? 1 : 0));
      else {
        const lower = own[space.place(exponent.map((power, v) => (v === i ? power - 1 : power)))!]!;
        own[k] = i === eta ? timesParameter(space, lower, 1) : space.multiply(lower, moved[i]!);
      }
      for (let place = 0; place < size; place++) images[k]![place]! += probability * own[k]![place]!;
    }
  }
  return (phi) => {
    const out = new Float64Array(size);
    for (const [k, image] of images.entries()) {
      if (phi[k] !== 0) for (let place = 0; place < size; place++) out[place]! += phi[k]! * image[place]!;
    }
    return out;
  };
}

/** factor * eta * series, eta the last variable. */
export function timesParameter(space: SeriesSpace, series: Float64Array, factor: number): Float64Array {
  const out = new Float64Array(series.length);
  for (const [k, exponent] of space.exponents.entries()) {
    const place = space.place([...exponent.slice(0, -1), exponent.at(-1)! + 1]);
    if (place !== undefined) out[place] = factor * series[k]!;
  }
  return out;
}
