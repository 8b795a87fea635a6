// One step, or one substep, of a path, written into a kernel's program: SGD with Gaussian or discrete noise, SGD on the normals of an SDE's
// substeps, and an SDE by local linearisation. The readable twins, path by path, are ensemble/sgd.ts, coupled-sgd.ts and sde.ts: the oracles in the tests.
import { buildProgram, type Value } from "../../codegen/program.ts";
import { haSme } from "../../model/ha-sme.ts";
import type { SdeModel } from "../../model/model.ts";
import type { SgdProblem } from "../../problem/problem.ts";
import { psdRoot } from "../root.ts";
import { type FrozenValues, freezeValues } from "./frozen.ts";
import { type Local, localAt } from "./local.ts";
import { type Drive, driveBy, type NormalDrive } from "./parts.ts";
import { type Builder, cholesky, dot, larger, lowerTimes, sumOf, times } from "./values.ts";

/** eta Sigma^{1/2} n at a point. */
function rootTimes(
  m: Builder,
  { noise, objective, learningRate: eta, start }: SgdProblem,
  local: Local,
  { normals: normal, scaled }: NormalDrive,
): readonly Value[] {
  const { d } = objective;
  if (noise.isotropicVariance !== undefined) return scaled(eta * Math.sqrt(noise.isotropicVariance));
  if (!noise.constant) return lowerTimes(m, cholesky(m, local.covariance), normal).map((value) => times(m, eta, value));
  const root = psdRoot(noise.covariance(start, new Float64Array(d * d)), d, new Float64Array(d * d));
  return normal.map((_, i) =>
    dot(
      m,
      normal.map((_n, j) => m.constant(eta * root[i * d + j]!)),
      normal,
    ),
  );
}

/** The atom of discrete noise that a uniform picks: the first whose sum of probabilities, up to its own, lies above. */
function atomOf(m: Builder, { noise }: SgdProblem, local: Local, uniform: Value): Value[] {
  const { values, probabilities } = noise.atomFormulas!;
  const atoms = values.map((vector) => vector.map((entry) => local.formula(entry)));
  const weights = probabilities.slice(0, -1).map((entry) => local.formula(entry));
  let sum: Value | undefined;
  const passed = weights.map((weight) => m.lessEqual((sum = sum === undefined ? weight : m.add(sum, weight)), uniform));
  return atoms.at(-1)!.map((last, i) => passed.reduceRight((rest, beyond, a) => m.select(beyond, rest, atoms[a]![i]!), last));
}

/** eta (g - grad f). */
function noiseOf(m: Builder, problem: SgdProblem, local: Local, drive: Exclude<Drive, { readonly gradient: unknown }>): readonly Value[] {
  if ("normals" in drive) return rootTimes(m, problem, local, drive);
  return atomOf(m, problem, local, drive.uniform).map((value) => times(m, problem.learningRate, value));
}

/** from - eta grad f - eta noise: the noise last, since a normal takes the longest to make. */
function moved(m: Builder, eta: number, from: readonly Value[], gradient: readonly Value[], noise: readonly Value[]): Value[] {
  return along(m, eta, from, gradient).map((value, i) => m.subtract(value, noise[i]!));
}

/** from - eta g. */
function along(m: Builder, eta: number, from: readonly Value[], gradient: readonly Value[]): Value[] {
  return from.map((value, i) => m.subtract(value, times(m, eta, gradient[i]!)));
}

/** from - eta g at the point x, g with its noise. */
function descended(m: Builder, problem: SgdProblem, from: readonly Value[], x: readonly Value[], drive: Drive): Value[] {
  const { learningRate: eta } = problem;
  if ("gradient" in drive) return along(m, eta, from, drive.gradient);
  const local = localAt(m, problem, x);
  return moved(m, eta, from, local.gradient, noiseOf(m, problem, local, drive));
}

/** x - eta (grad f + noise). */
export function sgdStep(m: Builder, problem: SgdProblem, x: readonly Value[], drive: Drive): Value[] {
  return descended(m, problem, x, x, drive);
}

/** Heavy ball: v+ = beta v - eta (grad f + noise), x+ = x + v+; x and v one after another. */
export function heavyBallStep(m: Builder, problem: SgdProblem, beta: number, state: readonly Value[], drive: Drive): Value[] {
  const { d } = problem.objective;
  const x = state.slice(0, d);
  const kept = state.slice(d).map((value) => m.multiply(m.constant(beta), value));
  const v = descended(m, problem, kept, x, drive);
  return [...v.map((value, i) => m.add(x[i]!, value)), ...v];
}

/** SGD's step, with or without momentum, of the whole state. */
export function processStep(m: Builder, problem: SgdProblem, state: readonly Value[], drive: Drive): Value[] {
  return problem.momentum ? heavyBallStep(m, problem, problem.momentum.beta, state, drive) : sgdStep(m, problem, state, drive);
}

/** SGD on the normals of `fine` substeps (coupled-sgd.ts). */
export function coupledSgdStep(m: Builder, problem: SgdProblem, x: readonly Value[], normals: readonly (readonly Value[])[]): Value[] {
  const local = localAt(m, problem, x);
  const frozen = freezeValues(m, problem, haSme, local, normals.length);
  const together = x.map((_, i) =>
    times(
      m,
      1 / Math.sqrt(normals.length),
      sumOf(
        m,
        normals.map((normal) => normal[i]!),
      ),
    ),
  );
  const plain = rootTimes(m, problem, local, driveBy(m, together));
  const noise = frozen.noise(normals).map((value, i) => (frozen.mended === undefined ? value : m.select(frozen.mended, plain[i]!, value)));
  return moved(m, problem.learningRate, x, local.gradient, noise);
}

/** What an SDE's path met so far (walker.ts, Encounters); undefined where the model cannot meet it. */
export interface Met<T> {
  readonly z: T | undefined;
  readonly defect: T | undefined;
}

/** Which encounters a model has on a problem. */
export function meets(problem: SgdProblem, model: SdeModel): Met<true> {
  const { d } = problem.objective;
  const m = buildProgram(d);
  const x = Array.from({ length: d }, (_, i) => m.input(i));
  const frozen = freezeValues(m, problem, model, localAt(m, problem, x), 1);
  return { z: frozen.z === undefined ? undefined : true, defect: frozen.defect === undefined ? undefined : true };
}

/** One substep of 1/level of a step, over `normals.length` pieces of 1/fine. */
export function sdeSubstep(
  m: Builder,
  problem: SgdProblem,
  model: SdeModel,
  { fine, level }: { readonly fine: number; readonly level: number },
  x: readonly Value[],
  met: Met<Value>,
  normals: readonly (readonly Value[])[],
): { readonly x: Value[]; readonly met: Met<Value> } {
  return sdeSubstepFrozen(m, freezeValues(m, problem, model, localAt(m, problem, x), fine), level, x, met, normals);
}

/** The same with the coefficients given. */
export function sdeSubstepFrozen(
  m: Builder,
  frozen: FrozenValues,
  level: number,
  x: readonly Value[],
  met: Met<Value>,
  normals: readonly (readonly Value[])[],
): { readonly x: Value[]; readonly met: Met<Value> } {
  const mean = frozen.mean(level);
  const noise = frozen.noise(normals);
  return {
    x: x.map((value, i) => m.add(value, m.subtract(mean[i]!, noise[i]!))),
    met: {
      z: met.z === undefined ? undefined : larger(m, met.z, frozen.z!),
      defect: met.defect === undefined ? undefined : larger(m, met.defect, frozen.defect!),
    },
  };
}
