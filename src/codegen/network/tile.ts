// Kernels of network losses on a tile: `tileWidth` samples side by side. A matrix of a tile has one row a unit and one column a sample,
// so that elementwise functions and products run along samples, whatever the widths of the layers. Two products and the functions of
// elementwise.ts are enough for every pass, forward and backward, of every order:
//   product   out[j][s] += sum_k w[j, k] a[k][s]      (w with any strides: a transposed matrix is one with strides exchanged)
//   outer     out[j, k] += sum_s d[j][s] a[k][s]
// A pass calls them in an order that hangs on the network's shape alone: it is recorded once, as a list of calls (`Way`), and each backend
// makes one function of it, so that a pass is one call. Three backends with the same bits: plain.ts (readable, the oracle), simd.ts (WebAssembly,
// two doubles an instruction) and print-c.ts (C, as wide as the machine).
import type { Backend } from "../backend.ts";
import { type ElementwiseName, elementwiseFunctions } from "./elementwise.ts";

/** Samples of a tile; a matrix of r units has r tileWidth doubles. Chosen by measurement: tiles of 64 x 32 stay in the first-level cache. */
export const tileWidth = 32;

/** Operands from here on are places on the tile that a way is run on, counted from its start. */
export const onTile = 2 ** 40;

/** Operands are indices of doubles on the heap, or on the tile (`onTile` + index). */
export interface TileCalls {
  /** out[j][s] += sum_k heap[w + j rowStride + k columnStride] a[k][s], j < rows, k < inner; k ascending for each (j, s). */
  product(w: number, rowStride: number, columnStride: number, rows: number, inner: number, a: number, out: number): void;
  /**
   * heap[out + j rowStride + k] += sum_s d[j][s] a[k][s], j < rows, k < columns. Even and odd samples are summed apart, ascending, then both
   * sums are added, then they are added to what was there.
   */
  outer(d: number, rows: number, a: number, columns: number, out: number, rowStride: number): void;
  /** One of elementwise.ts on `count` doubles (a multiple of tileWidth) of each operand: its inputs, then its outputs. */
  map(name: ElementwiseName, count: number, ...operands: number[]): void;
}

export type TileKernelName = "product" | "outer" | ElementwiseName;

export interface TileCall {
  readonly kernel: TileKernelName;
  /** As the kernel's arguments: a map's begin with its count. */
  readonly operands: readonly number[];
}

export type Way = readonly TileCall[];

export interface TileKernels {
  readonly backend: Backend | "native";
  readonly heap: Float64Array;
  /** Runs the way of this number on the tile that begins there. */
  run(way: number, tile: number): void;
}

/** Makes kernels over a heap of so many doubles, for these ways. */
export type MakeTileKernels = (doubles: number, ways: readonly Way[]) => TileKernels;

/** What `write` calls, as a list. */
export function recordWay(write: (calls: TileCalls) => void): Way {
  const way: TileCall[] = [];
  write({
    product: (...operands) => void way.push({ kernel: "product", operands }),
    outer: (...operands) => void way.push({ kernel: "outer", operands }),
    map: (kernel, ...operands) => void way.push({ kernel, operands }),
  });
  return way;
}

/** Kernels in the order in which backends number them. */
export const tileKernelNames: readonly TileKernelName[] = ["product", "outer", ...(Object.keys(elementwiseFunctions) as ElementwiseName[])];

/** Which of a kernel's operands are places (the others are counts and strides). */
export function isPlace(kernel: TileKernelName, operand: number): boolean {
  if (kernel === "product") return operand === 0 || operand >= 5;
  return kernel === "outer" ? operand === 0 || operand === 2 || operand === 4 : operand > 0;
}

/** Operands of a kernel. */
export function operandCount(kernel: TileKernelName): number {
  if (kernel === "product") return 7;
  return kernel === "outer" ? 6 : 1 + elementwiseFunctions[kernel].inputs + elementwiseFunctions[kernel].outputs;
}
