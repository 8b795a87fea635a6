// Makes the weights of the gallery's networks, examples/data/*.safetensors: softmax regressions at their minima (full batch, Newton's method),
// the tanh network by SGD from its random start (seed 1) with batches of 32, 60 epochs at learning rate 0.2 and 20 at 0.02. The same bits
// on every machine.
//   npx tsx scripts/train-gallery.mts
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { sgdWalker } from "../src/ensemble/sgd.ts";
import { newtonCg } from "../src/law/newton-cg.ts";
import { readProblemAt, writeWeights } from "../src/node.ts";
import type { SgdProblem } from "../src/problem/problem.ts";
import { withLearningRate, withStart } from "../src/problem/vary.ts";

const folder = fileURLToPath(new URL("../examples/", import.meta.url));

async function untrained(name: string): Promise<SgdProblem> {
  const file = JSON.parse(readFileSync(`${folder}${name}.json`, "utf8"));
  return readProblemAt({ ...file, start: { seed: 1 } }, folder);
}

function write(name: string, problem: SgdProblem, x: Float64Array): void {
  const { shape } = problem.objective.network!.passes;
  console.log(`${name}: loss ${problem.objective.value(x)}`);
  writeWeights(`${folder}data/${name}.safetensors`, x, [shape.inputs, ...shape.layers.map((layer) => layer.outputs)]);
}

for (const name of ["iris-softmax", "digits-softmax"]) {
  const problem = await untrained(name);
  const found = newtonCg(problem.objective, problem.start);
  if ("failure" in found) throw new Error(`${name}: ${found.failure}`);
  write(name, problem, found.x);
}

let problem = await untrained("digits-tanh");
for (const [epochs, rate] of [
  [60, 0.2],
  [20, 0.02],
] as const) {
  problem = withLearningRate(problem, rate);
  const walker = sgdWalker(problem, 1);
  walker.begin(0);
  const steps = epochs * Math.floor(problem.objective.samples!.n / 32);
  for (let k = 0; k < steps; k++) walker.advance(k, new Float64Array(0));
  problem = withStart(problem, Float64Array.from(walker.x));
}
write("digits-tanh", problem, problem.start);
