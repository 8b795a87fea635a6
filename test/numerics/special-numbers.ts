// Arguments for tests of functions of doubles: those at which something changes, and a random stream of the tests' own.

const around = [
  0,
  1,
  2,
  3,
  0.5,
  0.75,
  1 / 3,
  700,
  709.782712893384,
  710.4758600739439,
  745.1332191019412,
  2 ** 30,
  2 ** 51 + 0.5,
  2 ** 52 + 1,
  2 ** 53,
  1e22,
  1e300,
];
const tiny = [5e-324, 1e-310, 2.2250738585072014e-308, 1e-160, 2 ** -54, 1e-8];
const neighbours = [1 + 2 ** -52, 1 - 2 ** -53, 2 ** 53 - 1, Number.MAX_VALUE];

/** Zeros, infinities, NaN, subnormals, integers, half integers, borders; of both signs. */
export const specialNumbers: readonly number[] = [...around, ...tiny, ...neighbours, Number.POSITIVE_INFINITY]
  .flatMap((x) => [x, -x])
  .concat(Number.NaN);

/** The distance to the next double away from 0. */
export function ulp(x: number): number {
  const double = Float64Array.of(Math.abs(x));
  const bits = new BigUint64Array(double.buffer);
  bits[0]! += 1n;
  return double[0]! - Math.abs(x);
}

/** Uniform numbers in [0, 1) of 53 bits; SplitMix64. */
export function randomNumbers(seed: number): () => number {
  let state = BigInt(seed);
  return () => {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n);
    let z = state;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return Number((z ^ (z >> 31n)) >> 11n) / 2 ** 53;
  };
}
