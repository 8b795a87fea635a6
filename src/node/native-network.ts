// The kernels of networks as native code: one library for all networks (codegen/network/print-c.ts), compiled once and kept as every kernel is
// (native.ts). Where it cannot be had, WebAssembly serves, with the same bits.
import { existsSync } from "node:fs";
import { encodeWay, largestNativeHeap, type MakeTileKernels, printTileKernels, tileKernels } from "../problem/network/kernels.ts";
import { compileText, libraryOf, loadLibrary, NativeMissing } from "./native.ts";

/** Whether the library has been compiled on this machine before. */
export function hasNativeTileKernels(): boolean {
  try {
    return existsSync(libraryOf(printTileKernels()));
  } catch (error) {
    if (error instanceof NativeMissing) return false;
    throw error;
  }
}

/** Native kernels; where there is no compiler or no koffi a word about it, and WebAssembly. */
export async function nativeTileKernels(tell: (message: string) => void = () => {}): Promise<MakeTileKernels> {
  try {
    const library = loadLibrary(await compileText(printTileKernels(), tell));
    return kernelsOf(library.func("void n_run(void *heap, void *way, int length, int tile)"));
  } catch (error) {
    if (!(error instanceof NativeMissing)) throw error;
    tell(`${error.message}: networks run in WebAssembly, with the same figures`);
    return tileKernels;
  }
}

function kernelsOf(run: (heap: Float64Array, way: Int32Array, length: number, tile: number) => void): MakeTileKernels {
  return (doubles, ways) => {
    if (doubles >= largestNativeHeap) return tileKernels(doubles, ways);
    const heap = new Float64Array(doubles);
    const encoded = ways.map(encodeWay);
    return {
      backend: "native",
      heap,
      run(way, tile) {
        const numbers = encoded[way]!;
        run(heap, numbers, numbers.length, tile);
      },
    };
  };
}
