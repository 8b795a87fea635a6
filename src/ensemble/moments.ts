// Counts, means and sums of squared deviations of a row of figures, over a set of paths; two sets combine as Chan, Golub and LeVeque,
// "Algorithms for computing the sample variance", Am. Stat. 37 (1983). A figure that is NaN on one path is NaN in the mean: an overflow is
// not averaged away.

export interface Moments {
  readonly count: number;
  readonly mean: Float64Array;
  /** Sums of squared deviations from the mean. */
  readonly squares: Float64Array;
}

/** Moments of the rows of a table, count x size, row-major. Deviations are from the first row, which is as good as the mean for 10^3 rows. */
export function momentsOfRows(rows: Float64Array, count: number, size: number): Moments {
  const mean = new Float64Array(size);
  const squares = new Float64Array(size);
  for (let r = 1; r < count; r++) {
    const at = r * size;
    for (let i = 0; i < size; i++) {
      const deviation = rows[at + i]! - rows[i]!;
      mean[i]! += deviation;
      squares[i]! += deviation * deviation;
    }
  }
  for (let i = 0; i < size; i++) {
    const shift = mean[i]! / count;
    // never below 0 but by rounding
    squares[i] = Math.max(0, squares[i]! - shift * mean[i]!);
    mean[i] = rows[i]! + shift;
  }
  return { count, mean, squares };
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
