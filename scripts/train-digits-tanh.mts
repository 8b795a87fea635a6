// Makes examples/data/digits-tanh.safetensors: the weights of examples/digits-tanh.json, trained by SGD from its random start (seed 1) with
// batches of 32, 60 epochs at learning rate 0.2 and 20 at 0.02. The same bits on every machine.
//   npx tsx scripts/train-digits-tanh.mts
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { sgdWalker } from "../src/ensemble/sgd.ts";
import { readProblemAt, writeWeights } from "../src/node.ts";
import { withLearningRate, withStart } from "../src/problem/vary.ts";

const folder = fileURLToPath(new URL("../examples/", import.meta.url));
const file = JSON.parse(readFileSync(`${folder}digits-tanh.json`, "utf8"));
let problem = await readProblemAt({ ...file, start: { seed: 1 } }, folder);
const { shape, n } = problem.objective.network!.passes;
for (const [epochs, rate] of [
  [60, 0.2],
  [20, 0.02],
] as const) {
  problem = withLearningRate(problem, rate);
  const walker = sgdWalker(problem, 1);
  walker.begin(0);
  const steps = epochs * Math.floor(n / 32);
  for (let k = 0; k < steps; k++) walker.advance(k, new Float64Array(0));
  problem = withStart(problem, Float64Array.from(walker.x));
  console.log(`eta ${rate}: ${steps} steps, loss ${problem.objective.value(problem.start)}`);
}
writeWeights(`${folder}data/digits-tanh.safetensors`, problem.start, [shape.inputs, ...shape.layers.map((layer) => layer.outputs)]);
