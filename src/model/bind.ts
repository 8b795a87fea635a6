// A model bound to a problem: b(x) = -U diag(c(z_i)) U^T grad f and D D^T(x) = eta U [(U^T Sigma U) o m(z_i, z_j)] U^T with z_i = eta
// lambda_i(x), H frozen at the point (theory.md 2), plus the model's correction. One dimension needs no eigenvectors, nor do factors
// that are polynomials (drift) or constants (diffusion). The eigenvectors at the last x are kept, since b and D D^T are mostly
// asked for together.
import { DomainError } from "../errors.ts";
import type { Matrix, Vector } from "../numerics/arrays.ts";
import { fromEigenbasis, type SymmetricEigen, symmetricEigen, toEigenbasis } from "../numerics/eigen.ts";
import { numberOps } from "../numerics/factors.ts";
import { projectPsd, psdDefect } from "../numerics/semidefinite.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { bindCorrection } from "./correction.ts";
import { hasPole } from "./define.ts";
import type { SdeModel } from "./model.ts";
import { constantDiffusionFactor, driftPolynomial } from "./polynomial.ts";
import type { Sde, Treatment } from "./sde.ts";

export interface BindOptions {
  /** What to do where D D^T is not psd; default "formal". */
  readonly treatment?: Treatment;
  /** "two-step" takes z > 1 as theory.md 4 says; default "one-step", in which such points have no diffusion. */
  readonly regime?: "one-step" | "two-step";
  /** z is taken as at most this (below 1), so that places with z >= 1 that hardly matter have some diffusion; default: they have none. */
  readonly largestZ?: number;
}

/**
 * Drift and diffusion of `model` for `problem`. Both write into `out` and allocate nothing that lasts.
 * @returns drift(x, out): NaN throughout where the model has no diffusion (z >= 1, one-step; z = 1, two-step);
 * diffusionMatrix(x, out): likewise, and returns NaN there, else the psd defect before any projection.
 * Accuracy: that of the eigenvectors, about 1e-14 of the largest entry (test/model/bind.test.ts).
 * @throws DomainError `model/no-hessian` where the objective has no Hessian and the model needs one
 */
