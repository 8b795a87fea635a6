// The paths' states themselves, from the kernels that the ensembles' figures come from (single-kernel.ts): the same bits, where `paths` keeps their
// moments only. Programs without a kernel have none of this; their paths come one by one from `pathBlocks` (question/paths.ts).
import type { KernelRunner } from "../../codegen/kernel/kernel.ts";
import type { NormalKind } from "../../numerics/normals.ts";
import type { PathProgram } from "../program.ts";
import { type Scheme, singleProgram } from "../single.ts";
import { kernelRunner } from "./backends.ts";
import { kernelFor } from "./kernel-for.ts";
import type { PathKernel } from "./path-kernel.ts";
import { readablePaths } from "./readable-paths.ts";
import { walkPaths } from "./walk.ts";

export interface StateRunner {
  readonly backend: KernelRunner["backend"];
  /** Paths of a batch: `first` below is a multiple of it. */
  readonly paths: number;
  /** Entries of a state: d, or 2 d with momentum (positions, then velocities). */
  readonly size: number;
  /**
   * States of the paths first .. first + count - 1 at the steps that were asked for.
   * @param count  1 .. paths
   * @param out    [step][path][entry], filled; NaN from the step on at which a path overflowed. Float32Array rounds each entry once
   */
  run(first: number, count: number, out: Float32Array | Float64Array): void;
}

/**
 * @param steps  ascending, from 0
 * @returns undefined where the scheme has no kernel (kernel-for.ts says which have)
 */
export function stateRunner(
  scheme: Scheme,
  steps: readonly number[],
  seed: number,
  { normals = "fast", backend = "wasm" }: { readonly normals?: NormalKind; readonly backend?: "wasm" | "javascript" } = {},
): StateRunner | undefined {
  // a kernel's places are observed after at least one step: the start is known without it
  const moved = steps.filter((step) => step > 0);
  const program: PathProgram = singleProgram(scheme, { kind: "state" }, [], moved, seed, normals);
  const path = kernelFor(program);
  return path && overStates(program, path, kernelRunner(path.kernel, backend), steps.length - moved.length);
}

/** @param still  places before the first step */
function overStates(program: PathProgram, path: PathKernel, runner: KernelRunner, still: number): StateRunner {
  const { memory } = runner;
  const { sharing, blocks, figures } = path.kernel;
  const { count: size } = figures;
  const start = path.begin.slice(0, size);
  return {
    backend: runner.backend,
    paths: path.paths,
    size,
    run(first, count, out) {
      const { used, advance } = walkPaths(path, runner, first, count);
      const readable = readablePaths(program, path, memory, first, count);
      for (let place = 0; place < still; place++)
        for (let p = 0; p < count; p++) for (let i = 0; i < size; i++) out[(place * count + p) * size + i] = start[i]!.value;
      for (const [place, to] of path.places.entries()) {
        advance(to);
        runner.observe(used);
        readable?.replaceFigures(place);
        const at = (still + place) * count * size;
        for (let i = 0; i < size; i++) {
          const column = figures.at + i * path.paths;
          for (let p = 0; p < count; p++) {
            // path M b + v of the batch lies at v B + b (codegen/kernel/kernel.ts)
            const v = p % sharing;
            out[at + p * size + i] = memory[column + v * blocks + (p - v) / sharing]!;
          }
        }
      }
    },
  };
}
