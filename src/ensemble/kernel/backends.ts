// How kernels are run in this thread: WebAssembly vectors where the engine has them, else JavaScript; native code comes from whoever can make it
// (node/native.ts). Programs without a kernel run path by path. The figures of a kernel are the same on every backend, bit for bit.
import { columnsRunner } from "../../codegen/kernel/columns.ts";
import type { Kernel, KernelRunner } from "../../codegen/kernel/kernel.ts";
import { encodeKernel, simdRunner } from "../../codegen/kernel/simd.ts";
import type { Ensemble } from "../ensemble.ts";
import type { ExitProgram } from "../exit-program.ts";
import type { PathProgram } from "../program.ts";
import { runBlock } from "../run.ts";
import type { ExitKernel } from "./exit-kernel.ts";
import { kernelFor } from "./kernel-for.ts";
import type { PathKernel } from "./path-kernel.ts";
import { runExitBlock } from "./run-exit-kernel.ts";
import { runKernelBlock } from "./run-kernel.ts";

export { type Kernel, type KernelRunner, lanes, wordsOf } from "../../codegen/kernel/kernel.ts";
export { printKernel } from "../../codegen/kernel/print-c.ts";

export const backends = ["auto", "wasm", "native", "javascript"] as const;
export type BackendName = (typeof backends)[number];

let vectors: boolean | undefined;

/** Whether this engine takes 128-bit vectors. */
export function hasVectors(): boolean {
  // (module (func (result v128) i32.const 0 i8x16.splat))
  const probe = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11];
  vectors ??= typeof WebAssembly !== "undefined" && WebAssembly.validate(Uint8Array.from(probe));
  return vectors;
}

/** A kernel ready to run in this thread, by WebAssembly or, where that is missing or refuses, by JavaScript. */
export function kernelRunner(kernel: Kernel, backend: "wasm" | "javascript"): KernelRunner {
  if (backend === "javascript" || !hasVectors()) return columnsRunner(kernel);
  try {
    return simdRunner(new WebAssembly.Module(encodeKernel(kernel)));
  } catch {
    // a page may forbid it, a browser refuse large modules on the main thread: nothing but speed is lost, and the backend's name tells
    return columnsRunner(kernel);
  }
}

/** Runs blocks of one program. */
export interface BlockRunner {
  readonly backend: KernelRunner["backend"];
  /** The program's kernel, if it has one. */
  readonly path: PathKernel | undefined;
  run(block: number, toPath: number): Ensemble;
  /** Goes on with another backend. */
  use(runner: KernelRunner): void;
}

export function blockRunner(program: PathProgram, backend: "wasm" | "javascript" = "wasm"): BlockRunner {
  const path = kernelFor(program);
  if (!path)
    return {
      // what takes the time of a step, where there is no kernel for the whole of it
      backend: program.problem.objective.network?.passes.backend ?? "javascript",
      path,
      run: (block, toPath) => runBlock(program, block, toPath),
      use: () => {},
    };
  let runner = kernelRunner(path.kernel, backend);
  return {
    get backend() {
      return runner.backend;
    },
    path,
    run: (block, toPath) =>
      program.spec.question === "exit"
        ? runExitBlock(program as ExitProgram, path as ExitKernel, runner, block, toPath)
        : runKernelBlock(program, path, runner, block, toPath),
    use(other) {
      runner = other;
    },
  };
}
