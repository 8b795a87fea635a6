// The tile kernels in plain JavaScript: the readable twin of simd.ts and print-c.ts, with the same bits, and their oracle. It serves where
// there is no WebAssembly with SIMD. Every sum runs in the order that tile.ts fixes.
import { numberArithmetic } from "../../numerics/arithmetic.ts";
import { exp, log, relu, sigmoid, softplus, step, tanh } from "../../numerics/elementary.ts";
import { type ElementwiseArithmetic, elementwiseFunctions } from "./elementwise.ts";
import { onTile, type TileCalls, type TileKernels, tileWidth, type Way } from "./tile.ts";

const called = { exp, log, relu, sigmoid, softplus, step, tanh };
const arithmetic: ElementwiseArithmetic<number, boolean> = { ...numberArithmetic, call: (name, x) => called[name](x) };

/** Kernels over a heap of so many doubles. */
export function plainTileKernels(doubles: number, ways: readonly Way[]): TileKernels {
  const heap = new Float64Array(doubles);
  const calls = plainCalls(heap);
  return {
    backend: "javascript",
    heap,
    run(way, tile) {
      for (const { kernel, operands } of ways[way]!) {
        const placed = operands.map((operand) => (operand >= onTile ? operand - onTile + tile : operand));
        if (kernel === "product") calls.product(...(placed as Parameters<TileCalls["product"]>));
        else if (kernel === "outer") calls.outer(...(placed as Parameters<TileCalls["outer"]>));
        else calls.map(kernel, placed[0]!, ...placed.slice(1));
      }
    },
  };
}

function plainCalls(heap: Float64Array): TileCalls {
  return {
    product(w, rowStride, columnStride, rows, inner, a, out) {
      for (let j = 0; j < rows; j++) {
        const to = out + j * tileWidth;
        for (let k = 0; k < inner; k++) {
          const weight = heap[w + j * rowStride + k * columnStride]!;
          const from = a + k * tileWidth;
          for (let s = 0; s < tileWidth; s++) heap[to + s]! += weight * heap[from + s]!;
        }
      }
    },
    outer(d, rows, a, columns, out, rowStride) {
      for (let j = 0; j < rows; j++) {
        const left = d + j * tileWidth;
        for (let k = 0; k < columns; k++) {
          const right = a + k * tileWidth;
          let even = 0;
          let odd = 0;
          for (let s = 0; s < tileWidth; s += 2) {
            even += heap[left + s]! * heap[right + s]!;
            odd += heap[left + s + 1]! * heap[right + s + 1]!;
          }
          heap[out + j * rowStride + k]! += even + odd;
        }
      }
    },
    map(name, count, ...addresses) {
      const { inputs, define } = elementwiseFunctions[name];
      const x: number[] = [];
      for (let s = 0; s < count; s++) {
        for (let i = 0; i < inputs; i++) x[i] = heap[addresses[i]! + s]!;
        const results = define(arithmetic, x);
        for (let i = 0; i < results.length; i++) heap[addresses[inputs + i]! + s] = results[i]!;
      }
    },
  };
}
