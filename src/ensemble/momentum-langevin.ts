// Underdamped Langevin dynamics by local linearisation (theory.md 6 and 7), time in steps:
//     dx = v dtau,   dv = -((1 - beta) v + eta (g + H (x - x_0))) dtau + eta Sigma^{1/2} dW,
// g, H, Sigma frozen at each substep's start x_0. In the eigenbasis of H each mode is a damped oscillator (model/momentum-oscillator.ts), whose linear
// SDE is solved exactly: exact in law on quadratics, elsewhere weak error O(1/level), which the levels' sequence removes. A substep of a coarser
// level composes its noise from those of the finer pieces, so that levels stay together. A step takes 2 fine vectors of normals: the first
// `fine` are the kicks of the velocity, which SGD shares; the others are what the position has of its own.

import { NoAnswerError } from "../errors.ts";
import { langevin } from "../model/momentum.ts";
import { oscillatorInto, taylor, taylorInto } from "../model/momentum-oscillator.ts";
import type { Matrix, Vector } from "../numerics/arrays.ts";
import { gaussLegendre } from "../numerics/quadrature.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { eigenSolver } from "./eigenpairs.ts";
import type { Frozen, SubstepWatcher } from "./frozen.ts";
import { psdRoot } from "./root.ts";
import { newEncounters, type Walker } from "./walker.ts";

/** Nodes of the integrals over a substep: rounding accuracy while sqrt|z| is below about 2 substeps a step; for |z| up to 4 over a whole step. */
const nodesFor = (length: number): number => (length > 0.5 ? 12 : length > 0.2 ? 8 : 6);

export function langevinWalker(problem: SgdProblem, fine: number, level: number, watch?: SubstepWatcher): Walker {
  const { objective, noise, learningRate: eta, start } = problem;
  const { beta, velocity } = problem.momentum!;
  const { d } = objective;
  if (!objective.hessian)
    throw new NoAnswerError(
      "ensemble/hessian",
      `Sampling ${langevin.title} needs the Hessian of f; this objective (${objective.kind}) has none.`,
      {
        model: langevin.id,
      },
    );
  const hessianOf = objective.hessian.bind(objective);
  const gamma = 1 - beta;
  const pieces = fine / level;
  const length = 1 / level;
  const [whole, piece] = [oscillators(d, gamma, length), oscillators(d, gamma, 1 / fine)];
  const constantHessian = objective.quadratic !== undefined;
  const isotropic = noise.isotropicVariance;
  const kicks = pieceNoise(d, isotropic !== undefined);

  const state = new Float64Array(2 * d);
  const x = state.subarray(0, d);
  const v = state.subarray(d);
  const hessian = new Float64Array(d * d);
  const covariance = new Float64Array(d * d);
  const gradient = new Float64Array(d);
  const eigenvalues = new Float64Array(d);
  const basis = new Float64Array(d * d);
  const before = new Float64Array(d);
  const move = new Float64Array(2 * d);
  const drawn = new Float64Array(2 * d);
  const solver = eigenSolver(d);
  const smooth = smoothPath(d, gradient);

  const freeze = () => {
    solver.solve(hessianOf(x, hessian), eigenvalues, basis);
    for (let i = 0; i < d; i++) eigenvalues[i]! *= eta;
    whole.at(eigenvalues);
    if (pieces > 1) piece.at(eigenvalues);
  };
  const own = pieces > 1 ? piece : whole;
  if (constantHessian) {
    x.set(start);
    freeze();
  }
  if (noise.constant) noise.covariance(start, covariance);
  if (constantHessian && noise.constant) kicks.at(own, covariance, basis, eta, isotropic);

  return {
    x,
    state,
    encounters: newEncounters(d),
    begin() {
      x.set(start);
      v.set(velocity);
    },
    advance(_step, normals) {
      for (let j = 0; j < level; j++) {
        objective.gradient(x, gradient);
        if (!constantHessian) freeze();
        if (!noise.constant) noise.covariance(x, covariance);
        if (!(constantHessian && noise.constant)) kicks.at(own, covariance, basis, eta, isotropic);
        // noise enters with SGD's sign, v+ = beta v - eta (g + noise)
        move.fill(0);
        for (let q = 0; q < pieces; q++) {
          const at = (j * pieces + q) * d;
          kicks.draw(normals, at, fine * d + at, basis, drawn);
          for (let i = 0; i < d; i++) {
            const [a, b] = [move[i]!, move[d + i]!];
            move[i] = (q > 0 ? own.values[4 * i]! * a + own.values[4 * i + 1]! * b : 0) - drawn[i]!;
            move[d + i] = (q > 0 ? own.values[4 * i + 2]! * a + own.values[4 * i + 3]! * b : 0) - drawn[d + i]!;
          }
        }
        for (let i = 0; i < d; i++) {
          let force = 0;
          let speed = 0;
          for (let k = 0; k < d; k++) {
            force -= basis[k * d + i]! * gradient[k]!;
            speed += basis[k * d + i]! * v[k]!;
          }
          force *= eta;
          // e^{L s} (0, w) + int_0^s e^{L t} dt (0, force); the integral of e22 is e12
          move[i]! += whole.values[4 * i + 1]! * speed + whole.pushed[i]! * force;
          move[d + i]! += whole.values[4 * i + 3]! * speed + whole.values[4 * i + 1]! * force;
        }
        if (watch) before.set(x);
        for (let k = 0; k < d; k++) {
          let moved = 0;
          let speed = 0;
          for (let i = 0; i < d; i++) {
            moved += basis[k * d + i]! * move[i]!;
            speed += basis[k * d + i]! * move[d + i]!;
          }
          x[k]! += moved;
          v[k] = speed;
        }
        watch?.(before, x, smooth, j, length);
      }
    },
  };
}

