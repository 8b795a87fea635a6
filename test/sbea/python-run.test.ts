// The NumPy modules run: Debian's Python with python3-numpy, fed with the tensors of a problem in the plane whose noise varies, gives the
// drift and D D^T of every model that bind() gives. The JAX modules differ in how tensors are fetched; that is looked at in python.test.ts.
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { bind } from "../../src/model/bind.ts";
import { modelById, models } from "../../src/model/index.ts";
import { tensorsAt } from "../../src/model/tensors.ts";
import { maxAbs } from "../../src/numerics/linear.ts";
import { readProblem } from "../../src/problem/read.ts";
import { pythonModule } from "../../src/sbea/python.ts";
import { uniform } from "./random-tensors.ts";

const problem = readProblem({
  objective: { formula: "0.6*x^2 + 0.4*y^2 + 0.3*cos(x + y/2) + 0.2*x*y + x^3*y/10", variables: ["x", "y"] },
  noise: {
    gaussian: {
      covariance: [
        ["0.4 + 0.1*sin(x + y)", "0.1*x"],
        ["0.1*x", "0.3 + 0.1*cos(y)"],
      ],
    },
  },
  learningRate: 0.3,
  start: [0, 0],
  steps: 1,
});
const random = uniform(17);
const points = Array.from({ length: 4 }, () => Float64Array.of(random(), random()));
const all = [...models, ...["series-2", "series-3", "series-4"].map(modelById)];

/** Tensors of f to order 5 and of Sigma to its third derivative, by the names of the call. */
function tensorsOf(x: Float64Array): Record<string, number[]> {
  const tensors = tensorsAt(problem.objective, problem.noise, x);
  return Object.fromEntries([
    ...[1, 2, 3, 4, 5].map((order) => [`f${order}`, Array.from(tensors.f(order))]),
    ...[0, 1, 2, 3].map((along) => [`k2,${along}`, Array.from(tensors.cumulant(2, along))]),
  ]);
}

const script = `
import json, sys
import numpy as np
given = json.load(sys.stdin)
def array(values): return np.array(values).reshape((2,) * int(np.log2(len(values))))
answers = []
for module in given["modules"]:
    names = {}
    exec(module, names)
    for point in given["points"]:
        tensors = {name: array(values) for name, values in point["tensors"].items()}
        f = lambda n, x: tensors["f%d" % n]
        kappa = lambda r, n, x: tensors["k%d,%d" % (r, n)]
        x = np.array(point["x"])
        answers.append([names["drift"](x, given["eta"], f, kappa).tolist(), names["diffusion"](x, given["eta"], f, kappa).ravel().tolist()])
json.dump(answers, sys.stdout)
`;

describe("the NumPy modules", () => {
  const ran = spawnSync("/usr/bin/python3", ["-c", script], {
    encoding: "utf8",
    input: JSON.stringify({
      eta: problem.learningRate,
      modules: all.map((model) => pythonModule(model, model.title, "numpy")),
      points: points.map((x) => ({ x: Array.from(x), tensors: tensorsOf(x) })),
    }),
  });

  it("run without a word", () => {
    expect(ran.error).toBeUndefined();
    expect(ran.stderr).toBe("");
    expect(ran.status).toBe(0);
  });

  it.each(all.map((model, m) => [model.id, model, m] as const))("%s: drift and D D^T are those of bind()", (_id, model, m) => {
    const answers = JSON.parse(ran.stdout) as [number[], number[]][];
    const sde = bind(model, problem);
    for (const [k, x] of points.entries()) {
      const [drift, diffusion] = answers[m * points.length + k]!;
      const [b, q] = [sde.drift(x, new Float64Array(2)), new Float64Array(4)];
      sde.diffusionMatrix(x, q);
      // The same formulas in the same precision, eigenvectors by LAPACK: rounding of numbers of order 1.
      expect(maxAbs(b.map((v, i) => v - drift[i]!))).toBeLessThan(1e-13);
      expect(maxAbs(q.map((v, i) => v - diffusion[i]!))).toBeLessThan(1e-13);
    }
  });
});
