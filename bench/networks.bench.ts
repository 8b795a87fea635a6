// Passes over networks: Hessian-vector product of a 64-32-10 tanh network on all 1797 digits, an SGD step of batch 32, and the network of the
// comparison with jax-js (10-50-1 on 1000 rows), in f64 on one core. Run with `npx tsx bench/networks.bench.ts`; name the hardware with the figures.
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { plainTileKernels } from "../src/codegen/network/plain.ts";
import { simdTileKernels } from "../src/codegen/network/simd.ts";
import type { MakeTileKernels } from "../src/codegen/network/tile.ts";
import { nativeTileKernels } from "../src/node/native-network.ts";
import { createStream } from "../src/numerics/random.ts";
import { type NetworkPasses, networkPasses } from "../src/problem/network/passes.ts";
import { type NetworkShape, networkShape } from "../src/problem/network/shape.ts";
import { alternate, median, processorSeconds, type Row, ratio, table } from "./measure.ts";

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

/** Processor microseconds a call: of about 100 ms. */
function time(work: () => void): number {
  work();
  let calls = 0;
  const seconds = processorSeconds(() => {
    const from = performance.now();
    for (; performance.now() - from < 100; calls++) work();
  });
  return (1e6 * seconds) / calls;
}

function report(name: string, shape: NetworkShape, data: ReturnType<typeof random>): readonly Row[] {
  const picked = Int32Array.from({ length: 32 }, (_, i) => (37 * i) % data.n);
  const [x, v, w, out] = [0, 1, 2, 3].map(() => Float64Array.from({ length: shape.d }, () => 0.2 * stream.normal())) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const passesOf = backends.map(([, make]) => networkPasses(shape, data, make));
  const work = (passes: NetworkPasses): { readonly [what: string]: () => void } => ({
    gradient: () => passes.gradient(x, undefined, out),
    "Hessian-vector product": () => passes.hessianTimes(x, v, undefined, out),
    "third derivative": () => passes.third(x, v, w, out),
    "SGD step, batch 32": () => {
      passes.batchGradient(x, picked, out);
      for (let i = 0; i < shape.d; i++) x[i] = x[i]! - 1e-9 * out[i]!;
    },
  });
  const works = passesOf.map(work);
  return Object.keys(works[0]!).map((what) => {
    const found = alternate(5, Object.fromEntries(backends.map(([backend], b) => [backend, () => time(works[b]![what]!)])));
    const times = backends.map(([backend]) => median(found[backend]!).toPrecision(3));
    return [name, what, ...times, ratio(found["wasm"]!, found["native"] ?? found["wasm"]!)];
  });
}

const backends: readonly (readonly [string, MakeTileKernels])[] = [
  ["native", await nativeTileKernels()],
  ["wasm", simdTileKernels],
  ["javascript", plainTileKernels],
];

console.log(`${cpus()[0]?.model ?? "unknown processor"}; processor microseconds a call, medians of five rounds`);
console.log(
  table(
    ["network", "", ...backends.map(([backend]) => backend), "wasm / native (range)"],
    [
      ...report("64-32-10 tanh, 1797 rows", networkShape(64, [32], 10, "tanh", "cross-entropy"), digits()),
      ...report("64-10 softmax, 1797 rows", networkShape(64, [], 10, "tanh", "cross-entropy"), digits()),
      ...report("10-50-1 tanh, 1000 rows", networkShape(10, [50], 1, "tanh", "squared-error"), random(1000, 10)),
    ],
  ),
);
