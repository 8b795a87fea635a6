// Discrete gradient noise: finitely many vectors v_m(x) of mean zero, taken with probabilities p_m.
import { compile } from "../codegen/compile.ts";
import { build } from "../expr/build.ts";
import { type Expr, freeVariables } from "../expr/node.ts";
import type { Matrix, Vector } from "../numerics/arrays.ts";
import type { RandomStream } from "../numerics/random.ts";
import { covarianceDerivative } from "./covariance-derivative.ts";
import { cumulantFromMoments, cumulantTensors } from "./cumulants.ts";
import { type Names, readEntry } from "./entries.ts";
import type { GradientNoise } from "./noise.ts";
import { fieldError } from "./schema-errors.ts";

type Entry = number | string;

/** Reads {"values": [[...], ...], "probabilities": [...]}. That the mean vanishes is checked at the start (read.ts). */
export function readDiscrete(
  file: { values: readonly (readonly Entry[])[]; probabilities: readonly Entry[] },
  names: Names,
): GradientNoise {
  const field = "noise.discrete";
  const d = names.variables.length;
  const wrong = file.values.findIndex((v) => v.length !== d);
  if (wrong >= 0)
    throw fieldError(`${field}.values[${wrong}]`, `has ${file.values[wrong]!.length} entries`, `${d}, one a variable`, file.values[wrong]);
  if (file.probabilities.length !== file.values.length)
    throw fieldError(
      `${field}.probabilities`,
      `has ${file.probabilities.length} entries`,
      `${file.values.length}, one a value`,
      file.probabilities,
    );
  const values = file.values.map((vector, m) => vector.map((entry, i) => readEntry(entry, names, `${field}.values[${m}][${i}]`)));
  const probabilities = file.probabilities.map((entry, m) => readEntry(entry, names, `${field}.probabilities[${m}]`));
  return discreteNoise(values, probabilities, names.variables);
}

export function discreteNoise(
  values: readonly (readonly Expr[])[],
  probabilities: readonly Expr[],
  variables: readonly string[],
): GradientNoise {
  const d = variables.length;
  const count = values.length;
  const atomKernel = compile([...values.flat(), ...probabilities], variables);
  const atomValues = new Float64Array(count * d + count);
  const atoms = (x: Vector) => {
    atomKernel.evaluate(x, atomValues);
    return { values: atomValues.subarray(0, count * d), probabilities: atomValues.subarray(count * d) };
  };
  const moment = (indices: readonly number[]): Expr =>
    values
      .map((vector, m) => indices.reduce((product, i) => build.multiply(product, vector[i]!), probabilities[m]!))
      .reduce((a, b) => build.add(a, b));
  const covariance = Array.from({ length: d * d }, (_, k) =>
    moment([Math.min(Math.floor(k / d), k % d), Math.max(Math.floor(k / d), k % d)]),
  );
  const covarianceKernel = compile(covariance, variables);
  const constant = freeVariables([...values.flat(), ...probabilities]).length === 0;
  return Object.freeze({
    kind: "discrete",
    constant,
    gaussian: false,
    atoms,
    covarianceFormulas: covariance,
    atomFormulas: { values, probabilities },
    covariance: (x: Vector, out: Matrix) => covarianceKernel.evaluate(x, out),
    covarianceAlong: covarianceDerivative(covariance, variables),
    cumulant: cumulantTensors((indices) => cumulantFromMoments(moment, indices), variables),
    sample(x: Vector, stream: RandomStream, out: Vector) {
      const { values: v, probabilities: p } = atoms(x);
      const u = stream.uniform();
      let m = 0;
      for (let sum = p[0]!; m < count - 1 && u >= sum; sum += p[m]!) m++;
      for (let i = 0; i < d; i++) out[i] = v[m * d + i]!;
      return out;
    },
  });
}
