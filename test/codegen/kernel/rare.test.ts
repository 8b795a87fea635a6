// Arguments that only few lanes have: a program looks for them at its end where that is quicker (order.ts), and the bits are the same.
import { expect, it } from "vitest";
import { columnsRunner } from "../../../src/codegen/kernel/columns.ts";
import { flatNodes } from "../../../src/codegen/kernel/nodes.ts";
import { piecesFor } from "../../../src/codegen/kernel/order.ts";
import { encodeKernel, simdRunner } from "../../../src/codegen/kernel/simd.ts";
import { kernelFor } from "../../../src/ensemble/kernel/kernel-for.ts";
import { runKernelBlock } from "../../../src/ensemble/kernel/run-kernel.ts";
import { singleProgram } from "../../../src/ensemble/single.ts";
import { modelById } from "../../../src/model/index.ts";
import { problemOf } from "../../ensemble/problems.ts";

it.each([
  // members of a block go two by two, one by one, all together
  ["one exponential", "x^2/2 + exp(-x^2)", "sgd", { outputs: 2, atEnd: true }],
  ["two a member", "x^2/2 + exp(-x^2) + exp(-(x-2)^2)", "sgd", { outputs: 1, atEnd: true }],
  ["three a member", "x^2/2 + exp(-x^2) + exp(-(x-2)^2) + exp(-(x+2)^2)", "sgd", { outputs: 4, atEnd: false }],
  ["a cosine", "x^2/2 + cos(x/4)", "sgd", { outputs: 2, atEnd: true }],
  // a model's step has roots and divisions: exponentials all together, others by members
  ["a model, one exponential", "x^2/2 + exp(-x^2)/9", "ha-sme", { outputs: 8, atEnd: true }],
  ["a model, one cosine", "x^2/2 + cos(x/4)", "ha-sme", { outputs: 2, atEnd: true }],
  ["none", "x^2/2 + 1/(1+x^2)", "sgd", { outputs: 4, atEnd: false }],
] as const)("%s", (_, formula, id, pieces) => {
  // deviations of about 20: exp(-x^2) below 1e-304 on many paths, not on all
  const problem = problemOf({ objective: { formula, variables: ["x"] }, noise: { gaussian: { sigma: 40 } }, learningRate: 0.5, steps: 6 });
  const program = singleProgram({ problem, process: id === "sgd" ? id : modelById(id), substeps: 1 }, { kind: "state" }, [], [1, 2, 6], 1);
  const path = kernelFor(program)!;
  const maps = flatNodes(path.kernel.ways[0]!).filter((node) => node.kind === "map");
  const [step] = maps.map((node) => piecesFor(node.program, node.members ?? 1));
  expect(step).toMatchObject(pieces);
  const simd = runKernelBlock(program, path, simdRunner(new WebAssembly.Module(encodeKernel(path.kernel))), 0, 1024);
  const plain = runKernelBlock(program, path, columnsRunner(path.kernel), 0, 1024);
  expect(simd.toJSON()).toEqual(plain.toJSON());
  expect(simd.moments.mean.every(Number.isFinite)).toBe(true);
});
