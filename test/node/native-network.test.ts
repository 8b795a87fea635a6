// Networks on native code: the bits of WebAssembly for every derivative, and a word where there is no compiler.
import { afterEach, expect, it, vi } from "vitest";
import { nativeTileKernels } from "../../src/node/native-network.ts";
import { createStream } from "../../src/numerics/random.ts";
import { tileKernels } from "../../src/problem/network/kernels.ts";
import { networkPasses } from "../../src/problem/network/passes.ts";
import { networkShape } from "../../src/problem/network/shape.ts";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

const stream = createStream(5);
const random = (length: number) => Float64Array.from({ length }, () => stream.normal());

it.each([
  ["cross-entropy", [7, 5], 4],
  ["squared-error", [9], 1],
  ["cross-entropy", [], 3],
] as const)("%s, hidden %j: value, gradient, Hessian and third derivative", async (loss, hidden, outputs) => {
  const [n, inputs] = [77, 6];
  const shape = networkShape(inputs, hidden, outputs, "tanh", loss);
  const targets = new Float64Array(n * outputs);
  for (let i = 0; i < n; i++) targets[i * outputs + (i % outputs)] = 1;
  const data = { n, features: random(n * inputs), targets };
  const native = networkPasses(shape, data, await nativeTileKernels());
  const wasm = networkPasses(shape, data, tileKernels);
  expect([native.backend, wasm.backend]).toEqual(["native", "wasm"]);
  const [x, u, v] = [random(shape.d), random(shape.d), random(shape.d)];
  const answers = [native, wasm].map((passes) => [
    passes.losses(x, new Float64Array(n)),
    passes.gradient(x, undefined, new Float64Array(shape.d)),
    passes.gradient(x, targets.slice(0, n), new Float64Array(shape.d)),
    passes.batchGradient(x, [3, 76, 3, 40], new Float64Array(shape.d)),
    passes.hessianTimes(x, u, undefined, new Float64Array(shape.d)),
    passes.third(x, u, v, new Float64Array(shape.d)),
    passes.slopes(x, u, new Float64Array(n)),
    passes.hessianDiagonal(x, new Float64Array(shape.d)),
  ]);
  expect(answers[0]).toEqual(answers[1]);
  expect(answers[0]!.every((vector) => vector.some((entry) => entry !== 0))).toBe(true);
});

it("tells why there is no native code", async () => {
  vi.stubEnv("CC", "no-such-compiler");
  vi.resetModules();
  const fresh = await import("../../src/node/native-network.ts");
  const told: string[] = [];
  const make = await fresh.nativeTileKernels((why) => told.push(why));
  expect(told).toEqual(["there is no C compiler (no-such-compiler): networks run in WebAssembly, with the same figures"]);
  expect(make(64, []).backend).toBe("wasm");
  expect(fresh.hasNativeTileKernels()).toBe(false);
});
