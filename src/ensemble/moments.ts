// Counts, means and sums of squared deviations of a row of figures, over a set of paths; two sets combine as Chan, Golub and LeVeque,
// "Algorithms for computing the sample variance", Am. Stat. 37 (1983). A figure that is NaN on one path is NaN in the mean: an overflow is
// not averaged away.

export interface Moments {
  readonly count: number;
  readonly mean: Float64Array;
  /** Sums of squared deviations from the mean. */
  readonly squares: Float64Array;
}

/** Adds up one row of figures after another, none kept. Deviations are from the first row, which is as good as the mean for 10^3 rows. */
export interface Accumulator {
  add(row: Float64Array): void;
  moments(): Moments;
}

export function accumulator(size: number): Accumulator {
  const first = new Float64Array(size);
  const sums = new Float64Array(size);
  const products = new Float64Array(size);
  let count = 0;
  return {
    add(row) {
      if (count++ === 0) {
        first.set(row);
        // NaN - NaN is NaN: a figure that does not exist on the first path does not exist in the sums
        for (let i = 0; i < size; i++) sums[i] = row[i]! - row[i]!;
        return;
      }
      for (let i = 0; i < size; i++) {
        const deviation = row[i]! - first[i]!;
        sums[i]! += deviation;
        products[i]! += deviation * deviation;
      }
    },
    moments() {
      const mean = new Float64Array(size);
      const squares = new Float64Array(size);
      for (let i = 0; i < size; i++) {
        const shift = sums[i]! / count;
        // below 0 by rounding only
        squares[i] = Math.max(0, products[i]! - shift * sums[i]!);
        mean[i] = first[i]! + shift;
      }
      return { count, mean, squares };
    },
  };
}

/** Of two disjoint sets of paths; the order of the arguments counts in the last bits. */
export function combine(a: Moments, b: Moments): Moments {
  const size = a.mean.length;
  const count = a.count + b.count;
  const mean = new Float64Array(size);
  const squares = new Float64Array(size);
  const share = b.count / count;
  const weight = a.count * share;
  for (let i = 0; i < size; i++) {
    const difference = b.mean[i]! - a.mean[i]!;
    mean[i] = a.mean[i]! + share * difference;
    squares[i] = a.squares[i]! + b.squares[i]! + weight * (difference * difference);
  }
  return { count, mean, squares };
}

/** Variance of one figure over paths. */
export function varianceOf(moments: Moments, i: number): number {
  return moments.count > 1 ? moments.squares[i]! / (moments.count - 1) : Number.NaN;
}

/** Standard error of a mean. */
export function standardErrorOf(moments: Moments, i: number): number {
  return Math.sqrt(varianceOf(moments, i) / moments.count);
}
