// Problems in two dimensions for tests, from formulas, with derivatives by mathjs: independent of the project's own formulas.
import { compile, derivative, parse } from "mathjs";
import type { GradientNoise } from "../../src/problem/noise.ts";
import type { SgdProblem } from "../../src/problem/problem.ts";

type Scalar = (x: Float64Array) => number;
const variables = ["x", "y"];

export function scalar(formula: string): Scalar {
  const code = compile(formula);
  return (x) => code.evaluate({ x: x[0], y: x[1] });
}

/** All derivatives of an order, 2^order closures, row-major. */
function tensor(formula: string, order: number): Scalar[] {
  let nodes = [parse(formula)];
  for (let k = 0; k < order; k++) nodes = nodes.flatMap((node) => variables.map((v) => derivative(node, v)));
  return nodes.map((node) => scalar(node.toString()));
}

export function planeProblem(file: {
  objective: string;
  covariance: string[][];
  eta: number;
  start: number[];
  steps: number;
  tests: string[];
  noise?: Partial<GradientNoise>;
}): SgdProblem {
  const gradient = tensor(file.objective, 1);
  const hessian = tensor(file.objective, 2);
  const thirds = tensor(file.objective, 3);
  const covariance = file.covariance.flat().map(scalar);
  const along = variables.flatMap((v) => file.covariance.flat().map((entry) => scalar(derivative(entry, v).toString())));
  const all = (functions: Scalar[]) => (x: Float64Array, out: Float64Array) => {
    functions.forEach((f, i) => {
      out[i] = f(x);
    });
    return out;
  };
  return {
    objective: {
      kind: "formula",
      d: 2,
      variables,
      value: scalar(file.objective),
      gradient: all(gradient),
      hessian: all(hessian),
      third(x, v, w, out) {
        out.fill(0);
        for (let i = 0; i < 2; i++) for (let j = 0; j < 2; j++) for (let k = 0; k < 2; k++) out[i]! += thirds[4 * i + 2 * j + k]!(x) * v[j]! * w[k]!;
        return out;
      },
      derivatives: (order, x, out) => all(order === 3 ? thirds : tensor(file.objective, order))(x, out),
    },
    noise: {
      kind: "gaussian",
      constant: false,
      gaussian: true,
      covariance: all(covariance),
      covarianceAlong(x, v, out) {
        for (let e = 0; e < 4; e++) out[e] = v[0]! * along[e]!(x) + v[1]! * along[4 + e]!(x);
        return out;
      },
      cumulant: (order, derivatives, x, out) => (order === 2 && derivatives === 1 ? all([0, 1, 2, 3].flatMap((e) => [along[e]!, along[4 + e]!]))(x, out) : order === 2 && derivatives === 0 ? all(covariance)(x, out) : out.fill(0)),
      sample: (_x, _stream, out) => out,
      ...file.noise,
    },
    learningRate: file.eta,
    start: Float64Array.from(file.start),
    steps: file.steps,
    tests: file.tests.map((text) => ({ text, value: scalar(text) })),
    at: [file.steps],
    warnings: [],
    json: {},
  };
}
