// Vectors and matrices are plain Float64Arrays: no wrapper, no copies, ready for threads and WebAssembly.

/** Length d. */
export type Vector = Float64Array;
/** d x d, row-major, symmetric unless a comment says otherwise. */
export type Matrix = Float64Array;

/** Rows of a row-major matrix as nested arrays, for JSON. */
export function toRows(matrix: Matrix, columns: number): number[][] {
  const rows: number[][] = [];
  for (let i = 0; i < matrix.length; i += columns) rows.push(Array.from(matrix.subarray(i, i + columns)));
  return rows;
}

/** Row-major matrix from nested arrays. */
export function fromRows(rows: readonly (readonly number[])[]): Matrix {
  return Float64Array.from(rows.flat());
}