/** e^{L t} of every mode at one time, and at the nodes of the integrals up to it. */
interface Oscillators {
  /** [mode][4]. */
  readonly values: Float64Array;
  /** int_0^s e12 dt, by mode. */
  readonly pushed: Float64Array;
  /** e12 and e22 at the nodes, [node][mode]. */
  readonly position: Float64Array;
  readonly velocity: Float64Array;
  readonly weights: Float64Array;
  at(z: Vector): void;
}

function oscillators(d: number, gamma: number, length: number): Oscillators {
  const nodes = nodesFor(length);
  const rule = gaussLegendre(nodes);
  const times = rule.nodes.map((node) => (length * (1 + node)) / 2);
  const weights = rule.weights.map((weight) => (length * weight) / 2);
  const block = new Float64Array(4);
  const series = new Float64Array(taylor.terms);
  const found = {
    values: new Float64Array(4 * d),
    pushed: new Float64Array(d),
    position: new Float64Array(nodes * d),
    velocity: new Float64Array(nodes * d),
    weights,
    at(z: Vector) {
      found.pushed.fill(0);
      for (let i = 0; i < d; i++) {
        const zi = z[i]!;
        const short = gamma * length <= taylor.reach && Math.abs(zi) * length * length <= taylor.reach * taylor.reach;
        if (short) taylorInto(zi, gamma, series);
        for (let q = 0; q <= nodes; q++) {
          const t = q < nodes ? times[q]! : length;
          let position = 0;
          let velocity = 0;
          if (short) {
            for (let k = taylor.terms - 1; k >= 0; k--) {
              position = position * t + series[k]!;
              velocity = velocity * t + (k + 1) * series[k]!;
            }
            position *= t;
          } else {
            oscillatorInto(zi, gamma, t, block, 0);
            position = block[1]!;
            velocity = block[3]!;
          }
          if (q < nodes) {
            found.position[q * d + i] = position;
            found.velocity[q * d + i] = velocity;
            found.pushed[i]! += weights[q]! * position;
            continue;
          }
          found.values[4 * i] = velocity + gamma * position;
          found.values[4 * i + 1] = position;
          found.values[4 * i + 2] = -zi * position;
          found.values[4 * i + 3] = velocity;
        }
      }
    },
  };
  return found;
}

