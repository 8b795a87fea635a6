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
  const orders = new Map<number, Scalar[]>();
  const derivatives = (order: number): Scalar[] => {
    if (!orders.has(order)) orders.set(order, tensor(file.objective, order));
    return orders.get(order)!;
  };
  const covariance = file.covariance.flat().map(scalar);
  const along = variables.flatMap((v) => file.covariance.flat().map((entry) => scalar(derivative(entry, v).toString())));
  const cumulants = new Map<number, Scalar[]>();
  const covarianceDerivatives = (order: number): Scalar[] => {
    if (!cumulants.has(order))
      cumulants.set(
        order,
        file.covariance.flat().flatMap((entry) => tensor(entry, order)),
      );
    return cumulants.get(order)!;
  };
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
      gradient: all(derivatives(1)),
      hessian: all(derivatives(2)),
      third(x, v, w, out) {
        out.fill(0);
        for (let i = 0; i < 2; i++)
          for (let j = 0; j < 2; j++) for (let k = 0; k < 2; k++) out[i]! += derivatives(3)[4 * i + 2 * j + k]!(x) * v[j]! * w[k]!;
        return out;
      },
      derivatives: (order, x, out) => all(derivatives(order))(x, out),
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
      cumulant: (order, derivative, x, out) => (order === 2 ? all(covarianceDerivatives(derivative))(x, out) : out.fill(0)),
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
