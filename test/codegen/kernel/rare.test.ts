// Arguments that only few lanes have: a program looks for them at its end where that is quicker (simd-program.ts), and the bits are the same.
import { expect, it } from "vitest";
import { columnsRunner } from "../../../src/codegen/kernel/columns.ts";
import { flatNodes } from "../../../src/codegen/kernel/nodes.ts";
import { encodeKernel, simdRunner } from "../../../src/codegen/kernel/simd.ts";
import { looksAtEnd } from "../../../src/codegen/kernel/simd-program.ts";
import { kernelFor } from "../../../src/ensemble/kernel/kernel-for.ts";
import { runKernelBlock } from "../../../src/ensemble/kernel/run-kernel.ts";
import { singleProgram } from "../../../src/ensemble/single.ts";
import { problemOf } from "../../ensemble/problems.ts";

it.each([
  ["one exponential", "x^2/2 + exp(-x^2)", true],
  ["eight, counted by members", "x^2/2 + exp(-x^2) + exp(-(x-2)^2)", false],
  ["a cosine", "x^2/2 + cos(x)", false],
])("%s", (_, formula, atEnd) => {
  // deviations of about 20: exp(-x^2) below 1e-304 on many paths, not on all
  const problem = problemOf({ objective: { formula, variables: ["x"] }, noise: { gaussian: { sigma: 40 } }, learningRate: 0.5, steps: 6 });
  const program = singleProgram({ problem, process: "sgd", substeps: 1 }, { kind: "state" }, [], [1, 2, 6], 1);
  const path = kernelFor(program)!;
  const maps = flatNodes(path.kernel.ways[0]!).filter((node) => node.kind === "map");
  expect(maps.some((node) => looksAtEnd(node.program))).toBe(atEnd);
  const simd = runKernelBlock(program, path, simdRunner(new WebAssembly.Module(encodeKernel(path.kernel))), 0, 1024);
  const plain = runKernelBlock(program, path, columnsRunner(path.kernel), 0, 1024);
  expect(simd.toJSON()).toEqual(plain.toJSON());
  expect(simd.moments.mean.every(Number.isFinite)).toBe(true);
});
