// The tile kernels as one WebAssembly module with vectors of two doubles; each way is a function of the module that calls them one after
// the other. The same bits as plain.ts (test/codegen/network).
import { encodeModule, type FunctionBody, type FunctionType, opcode as op } from "../wasm-encoder.ts";
import { elementwiseFunctions } from "./elementwise.ts";
import { plainTileKernels } from "./plain.ts";
import { assembler } from "./simd-assembler.ts";
import { elementwiseBody } from "./simd-elementwise.ts";
import { outerBody, productBody } from "./simd-products.ts";
import {
  isPlace,
  type MakeTileKernels,
  onTile,
  operandCount,
  type TileKernelName,
  type TileKernels,
  tileKernelNames,
  type Way,
} from "./tile.ts";

/** The most that a WebAssembly memory of 32-bit addresses holds, in doubles. */
export const largestHeap = 2 ** 29;

/** Kernels by WebAssembly; throws what the engine throws where it has no vectors. */
export function simdTileKernels(doubles: number, ways: readonly Way[]): TileKernels {
  const used = new Set(ways.flatMap((way) => way.map(({ kernel }) => kernel)));
  const names = tileKernelNames.filter((name) => used.has(name));
  const widest = Math.max(1, ...names.map(operandCount));
  // type number p has p parameters
  const types: FunctionType[] = Array.from({ length: widest + 1 }, (_, p) => ({ parameters: Array(p).fill("i32"), results: [] }));
  const functions = [...names.map(kernelBody), ...ways.map((way) => wayBody(way, names))];
  const exports = new Map(ways.map((_, w) => [`way${w}`, names.length + w]));
  const bytes = encodeModule({ types, functions, memoryPages: Math.max(1, Math.ceil((8 * doubles) / 65536)), exports });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as {
    readonly memory: WebAssembly.Memory;
  } & Readonly<Record<string, (tile: number) => void>>;
  const run = ways.map((_, w) => instance[`way${w}`]!);
  return { backend: "wasm", heap: new Float64Array(instance.memory.buffer), run: (way, tile) => run[way]!(8 * tile) };
}

function kernelBody(name: TileKernelName): FunctionBody {
  if (name === "product") return productBody(7);
  return name === "outer" ? outerBody(6) : elementwiseBody(elementwiseFunctions[name], operandCount(name));
}

/** f(tile): the calls of a way; places become addresses, strides bytes. */
function wayBody(way: Way, names: readonly TileKernelName[]): FunctionBody {
  const w = assembler(1);
  for (const { kernel, operands } of way) {
    operands.forEach((operand, i) => {
      const place = isPlace(kernel, i);
      const local = place && operand >= onTile;
      // beside places, strides are in bytes too; counts are not
      const scaled = place || isStride(kernel, i) ? 8 * (local ? operand - onTile : operand) : operand;
      w.i32(scaled);
      if (!local) return;
      w.get(0);
      w.op(op.i32Add);
    });
    w.call(names.indexOf(kernel));
  }
  return w.finish(1);
}

function isStride(kernel: TileKernelName, operand: number): boolean {
  return kernel === "product" ? operand === 1 || operand === 2 : kernel === "outer" && operand === 5;
}

/** The fastest kernels that this engine has. */
export const tileKernels: MakeTileKernels = (doubles, ways) => {
  if (typeof WebAssembly === "undefined" || doubles > largestHeap) return plainTileKernels(doubles, ways);
  try {
    return simdTileKernels(doubles, ways);
  } catch {
    // An engine without vectors, a page that forbids WebAssembly, or too little memory for one block: only speed is lost.
    return plainTileKernels(doubles, ways);
  }
};
