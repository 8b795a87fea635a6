// The tile kernels as one WebAssembly module with vectors of two doubles. The same bits as plain.ts (test/codegen/network).
import { encodeModule, type FunctionType } from "../wasm-encoder.ts";
import { type ElementwiseName, elementwiseFunctions } from "./elementwise.ts";
import { plainTileKernels } from "./plain.ts";
import { elementwiseBody } from "./simd-elementwise.ts";
import { outerBody, productBody } from "./simd-products.ts";
import type { MakeTileKernels, TileKernels } from "./tile.ts";

type Function = (...numbers: number[]) => void;

/** The most that a WebAssembly memory of 32-bit addresses holds, in doubles. */
export const largestHeap = 2 ** 29;

/** Kernels by WebAssembly; throws what the engine throws where it has no vectors. */
export function simdTileKernels(doubles: number): TileKernels {
  const names = Object.keys(elementwiseFunctions) as ElementwiseName[];
  const arity = (name: ElementwiseName): number => 1 + elementwiseFunctions[name].inputs + elementwiseFunctions[name].outputs;
  const widest = Math.max(7, ...names.map(arity));
  // type number p has p parameters
  const types: FunctionType[] = Array.from({ length: widest + 1 }, (_, p) => ({ parameters: Array(p).fill("i32"), results: [] }));
  const functions = [productBody(7), outerBody(6), ...names.map((name) => elementwiseBody(elementwiseFunctions[name], arity(name)))];
  const exports = new Map(["product", "outer", ...names].map((name, i) => [name, i]));
  const bytes = encodeModule({ types, functions, memoryPages: Math.ceil((8 * doubles) / 65536), exports });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as {
    readonly memory: WebAssembly.Memory;
  } & Readonly<Record<string, Function>>;
  const { memory, product, outer } = instance;
  const elementwise = new Map(names.map((name) => [name, instance[name]!]));
  return {
    backend: "wasm",
    heap: new Float64Array(memory.buffer),
    product: (w, rowStride, columnStride, rows, inner, a, out) =>
      product!(8 * w, 8 * rowStride, 8 * columnStride, rows, inner, 8 * a, 8 * out),
    outer: (d, rows, a, columns, out, rowStride) => outer!(8 * d, rows, 8 * a, columns, 8 * out, 8 * rowStride),
    map: (name, count, ...addresses) => elementwise.get(name)!(count, ...addresses.map((address) => 8 * address)),
  };
}

/** The fastest kernels that this engine has. */
export const tileKernels: MakeTileKernels = (doubles) => {
  if (typeof WebAssembly === "undefined" || doubles > largestHeap) return plainTileKernels(doubles);
  try {
    return simdTileKernels(doubles);
  } catch {
    // An engine without vectors, a page that forbids WebAssembly, or too little memory for one block: only speed is lost.
    return plainTileKernels(doubles);
  }
};
