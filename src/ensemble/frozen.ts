// A model's coefficients frozen at one point x, in units of one SGD step: the linear SDE that local linearisation solves exactly
// (theory.md 6). With H = U diag(lambda) U^T, z = eta lambda, tau = t/eta:
//
//     dX = (beta + A (X - x)) dtau + noise,   A = U diag(a) U^T,  a_i = -z_i c(z_i),
//     beta = -eta U c(eta H) U^T grad f + eta (the model's corrections of the drift),
//     noise covariance a unit of tau: C = eta^2 U [(U^T Sigma U) o m(z_i, z_j)] U^T + eta (its corrections of D D^T)
//
// Over a time s of a step, in the eigenbasis: mean increment s E(a_i s) beta_i, noise covariance s E((a_i + a_j) s) C_ij, E(w) = expm1(w)/w.
// For HA-SME e^{a_i s} = (1 - z_i)^s and the covariance over a whole step is eta^2 Sigma. Corrections count as constant over the substep.
// Where C is indefinite it is projected to the nearest psd matrix, and where z >= 1 has no drift z is held below 1; both are recorded:
// whether such figures are shown is decided by whoever asked (existence.ts).

import { NoAnswerError } from "../errors.ts";
import { bindCorrection } from "../model/correction.ts";
import { hasPole } from "../model/define.ts";
import type { SdeModel } from "../model/model.ts";
import type { Matrix, Vector } from "../numerics/arrays.ts";
import { expm1 } from "../numerics/elementary.ts";
import { numberOps } from "../numerics/factors.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { eigenSolver } from "./eigenpairs.ts";
import { projectToPsd, psdRoot } from "./root.ts";
import type { Encounters } from "./walker.ts";

/** Where the one-step form needs z < 1 and z is not: z is held here. Any value below 1 would do; paths that come here are counted. */
export const heldBelowOne = 1 - 2 ** -10;

/** expm1(w)/w, 1 at 0. */
export function relativeExpm1(w: number): number {
  return w === 0 ? 1 : expm1(w) / w;
}

/** Sees each substep: from `before`, where the coefficients were frozen, to `after`, over `length` of a step. */
export type SubstepWatcher = (before: Vector, after: Vector, frozen: Frozen, substep: number, length: number) => void;

export interface Frozen {
  /** Rates a_i. */
  readonly rates: Vector;
  /** Column j is u_j. */
  readonly basis: Matrix;
  /** grad f at x, in the usual coordinates. */
  readonly gradient: Vector;
  /** C is diagonal in the eigenbasis (isotropic constant Sigma): only the diagonal of `diffusion` counts. */
  readonly diagonal: boolean;
  /** C in the eigenbasis. */
  readonly diffusion: Matrix;
  /** U^T beta. */
  readonly drift: Vector;
  /** C had to be projected, or z held, at this point: the frozen SDE's law over a step is not the model's. */
  readonly mended: boolean;
  /** Freezes at x and records what was met. */
  at(x: Vector, encounters: Encounters): void;
}

export function freeze(model: SdeModel, problem: SgdProblem): Frozen & { mended: boolean } {
  const { objective, noise, learningRate: eta } = problem;
  const { d } = objective;
  if (!objective.hessian)
    throw new NoAnswerError(
      "ensemble/hessian",
      `Sampling ${model.title} needs the Hessian of f; this objective (${objective.kind}) has none.`,
      { model: model.id },
    );
  const hessianOf = objective.hessian.bind(objective);
  const correction = bindCorrection(model, problem);
  const correctsDiffusion = correction !== undefined && hasLiveDiffusion(model, noise.constant);
  const needsBelowOne = hasPole(model);
  const isotropic = noise.isotropicVariance;
  const diagonal = isotropic !== undefined && !correctsDiffusion;
  const hessian = new Float64Array(d * d);
  const covariance = new Float64Array(d * d);
  const rotated = new Float64Array(d * d);
  const half = new Float64Array(d * d);
  const scratch = new Float64Array(d * d);
  const z = new Float64Array(d);
  const extraDrift = new Float64Array(d);
  const extraDiffusion = new Float64Array(d * d);
  const constantCovariance = noise.constant;
  if (constantCovariance) noise.covariance(problem.start, covariance);

  const gradient = new Float64Array(d);
  const eigenvalues = new Float64Array(d);
  const solver = eigenSolver(d);
  const constantHessian = objective.quadratic !== undefined;
  const frozen = {
    rates: new Float64Array(d),
    basis: new Float64Array(d * d),
    gradient,
    diagonal,
    diffusion: new Float64Array(d * d),
    drift: new Float64Array(d),
    mended: false,
    at(x: Vector, encounters: Encounters) {
      const { rates, basis, diffusion, drift } = frozen;
      frozen.mended = false;
      objective.gradient(x, gradient);
      if (!constantHessian) solver.solve(hessianOf(x, hessian), eigenvalues, basis);
      if (!constantCovariance) noise.covariance(x, covariance);
      if (correction) {
        correction.addDrift(x, gradient, extraDrift.fill(0));
        if (correctsDiffusion) correction.addDiffusion(x, gradient, extraDiffusion.fill(0));
      }
      for (let i = 0; i < d; i++) {
        let zi = eta * eigenvalues[i]!;
        if (needsBelowOne) {
          if (zi > encounters.zMax) {
            if (zi >= 1 && !(encounters.zMax >= 1)) encounters.place.set(x);
            encounters.zMax = zi;
          }
          if (zi >= 1) {
            frozen.mended = true;
            zi = heldBelowOne;
          }
        }
        z[i] = zi;
        const c = model.driftFactor(numberOps, zi);
        rates[i] = -zi * c;
        let along = 0;
        let extra = 0;
        for (let k = 0; k < d; k++) along += basis[k * d + i]! * gradient[k]!;
        if (correction) for (let k = 0; k < d; k++) extra += basis[k * d + i]! * extraDrift[k]!;
        drift[i] = eta * (extra - c * along);
      }
      if (diagonal) {
        for (let i = 0; i < d; i++) diffusion[i * d + i] = eta * eta * isotropic! * model.diffusionFactor(numberOps, z[i]!, z[i]!);
        return;
      }
      congruence(covariance, basis, d, half, rotated);
      for (let i = 0; i < d; i++) {
        for (let j = 0; j <= i; j++) {
          const entry = eta * eta * rotated[i * d + j]! * model.diffusionFactor(numberOps, z[i]!, z[j]!);
          diffusion[i * d + j] = entry;
          diffusion[j * d + i] = entry;
        }
      }
      if (correctsDiffusion) {
        congruence(extraDiffusion, basis, d, half, rotated);
        for (let k = 0; k < d * d; k++) diffusion[k]! += eta * rotated[k]!;
      }
      const defect = projectToPsd(diffusion, d, scratch);
      if (defect > 0) {
        // what rounding makes of a semidefinite matrix is no defect
        if (defect > 1e-12) frozen.mended = true;
        if (defect > encounters.defect) {
          encounters.defect = defect;
          if (!(encounters.zMax >= 1)) encounters.place.set(x);
        }
      }
    },
  };
  if (constantHessian) solver.solve(hessianOf(problem.start, hessian), eigenvalues, frozen.basis);
  return frozen;
}

