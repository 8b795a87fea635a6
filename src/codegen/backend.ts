// Runs a program: by WebAssembly, or by the interpreter where there is none. The results are the same, bit for bit.
import type { Vector } from "../numerics/arrays.ts";
import { interpret } from "./interpreter.ts";
import type { Program } from "./program.ts";
import { encodeProgram } from "./wasm.ts";

export type Backend = "wasm" | "javascript";

/** Formulas made ready to be evaluated. One call at a time: scratch space is shared between calls. */
export interface Compiled {
  /** Values at x, into out (as many as there are outputs). */
  evaluate(x: Vector, out: Float64Array): Float64Array;
  /** Values at `count` points, rows of `points`, into rows of `out`. */
  evaluateBatch(points: Float64Array, count: number, out: Float64Array): Float64Array;
  readonly backend: Backend;
}

export interface CompileOptions {
  /** Default: WebAssembly where the engine has it and takes the module. */
  readonly backend?: Backend;
}

/** Bytes of points and results that a batch hands to WebAssembly at a time; stays in the second-level cache. */
const batchBytes = 1 << 17;

/**
 * Makes a program ready to run.
 * @throws whatever WebAssembly.Module throws, where options.backend asks for it by name
 */
export function runProgram(program: Program, options: CompileOptions = {}): Compiled {
  const byName = options.backend === "wasm";
  if (options.backend === "javascript" || (!byName && typeof WebAssembly === "undefined")) return byInterpreter(program);
  try {
    return byWasm(program);
  } catch (refusal) {
    // Some browsers refuse to compile large modules at once on the main thread, some pages forbid it: nothing but speed is lost.
    if (byName) throw refusal;
    return byInterpreter(program);
  }
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly point: (input: number, output: number) => void;
  readonly batch: (input: number, output: number, count: number) => void;
}

function byWasm(program: Program): Compiled {
  const n = program.inputCount;
  const m = program.outputs.length;
  const rows = Math.max(1, Math.floor(batchBytes / (8 * Math.max(1, n + m))));
  const { bytes, scratchBytes } = encodeProgram(program, 8 * rows * (n + m));
  // encodeProgram decides what is exported, and under which types.
  const { memory, point, batch } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as Exports;
  const input = scratchBytes;
  const output = input + 8 * rows * n;
  const inputs = new Float64Array(memory.buffer, input, rows * n);
  const outputs = new Float64Array(memory.buffer, output, rows * m);
  return {
    backend: "wasm",
    evaluate(x, out) {
      for (let i = 0; i < n; i += 1) inputs[i] = x[i]!;
      point(input, output);
      for (let j = 0; j < m; j += 1) out[j] = outputs[j]!;
      return out;
    },
    evaluateBatch(points, count, out) {
      for (let start = 0; start < count; start += rows) {
        const now = Math.min(rows, count - start);
        inputs.set(points.subarray(start * n, (start + now) * n));
        batch(input, output, now);
        out.set(outputs.subarray(0, now * m), start * m);
      }
      return out;
    },
  };
}

function byInterpreter(program: Program): Compiled {
  const run = interpret(program);
  return {
    backend: "javascript",
    evaluate(x, out) {
      run(x, 1, out);
      return out;
    },
    evaluateBatch(points, count, out) {
      run(points, count, out);
      return out;
    },
  };
}
