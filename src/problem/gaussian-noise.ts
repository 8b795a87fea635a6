// Gaussian gradient noise with covariance Sigma(x) = sigma(x)^2 I, or a matrix of formulas.
import { type Compiled, compile } from "../codegen/compile.ts";
import { build } from "../expr/build.ts";
import { type Expr, freeVariables } from "../expr/node.ts";
import type { Matrix, Vector } from "../numerics/arrays.ts";
import { symmetricEigen } from "../numerics/eigen.ts";
import type { RandomStream } from "../numerics/random.ts";
import { covarianceDerivative } from "./covariance-derivative.ts";
import { cumulantTensors } from "./cumulants.ts";
import { constantValue, type Names, readEntry } from "./entries.ts";
import type { GradientNoise } from "./noise.ts";
import { fieldError, found } from "./schema-errors.ts";

type Entry = number | string;

/** Reads {"sigma": s} or {"covariance": [[...]]}. */
export function readGaussian(file: { sigma?: Entry; covariance?: readonly (readonly Entry[])[] }, names: Names): GradientNoise {
  const field = "noise.gaussian";
  if ((file.sigma === undefined) === (file.covariance === undefined))
    throw fieldError(
      field,
      file.sigma === undefined ? "neither sigma nor covariance" : "both sigma and covariance",
      "exactly one of sigma (--sigma), covariance (--covariance)",
    );
  const d = names.variables.length;
  if (file.sigma !== undefined) {
    if (typeof file.sigma === "number" && file.sigma < 0)
      throw fieldError(`${field}.sigma`, "a standard deviation below zero", "a number >= 0 or a formula", file.sigma);
    const sigma = readEntry(file.sigma, names, `${field}.sigma`);
    const variance = build.multiply(sigma, sigma);
    return gaussianNoise(diagonal(variance, d), names.variables);
  }
  return gaussianNoise(readCovariance(file.covariance!, names, d), names.variables);
}

function readCovariance(rows: readonly (readonly Entry[])[], names: Names, d: number): Expr[] {
  const field = "noise.gaussian.covariance";
  if (rows.length !== d || rows.some((row) => row.length !== d))
    throw fieldError(
      field,
      `is ${rows.length} x ${rows.map((r) => r.length).join("/")}`,
      `a symmetric ${d} x ${d} matrix, one row a variable`,
    );
  const entries = rows.flatMap((row, i) => row.map((entry, j) => readEntry(entry, names, `${field}[${i}][${j}]`)));
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < i; j++) {
      const [a, b] = [entries[i * d + j]!, entries[j * d + i]!];
      if (a === b) continue;
      const [x, y] = [constantValue(a), constantValue(b)];
      // matrices written by programs carry roundings of a few units in the last place
      if (x === undefined || y === undefined || Math.abs(x - y) > 1e-12 * Math.max(Math.abs(x), Math.abs(y)))
        throw fieldError(
          field,
          `not symmetric: entry (${i + 1}, ${j + 1}) is ${found(rows[i]![j])}, entry (${j + 1}, ${i + 1}) is ${found(rows[j]![i])}`,
          "a symmetric matrix",
        );
      entries[i * d + j] = entries[j * d + i] = build.constant((x + y) / 2);
    }
  }
  return entries;
}

function diagonal(variance: Expr, d: number): Expr[] {
  const zero = build.constant(0);
  return Array.from({ length: d * d }, (_, k) => (k % (d + 1) === 0 ? variance : zero));
}

/** `covariance`: d x d expressions, row-major, symmetric. */
export function gaussianNoise(covariance: readonly Expr[], variables: readonly string[]): GradientNoise {
  const d = variables.length;
  const constant = freeVariables(covariance).length === 0;
  const isotropic = constant && covariance.every((entry, k) => (k % (d + 1) === 0 ? entry === covariance[0] : constantValue(entry) === 0));
  let compiled: Compiled | undefined;
  const value = (x: Vector, out: Matrix): Matrix => {
    compiled ??= compile(covariance, variables);
    return compiled.evaluate(x, out);
  };
  const fixed = constant ? value(new Float64Array(d), new Float64Array(d * d)) : undefined;
  const covarianceAt = (x: Vector, out: Matrix): Matrix => {
    if (!fixed) return value(x, out);
    out.set(fixed);
    return out;
  };
  const root = rootOf(covarianceAt, constant, d);
  const standard = new Float64Array(d);
  return Object.freeze({
    kind: "gaussian",
    constant,
    gaussian: true,
    isotropicVariance: isotropic ? fixed![0]! : undefined,
    covarianceFormulas: covariance,
    covariance: covarianceAt,
    covarianceAlong: covarianceDerivative(covariance, variables),
    cumulant: cumulantTensors((indices) => (indices.length === 2 ? covariance[indices[0]! * d + indices[1]!]! : undefined), variables),
    sample(x: Vector, stream: RandomStream, out: Vector) {
      const r = root(x);
      for (let j = 0; j < d; j++) standard[j] = stream.normal();
      for (let i = 0; i < d; i++) {
        let sum = 0;
        for (let j = 0; j < d; j++) sum += r[i * d + j]! * standard[j]!;
        out[i] = sum;
      }
      return out;
    },
  });
}

/** The symmetric root of Sigma(x), singular Sigma allowed; computed once where Sigma is constant. */
function rootOf(covariance: (x: Vector, out: Matrix) => Matrix, constant: boolean, d: number): (x: Vector) => Matrix {
  const sigma = new Float64Array(d * d);
  const root = new Float64Array(d * d);
  let ready = false;
  return (x) => {
    if (ready && constant) return root;
    covariance(x, sigma);
    if (d === 1) root[0] = Math.sqrt(Math.max(sigma[0]!, 0));
    else {
      const { values, vectors } = symmetricEigen(sigma, d);
      for (let i = 0; i < d; i++) {
        for (let j = 0; j <= i; j++) {
          let sum = 0;
          for (let k = 0; k < d; k++) sum += vectors[i * d + k]! * vectors[j * d + k]! * Math.sqrt(Math.max(values[k]!, 0));
          root[i * d + j] = root[j * d + i] = sum;
        }
      }
    }
    ready = true;
    return root;
  };
}