/** Whether the model's correction of D D^T does anything: terms with a derivative of a constant Sigma do not. */
function hasLiveDiffusion(model: SdeModel, constantNoise: boolean): boolean {
  const terms = model.correction?.diffusion ?? [];
  return terms.some((term) => !(constantNoise && term.factors.some((factor) => factor.tensor === "cumulant" && factor.along.length > 0)));
}

/** U^T M U. */
function congruence(m: Matrix, basis: Matrix, d: number, half: Matrix, out: Matrix): void {
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += m[i * d + k]! * basis[k * d + j]!;
      half[i * d + j] = sum;
    }
  }
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += basis[k * d + i]! * half[k * d + j]!;
      out[i * d + j] = sum;
      out[j * d + i] = sum;
    }
  }
}

/**
 * Noise of the frozen SDE over `pieces` pieces of length s each, from as many vectors of normals: sum_q e^{A (pieces - 1 - q) s} L xi_q, where
 * L L^T is the covariance over one piece. Its covariance over all pieces is that of the frozen SDE exactly, however many pieces it is made of.
 */
export interface FrozenNoise {
  /** In the eigenbasis; `normals` from index `at` on, [pieces][d]. */
  draw(s: number, pieces: number, normals: Float64Array, at: number, out: Vector): Vector;
}

export function frozenNoise(frozen: Frozen, d: number): FrozenNoise {
  const { rates, basis, diffusion } = frozen;
  const growth = new Float64Array(d);
  const deviations = new Float64Array(d);
  const inBasis = new Float64Array(d * d);
  const half = new Float64Array(d * d);
  const piece = new Float64Array(d * d);
  const root = new Float64Array(d * d);
  const vector = new Float64Array(d);
  return {
    draw(s, pieces, normals, at, out) {
      out.fill(0);
      // e^{a s}: how the noise of a piece grows over the next one
      if (pieces > 1) for (let i = 0; i < d; i++) growth[i] = 1 + s * rates[i]! * relativeExpm1(rates[i]! * s);
      if (frozen.diagonal) {
        for (let i = 0; i < d; i++) deviations[i] = Math.sqrt(s * relativeExpm1(2 * rates[i]! * s) * diffusion[i * d + i]!);
      } else {
        for (let i = 0; i < d; i++) {
          for (let j = 0; j <= i; j++) {
            const entry = s * relativeExpm1((rates[i]! + rates[j]!) * s) * diffusion[i * d + j]!;
            inBasis[i * d + j] = entry;
            inBasis[j * d + i] = entry;
          }
        }
        // The root is taken in the usual coordinates, where it does not depend on the signs and the order of eigenvectors.
        backToCoordinates(inBasis, basis, d, half, piece);
        psdRoot(piece, d, root);
      }
      for (let q = 0; q < pieces; q++) {
        const from = at + q * d;
        for (let i = 0; i < d; i++) {
          let sum = 0;
          if (frozen.diagonal) sum = normals[from + i]!;
          else for (let j = 0; j < d; j++) sum += root[i * d + j]! * normals[from + j]!;
          vector[i] = sum;
        }
        for (let i = 0; i < d; i++) {
          let sum = 0;
          for (let k = 0; k < d; k++) sum += basis[k * d + i]! * vector[k]!;
          out[i] = (q > 0 ? growth[i]! * out[i]! : 0) + (frozen.diagonal ? deviations[i]! * sum : sum);
        }
      }
      return out;
    },
  };
}

/** U M U^T. */
function backToCoordinates(m: Matrix, basis: Matrix, d: number, half: Matrix, out: Matrix): void {
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += m[i * d + k]! * basis[j * d + k]!;
      half[i * d + j] = sum;
    }
  }
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += basis[i * d + k]! * half[k * d + j]!;
      out[i * d + j] = sum;
      out[j * d + i] = sum;
    }
  }
}
