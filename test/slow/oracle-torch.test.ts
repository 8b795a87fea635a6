// The PyTorch adapter with the real PyTorch, against our own network with the same weights and data. Debian's python3-torch; where it is
// missing the test is skipped and says so.
import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { TransportError } from "../../src/errors.ts";
import { readProblemAt } from "../../src/node/files.ts";
import { writeWeights } from "../../src/node/weights.ts";
import { diagnose } from "../../src/question/diagnose.ts";
import { paths } from "../../src/question/paths.ts";

const torch = spawnSync("/usr/bin/python3", ["-c", "import torch"]).status === 0;
if (!torch) console.warn("skipped: PyTorch for /usr/bin/python3 is missing (apt-get install python3-torch)");

const folder = mkdtempSync(join(tmpdir(), "escapement-torch-"));
const rows = Array.from({ length: 12 }, (_, i) => [Math.sin(3 * i), Math.cos(5 * i), i % 3]);
const weights = Float64Array.from({ length: 4 * 3 + 3 * 5 }, (_, k) => Math.sin(7 * k));
writeWeights(join(folder, "w.npz"), weights, [2, 4, 3]);
const script = (type: string, layers: string): string => `import numpy as np, torch
from escapement_torch import serve
print("harmless")
t = np.array(${JSON.stringify(rows)})
model = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.Tanh(), ${layers}torch.nn.Linear(4, 3)).${type}()
w = np.load("w.npz")
with torch.no_grad():
    for layer, k in ((model[0], 0), (model[-1], 1)):
        layer.weight.copy_(torch.as_tensor(w[f"layers.{k}.weight"])); layer.bias.copy_(torch.as_tensor(w[f"layers.{k}.bias"]))
serve(model, torch.nn.functional.cross_entropy, torch.as_tensor(t[:, :2]).${type}(), torch.as_tensor(t[:, 2].astype(int)), l2=0.01)
`;
writeFileSync(join(folder, "double.py"), script("double", ""));
writeFileSync(join(folder, "float.py"), script("float", ""));
// dropout that stays on whatever the mode
writeFileSync(
  join(folder, "dropout.py"),
  script("double", "torch.nn.Dropout(0.3), ").replace(
    "serve(",
    "torch.nn.Dropout.forward = lambda self, x: torch.nn.functional.dropout(x, 0.3, True)\nserve(",
  ),
);

const common = { noise: { minibatch: { size: 3, replacement: false } }, learningRate: 0.1, start: "weights", steps: 10 };
const network = { data: { columns: ["a", "b", "y"], rows }, target: "y", hidden: [4], loss: "cross-entropy", l2: 0.01, weights: "w.npz" };
const own = () => readProblemAt({ ...common, objective: { network } }, folder);
const its = (file: string) =>
  readProblemAt({ ...common, objective: { oracle: { command: ["/usr/bin/python3", file] } } }, folder, { allowOracle: true });

const far = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let most = 0;
  for (let i = 0; i < b.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!));
  return most;
};

it.skipIf(!torch)("in double precision PyTorch's derivatives are ours", async () => {
  const [ours, theirs] = [(await own()).objective, await its("double.py")];
  expect(theirs.start).toEqual(weights);
  const x = weights.map((w) => w / 2);
  const v = weights.map((_, k) => Math.cos(k));
  const { d } = ours;
  const { objective } = theirs;
  const zeros = (n: number): Float64Array => new Float64Array(n);
  // entries are of size 1; passes of two programs differ by some tens of roundings
  expect(Math.abs(objective.value(x) - ours.value(x))).toBeLessThan(1e-14);
  expect(far(objective.gradient(x, zeros(d)), ours.gradient(x, zeros(d)))).toBeLessThan(1e-14);
  expect(far(objective.hessianTimes!(x, v, zeros(d)), ours.hessianTimes!(x, v, zeros(d)))).toBeLessThan(1e-13);
  expect(far(objective.hessian!(x, zeros(d * d)), ours.hessian!(x, zeros(d * d)))).toBeLessThan(1e-13);
  expect(far(objective.samples!.gradients!(x, zeros(12 * d)), ours.samples!.gradients!(x, zeros(12 * d)))).toBeLessThan(1e-13);
  expect(far(objective.samples!.allHessianTimes!(x, v, zeros(12 * d)), ours.samples!.allHessianTimes!(x, v, zeros(12 * d)))).toBeLessThan(
    1e-13,
  );
});

it.skipIf(!torch)("SGD's paths and the spectrum are those of our own network", async () => {
  const [ours, theirs] = [await own(), await its("double.py")];
  const [a, b] = [await paths(ours, { paths: 64 }), await paths(theirs, { paths: 64 })];
  expect(
    far(
      b.result.moments!.mean!.map((m) => m!.value),
      a.result.moments!.mean!.map((m) => m!.value),
    ),
  ).toBeLessThan(1e-12);
  const [p, q] = [await diagnose(ours), await diagnose(theirs)];
  expect(far(q.result.eigenvalues as number[], p.result.eigenvalues as number[])).toBeLessThan(1e-12);
});

it.skipIf(!torch)("single precision is said and lived with", async () => {
  const [ours, theirs] = [(await own()).objective, (await its("float.py")).objective];
  // 24 bits, some tens of operations
  expect(far(theirs.gradient(weights, new Float64Array(ours.d)), ours.gradient(weights, new Float64Array(ours.d)))).toBeLessThan(1e-5);
});

it.skipIf(!torch)("dropout that is left on is found out", async () => {
  await expect(its("dropout.py")).rejects.toMatchObject({
    exitCode: 1,
    message: expect.stringMatching(/do not fit together/),
  } satisfies Partial<TransportError>);
});
