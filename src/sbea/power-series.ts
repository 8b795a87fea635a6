// Truncated power series in a few variables: the arithmetic of Taylor jets. A series is the array of its coefficients at all
// monomials of total degree <= `degree`, by degree. For checks on small problems, not for speed.

export interface SeriesSpace {
  readonly variables: number;
  readonly degree: number;
  /** Exponents of each monomial. */
  readonly exponents: readonly (readonly number[])[];
  /** Place of a monomial; undefined beyond the degree. */
  place(exponent: readonly number[]): number | undefined;
  multiply(a: Float64Array, b: Float64Array): Float64Array;
}

export function seriesSpace(variables: number, degree: number): SeriesSpace {
  const exponents: number[][] = [];
  for (let total = 0; total <= degree; total++) exponents.push(...monomials(variables, total));
  const places = new Map(exponents.map((exponent, k) => [exponent.join(), k]));
  // Triples a, b, place of the product.
  const products: number[] = [];
  for (const [a, left] of exponents.entries()) {
    for (const [b, right] of exponents.entries()) {
      const place = places.get(left.map((power, v) => power + right[v]!).join());
      if (place !== undefined) products.push(a, b, place);
    }
  }
  const table = Int32Array.from(products);
  return {
    variables,
    degree,
    exponents,
    place: (exponent) => places.get(exponent.join()),
    multiply(a, b) {
      const out = new Float64Array(exponents.length);
      for (let k = 0; k < table.length; k += 3) out[table[k + 2]!]! += a[table[k]!]! * b[table[k + 1]!]!;
      return out;
    },
  };
}

function monomials(variables: number, total: number): number[][] {
  if (variables === 1) return [[total]];
  return Array.from({ length: total + 1 }, (_, k) => total - k).flatMap((first) =>
    monomials(variables - 1, total - first).map((rest) => [first, ...rest]),
  );
}
