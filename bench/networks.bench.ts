// Passes over networks: Hessian-vector product of a 64-32-10 tanh network on all 1797 digits, an SGD step of batch 32, and the network of the
// comparison with jax-js (10-50-1 on 1000 rows), in f64 on one core. Run with `npx tsx bench/networks.bench.ts`; name the hardware with the figures.
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { plainTileKernels } from "../src/codegen/network/plain.ts";
import { simdTileKernels } from "../src/codegen/network/simd.ts";
import { createStream } from "../src/numerics/random.ts";
import { networkPasses } from "../src/problem/network/passes.ts";
import { type NetworkShape, networkShape } from "../src/problem/network/shape.ts";

const stream = createStream(1);

function digits() {
  const text = readFileSync(fileURLToPath(new URL("../examples/data/digits.csv", import.meta.url)), "utf8");
  const rows = text.trim().split("\n").slice(1);
  const features = new Float64Array(rows.length * 64);
  const targets = new Float64Array(rows.length * 10);
  rows.forEach((line, i) => {
    const cells = line.split(",").map(Number);
    for (let k = 0; k < 64; k++) features[i * 64 + k] = cells[k]! / 16;
    targets[i * 10 + cells[64]!] = 1;
  });
  return { n: rows.length, features, targets };
}

function random(n: number, inputs: number) {
  return {
    n,
    features: Float64Array.from({ length: n * inputs }, () => stream.normal()),
    targets: Float64Array.from({ length: n }, () => stream.normal()),
  };
}

/** Best of three rounds, in milliseconds a call. */
function time(work: () => void): number {
  work();
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3; round++) {
    let calls = 0;
    const from = performance.now();
    while (performance.now() - from < 200) {
      work();
      calls++;
    }
    best = Math.min(best, (performance.now() - from) / calls);
  }
  return best;
}

function report(name: string, shape: NetworkShape, data: ReturnType<typeof random>): void {
  for (const [backend, make] of [
    ["wasm", simdTileKernels],
    ["javascript", plainTileKernels],
  ] as const) {
    const passes = networkPasses(shape, data, make);
    const [x, v, w] = [0, 1, 2].map(() => Float64Array.from({ length: shape.d }, () => 0.2 * stream.normal())) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const out = new Float64Array(shape.d);
    const picked = Int32Array.from({ length: 32 }, (_, i) => (37 * i) % data.n);
    const figures = [
      ["gradient", () => passes.gradient(x, undefined, out)],
      ["Hessian-vector product", () => passes.hessianTimes(x, v, undefined, out)],
      ["third derivative", () => passes.third(x, v, w, out)],
      ["batch of 32", () => passes.batchGradient(x, picked, out)],
    ] as const;
    console.log(`${name}, ${backend}: ${figures.map(([what, work]) => `${what} ${time(work).toPrecision(3)} ms`).join(", ")}`);
  }
}

console.log(cpus()[0]?.model ?? "unknown processor");
report("64-32-10 tanh, 1797 rows", networkShape(64, [32], 10, "tanh", "cross-entropy"), digits());
report("64-10 softmax, 1797 rows", networkShape(64, [], 10, "tanh", "cross-entropy"), digits());
report("10-50-1 tanh, 1000 rows", networkShape(10, [50], 1, "tanh", "squared-error"), random(1000, 10));
