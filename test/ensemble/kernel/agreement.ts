// How kernels are held against each other and against the readable walkers.
import { expect } from "vitest";
import type { Ensemble } from "../../../src/ensemble/ensemble.ts";
import type { ExitProgram } from "../../../src/ensemble/exit-program.ts";
import type { ExitKernel } from "../../../src/ensemble/kernel/exit-kernel.ts";
import { kernelFor } from "../../../src/ensemble/kernel/kernel-for.ts";
import { runExitBlock } from "../../../src/ensemble/kernel/run-exit-kernel.ts";
import { runKernelBlock } from "../../../src/ensemble/kernel/run-kernel.ts";
import type { PathProgram } from "../../../src/ensemble/program.ts";
import { runBlock } from "../../../src/ensemble/run.ts";
import { allRunners } from "./runners.ts";

/** All backends on blocks whole and short, against each other and against the walkers. */
export async function compare(program: PathProgram, toPaths: readonly number[] = [1000]): Promise<void> {
  const path = kernelFor(program);
  if (!path) expect.fail("this program has a kernel");
  const runners = await allRunners(path.kernel);
  for (const toPath of toPaths) {
    const block = Math.ceil(toPath / 1024) - 1;
    const ensembles = runners.map((runner) => runKernelBlock(program, path, runner, block, toPath));
    const plain = ensembles[0]!;
    for (const [i, other] of ensembles.entries()) sameBits(other, plain, `${runners[i]!.backend}, paths to ${toPath}`);
    near(plain, runBlock(program, block, toPath), toPath);
  }
}

export function sameBits(a: Ensemble, b: Ensemble, what: string): void {
  for (const figures of ["mean", "squares"] as const)
    for (let i = 0; i < b.moments.mean.length; i++)
      if (!Object.is(a.moments[figures][i], b.moments[figures][i])) expect.fail(`${what}: ${figures} of figure ${i} differ`);
  expect(a.toJSON(), what).toEqual(b.toJSON());
}

/** Paths that rounding has parted by 1e-16 lie within 1e-9 after some dozen steps of maps that stretch by less than 2 a step. */
export function near(a: Ensemble, b: Ensemble, toPath: number): void {
  expect(a.paths).toBe(b.paths);
  for (let i = 0; i < a.moments.mean.length; i++) {
    const scale = 1 + Math.abs(b.moments.mean[i]!);
    expect(Math.abs(a.moments.mean[i]! - b.moments.mean[i]!), `mean ${i}, paths to ${toPath}`).toBeLessThan(1e-9 * scale);
    expect(Math.abs(a.moments.squares[i]! - b.moments.squares[i]!), `squares ${i}, paths to ${toPath}`).toBeLessThan(
      1e-9 * scale * scale * b.paths,
    );
  }
  expect(Array.from(a.counts)).toEqual(Array.from(b.counts));
  for (const [i, extreme] of b.extremes.entries()) {
    expect(a.extremes[i] === null).toBe(extreme === null);
    // of several paths at the same height rounding picks one: only the height is compared
    if (extreme) expect(Math.abs(a.extremes[i]!.value / extreme.value - 1)).toBeLessThan(1e-6);
  }
}

/** The same for exits: blocks of which few paths are left. Returns the ensemble. */
export async function compareExits(program: ExitProgram): Promise<Ensemble> {
  const kernel = kernelFor(program) as ExitKernel | undefined;
  if (!kernel) expect.fail("this program has a kernel");
  const toPath = 1024 + 300;
  const runners = await allRunners(kernel.kernel);
  const all = runners.map((runner) => JSON.stringify(runExitBlock(program, kernel, runner, 1, toPath)));
  for (const [i, text] of all.entries()) expect(text === all[0], runners[i]!.backend).toBe(true);
  const [ours, walked] = [runExitBlock(program, kernel, runners[0]!, 1, toPath), runBlock(program, 1, toPath)];
  expect(Array.from(ours.counts)).toEqual(Array.from(walked.counts));
  for (let i = 0; i < program.size; i++) {
    const scale = 1 + Math.abs(walked.moments.mean[i]!);
    expect(Math.abs(ours.moments.mean[i]! - walked.moments.mean[i]!), `figure ${i}`).toBeLessThan(1e-9 * scale);
  }
  return ours;
}