export function bind(model: SdeModel, problem: SgdProblem, options: BindOptions = {}): Sde {
  const { objective, noise } = problem;
  const { d } = objective;
  const eta = problem.learningRate;
  const { treatment = "formal", regime = "one-step", largestZ = Number.POSITIVE_INFINITY } = options;
  const needsUnder1 = hasPole(model);
  const driftCoefficients = driftPolynomial(model);
  const constantFactor = constantDiffusionFactor(model);
  const correction = bindCorrection(model, problem);
  const spectrum = spectrumAt(problem, model);

  const g = new Float64Array(d);
  const turned = new Float64Array(d);
  const next = new Float64Array(d);
  const matrix = new Float64Array(d * d);
  const scratch = new Float64Array(d * d);

  const clamped = (z: number): number => Math.min(z, largestZ);
  /** The point has no diffusion: z >= 1, or z = 1 in the two-step form. */
  const refused = (values: Vector): boolean => {
    if (!needsUnder1) return false;
    for (const lambda of values) {
      const z = clamped(eta * lambda);
      if (regime === "one-step" ? !(z < 1) : !(z < 1 || z > 1)) return true;
    }
    return false;
  };

  function polynomialDrift(x: Vector, coefficients: readonly number[], out: Vector): void {
    for (let i = 0; i < d; i++) out[i] = -coefficients[0]! * g[i]!;
    turned.set(g);
    for (let p = 1; p < coefficients.length; p++) {
      hessianTimes(problem, model, x, turned, next, matrix);
      for (let i = 0; i < d; i++) {
        turned[i] = eta * next[i]!;
        out[i]! -= coefficients[p]! * turned[i]!;
      }
    }
  }

  function drift(x: Vector, out: Vector): Vector {
    objective.gradient(x, g);
    if (driftCoefficients !== null && driftCoefficients.length <= 2) polynomialDrift(x, driftCoefficients, out);
    else {
      const { values, vectors } = spectrum(x);
      if (refused(values)) return out.fill(Number.NaN);
      out.fill(0);
      for (let k = 0; k < d; k++) {
        let along = 0;
        for (let i = 0; i < d; i++) along += vectors[i * d + k]! * g[i]!;
        along *= -model.driftFactor(numberOps, clamped(eta * values[k]!));
        for (let i = 0; i < d; i++) out[i]! += vectors[i * d + k]! * along;
      }
    }
    correction?.addDrift(x, g, out);
    return out;
  }

  function diffusionMatrix(x: Vector, out: Matrix): number {
    if (constantFactor === 0) out.fill(0);
    else if (constantFactor !== null) {
      noise.covariance(x, out);
      for (let k = 0; k < d * d; k++) out[k]! *= eta * constantFactor;
    } else {
      const { values, vectors } = spectrum(x);
      if (refused(values)) {
        out.fill(Number.NaN);
        return Number.NaN;
      }
      noise.covariance(x, matrix);
      if (d === 1) {
        const z = clamped(eta * values[0]!);
        out[0] = eta * matrix[0]! * model.diffusionFactor(numberOps, z, z);
      } else {
        toEigenbasis(matrix, vectors, d, scratch);
        for (let i = 0; i < d; i++) {
          const u = clamped(eta * values[i]!);
          for (let j = 0; j <= i; j++) {
            const factor = eta * model.diffusionFactor(numberOps, u, clamped(eta * values[j]!));
            const entry = factor * 0.5 * (matrix[i * d + j]! + matrix[j * d + i]!);
            matrix[i * d + j] = matrix[j * d + i] = entry;
          }
        }
        fromEigenbasis(matrix, vectors, d, scratch, out);
      }
    }
    if (correction) {
      objective.gradient(x, g);
      correction.addDiffusion(x, g, out);
    } else if (constantFactor !== null) return 0;
    const defect = psdDefect(out, d);
    if (treatment === "nearest" && defect > 0) projectPsd(out, d, out);
    return defect;
  }

  return Object.freeze({ model, problem, regime, treatment, drift, diffusionMatrix });
}

/** Eigenvalues and eigenvectors of H(x); constant ones are computed once, others kept for the last x. */
function spectrumAt(problem: SgdProblem, model: SdeModel): (x: Vector) => SymmetricEigen {
  const { objective } = problem;
  const { d } = objective;
  if (objective.quadratic) {
    let constant: SymmetricEigen | undefined;
    const { matrix } = objective.quadratic;
    return () => (constant ??= symmetricEigen(matrix, d));
  }
  const hessian = new Float64Array(d * d);
  const last = new Float64Array(d).fill(Number.NaN);
  let eigen: SymmetricEigen = { values: new Float64Array(d), vectors: new Float64Array(d * d) };
  const one = Float64Array.of(1);
  return (x) => {
    let same = true;
    for (let i = 0; i < d; i++) same &&= x[i] === last[i];
    if (same) return eigen;
    if (!objective.hessian) throw noHessian(model, objective.kind);
    last.set(x);
    objective.hessian(x, hessian);
    eigen = d === 1 ? { values: hessian, vectors: one } : symmetricEigen(hessian, d);
    return eigen;
  };
}

function hessianTimes(problem: SgdProblem, model: SdeModel, x: Vector, v: Vector, out: Vector, scratch: Matrix): void {
  const { objective } = problem;
  const { d } = objective;
  if (objective.hessianTimes) {
    objective.hessianTimes(x, v, out);
    return;
  }
  if (!objective.hessian) throw noHessian(model, objective.kind);
  objective.hessian(x, scratch);
  for (let i = 0; i < d; i++) {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += scratch[i * d + j]! * v[j]!;
    out[i] = sum;
  }
}

function noHessian(model: SdeModel, kind: string): DomainError {
  return new DomainError("model/no-hessian", `${model.title} needs the Hessian of f; a ${kind} objective has none here.`, {
    model: model.id,
  });
}
