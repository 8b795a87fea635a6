// An SDE model by local linearisation (theory.md 6): each SGD step in `level` substeps; at the start of each the coefficients are frozen
// (frozen.ts) and the linear SDE is solved exactly. Exact in law on quadratics; elsewhere weak error O(1/level), which the levels' sequence
// removes (levels.ts). Every level is driven by the same `fine` vectors of normals a step: a substep of a coarser level composes its noise
// from those of the finer pieces, so that on quadratics all levels are the same path to rounding and elsewhere they lie close.

import { NoAnswerError } from "../errors.ts";
import type { SdeModel } from "../model/model.ts";
import { atEffectiveRate, hasVelocity, langevin } from "../model/momentum.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { freeze, frozenNoise, relativeExpm1, type SubstepWatcher } from "./frozen.ts";
import { langevinWalker } from "./momentum-langevin.ts";
import { newEncounters, type Walker } from "./walker.ts";

/**
 * With momentum: models with a velocity by their own scheme, the others at the effective learning rate.
 * @param fine   vectors of normals a step
 * @param level  substeps a step; divides `fine`
 */
export function sdeWalker(problem: SgdProblem, model: SdeModel, fine: number, level: number, watch?: SubstepWatcher): Walker {
  if (problem.momentum) {
    if (!hasVelocity(model)) return sdeWalker(atEffectiveRate(problem), model, fine, level, watch);
    if (model === langevin) return langevinWalker(problem, fine, level, watch);
    throw new NoAnswerError("ensemble/closed-form-only", `${model.title} is known by its laws on quadratics: its paths are not sampled.`, {
      model: model.id,
    });
  }
  const { d } = problem.objective;
  const frozen = freeze(model, problem);
  const noise = frozenNoise(frozen, d);
  const pieces = fine / level;
  const x = Float64Array.from(problem.start);
  const before = new Float64Array(d);
  const move = new Float64Array(d);
  const encounters = newEncounters(d);
  const { rates, basis, drift } = frozen;
  const length = 1 / level;
  return {
    x,
    encounters,
    begin() {
      x.set(problem.start);
      encounters.defect = 0;
      encounters.zMax = Number.NEGATIVE_INFINITY;
    },
    advance(_step, normals) {
      for (let j = 0; j < level; j++) {
        frozen.at(x, encounters);
        noise.draw(1 / fine, pieces, normals, j * pieces * d, move);
        // Noise enters with SGD's sign, x - eta g: HA-SME in one substep is then SGD's own path.
        for (let i = 0; i < d; i++) move[i] = length * relativeExpm1(rates[i]! * length) * drift[i]! - move[i]!;
        if (watch) before.set(x);
        for (let k = 0; k < d; k++) {
          let sum = 0;
          for (let i = 0; i < d; i++) sum += basis[k * d + i]! * move[i]!;
          x[k]! += sum;
        }
        watch?.(before, x, frozen, j, length);
      }
    },
  };
}
