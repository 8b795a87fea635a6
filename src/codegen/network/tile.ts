// Kernels of network losses on a tile: `tileWidth` samples side by side. A matrix of a tile has one row a unit and one column a sample,
// so that elementwise functions and products run along samples, whatever the widths of the layers. Two products are enough for every
// pass, forward and backward, of every order:
//   product   out[j][s] += sum_k w[j, k] a[k][s]      (w with any strides: a transposed matrix is one with strides exchanged)
//   outer     out[j, k] += sum_s d[j][s] a[k][s]
// Two backends with the same bits: plain.ts (readable, the oracle) and simd.ts (WebAssembly, two doubles an instruction).
import type { Backend } from "../backend.ts";
import type { ElementwiseName } from "./elementwise.ts";

/** Samples of a tile; a matrix of r units has r tileWidth doubles. Chosen by measurement: tiles of 64 x 32 stay in the first-level cache. */
export const tileWidth = 32;

/** Addresses are indices of doubles in `heap`. */
export interface TileKernels {
  readonly backend: Backend;
  readonly heap: Float64Array;
  /** out[j][s] += sum_k heap[w + j rowStride + k columnStride] a[k][s], j < rows, k < inner; k ascending for each (j, s). */
  product(w: number, rowStride: number, columnStride: number, rows: number, inner: number, a: number, out: number): void;
  /**
   * heap[out + j rowStride + k] += sum_s d[j][s] a[k][s], j < rows, k < columns. Even and odd samples are summed apart, ascending, then both
   * sums are added, then they are added to what was there.
   */
  outer(d: number, rows: number, a: number, columns: number, out: number, rowStride: number): void;
  /** One of elementwise.ts on `count` doubles (a multiple of 2) of each operand: its inputs' addresses, then its outputs'. */
  map(name: ElementwiseName, count: number, ...addresses: number[]): void;
}

/** Makes kernels over a heap of so many doubles. */
export type MakeTileKernels = (doubles: number) => TileKernels;