/** Noise of one piece: (position, velocity) of covariance eta^2 int (e12, e22)_i (e12, e22)_j S_ij dt. */
function pieceNoise(d: number, diagonal: boolean) {
  const n = 2 * d;
  const half = new Float64Array(d * d);
  const rotated = new Float64Array(d * d);
  const inBasis = new Float64Array(n * n);
  const turned = new Float64Array(n * n);
  const root = new Float64Array(n * n);
  /** By mode, isotropic noise: [deviation of v, x with v, x alone]. */
  const own = new Float64Array(3 * d);
  const raw = new Float64Array(n);
  return {
    at({ position, velocity, weights }: Oscillators, covariance: Matrix, basis: Matrix, eta: number, isotropic: number | undefined) {
      const integral = (a: Float64Array, i: number, b: Float64Array, j: number): number => {
        let sum = 0;
        for (let q = 0; q < weights.length; q++) sum += weights[q]! * a[q * d + i]! * b[q * d + j]!;
        return eta * eta * sum;
      };
      if (diagonal) {
        for (let i = 0; i < d; i++) {
          const vv = isotropic! * integral(velocity, i, velocity, i);
          const xv = isotropic! * integral(position, i, velocity, i);
          const xx = isotropic! * integral(position, i, position, i);
          own[3 * i] = Math.sqrt(vv);
          own[3 * i + 1] = vv > 0 ? xv / Math.sqrt(vv) : 0;
          // xx - xv^2/vv is at least xx/5 for any substep: the position lags behind its velocity
          own[3 * i + 2] = vv > 0 ? Math.sqrt(Math.max(0, xx - (xv * xv) / vv)) : 0;
        }
        return;
      }
      // S = U^T Sigma U
      for (let i = 0; i < d; i++)
        for (let j = 0; j < d; j++) {
          let sum = 0;
          for (let k = 0; k < d; k++) sum += covariance[i * d + k]! * basis[k * d + j]!;
          half[i * d + j] = sum;
        }
      for (let i = 0; i < d; i++)
        for (let j = 0; j < d; j++) {
          let sum = 0;
          for (let k = 0; k < d; k++) sum += basis[k * d + i]! * half[k * d + j]!;
          rotated[i * d + j] = sum;
        }
      // velocity first: Cholesky's factor then drives it by the kicks alone
      for (let i = 0; i < d; i++)
        for (let j = 0; j < d; j++) {
          const s = rotated[i * d + j]!;
          inBasis[i * n + j] = s * integral(velocity, i, velocity, j);
          inBasis[i * n + d + j] = s * integral(velocity, i, position, j);
          inBasis[(d + i) * n + j] = s * integral(position, i, velocity, j);
          inBasis[(d + i) * n + d + j] = s * integral(position, i, position, j);
        }
      // the root is taken in the usual coordinates, where it does not depend on the signs and the order of eigenvectors
      blockRotation(inBasis, basis, d, turned);
      psdRoot(turned, n, root);
    },
    /** Into (position, velocity) in the eigenbasis. */
    draw(normals: Float64Array, kick: number, rest: number, basis: Matrix, out: Float64Array) {
      if (!diagonal) {
        for (let i = 0; i < n; i++) {
          let sum = 0;
          for (let j = 0; j < d; j++) sum += root[i * n + j]! * normals[kick + j]! + root[i * n + d + j]! * normals[rest + j]!;
          raw[i] = sum;
        }
      }
      for (let i = 0; i < d; i++) {
        let first = 0;
        let second = 0;
        for (let k = 0; k < d; k++) {
          first += basis[k * d + i]! * (diagonal ? normals[kick + k]! : raw[k]!);
          second += basis[k * d + i]! * (diagonal ? normals[rest + k]! : raw[d + k]!);
        }
        out[d + i] = diagonal ? own[3 * i]! * first : first;
        out[i] = diagonal ? own[3 * i + 1]! * first + own[3 * i + 2]! * second : second;
      }
    },
  };
}

/** diag(U, U) M diag(U, U)^T. */
function blockRotation(m: Matrix, basis: Matrix, d: number, out: Matrix): void {
  const n = 2 * d;
  for (let p = 0; p < n; p += d)
    for (let q = 0; q < n; q += d)
      for (let i = 0; i < d; i++)
        for (let j = 0; j < d; j++) {
          let sum = 0;
          for (let k = 0; k < d; k++) for (let l = 0; l < d; l++) sum += basis[i * d + k]! * m[(p + k) * n + q + l]! * basis[j * d + l]!;
          out[(p + i) * n + q + j] = sum;
        }
}

/** What watches a path always sees of this one: a path with a velocity does not cross and come back between two points. */
function smoothPath(d: number, gradient: Vector): Frozen {
  const none = new Float64Array(d);
  return {
    rates: none,
    basis: Float64Array.from({ length: d * d }, (_, k) => (k % (d + 1) === 0 ? 1 : 0)),
    gradient,
    diagonal: true,
    diffusion: new Float64Array(d * d),
    drift: none,
    mended: false,
    at() {},
  };
}
