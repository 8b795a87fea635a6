// Which model to trust at a point, with the reason in words: from existence and from the leading errors there (theory.md 10). Rates and
// noise of each mode are compared with SGD's own (log|1 - z| and m(z_i, z_j)), exactly; what is not quadratic enters by the indicators.
// Local: says nothing about exits over barriers, where the third derivative counts at the same order as the step (theory.md 5).
import type { TrustVerdict } from "../answer/diagnose.ts";
import type { Indicators } from "../law/indicators.ts";
import { shapeOf } from "../model/correction.ts";
import { isDeterministic } from "../model/define.ts";
import { type ExistenceOptions, existenceLimits, mendableDefect, type PointExistence } from "../model/existence.ts";
import type { LinearProblem } from "../model/linear-law.ts";
import { declaredOrder, type SdeModel } from "../model/model.ts";
import { diffusionFactor, driftFactor, numberOps } from "../numerics/factors.ts";
import type { SgdProblem } from "../problem/problem.ts";

export const trustDefaults = {
  /** Relative errors below this are good; the same line as in `compare`. */
  good: 0.05,
  /** Relative errors below this are rounding. */
  rounding: 1e-12,
};

interface Fault {
  readonly size: number;
  readonly what: string;
}

/** The verdict on one model at the point where `linear` and `indicators` were taken. */
export function trustIn(
  model: SdeModel,
  problem: SgdProblem,
  linear: LinearProblem,
  existence: PointExistence,
  indicators: Indicators,
  options: ExistenceOptions,
): TrustVerdict {
  const verdict = (trust: TrustVerdict["trust"], why: string): TrustVerdict => ({ model: model.id, trust, why });
  const zMax = linear.z[linear.d - 1]!;
  if (existence.lacks !== undefined) return verdict("none", `it needs ${existence.lacks}, which this problem does not give`);
  if (existence.defect === null) {
    return verdict(
      "none",
      `z = eta lambda reaches ${shown(zMax)}: from 1 on SGD jumps across the minimum, which no diffusion does in one step${twoStepHint(problem)}`,
    );
  }
  const faults = faultsOf(model, problem, linear, indicators);
  const worst = faults.reduce<Fault>((a, b) => (b.size > a.size ? b : a), { size: 0, what: "" });
  const beyond = zMax > 1 ? "; z > 1 here, where SGD alternates from side to side and this model does not" : "";
  if (existence.defect > existenceLimits.rounding) {
    const size = `D D^T is indefinite (defect ${shown(existence.defect)})`;
    if (existence.defect > mendableDefect(options)) return verdict("none", `${size}: no real process has this diffusion`);
    const nearest = `${size}; as a process the nearest positive semidefinite matrix stands for it`;
    return worst.size < trustDefaults.good ? verdict("good", nearest) : verdict("poor", `${worst.what}; ${nearest}`);
  }
  if (zMax > 1) return verdict("poor", `${worst.what || "its rates are not SGD's"}${beyond}`);
  if (worst.size <= trustDefaults.rounding) {
    if (!(problem.objective.quadratic && problem.noise.constant))
      return verdict("good", "what it leaves out vanishes at this very point, not around it");
    return verdict(
      "exact",
      problem.noise.gaussian || isDeterministic(model) ? "it has SGD's law here" : "it has SGD's mean and covariance here",
    );
  }
  return verdict(worst.size < trustDefaults.good ? "good" : "poor", worst.what);
}

/** What differs from SGD here, each relative to SGD's own size. */
function faultsOf(model: SdeModel, problem: SgdProblem, linear: LinearProblem, indicators: Indicators): Fault[] {
  const { d, z, noise } = linear;
  const faults: Fault[] = [];
  let rate = { size: 0, z: 0 };
  for (const value of z) {
    if (value === 0 || value === 1) continue;
    const own = driftFactor(value);
    // Past the two-step point |1 - z| is what shrinks; the comparison is of sizes.
    const size = Math.abs(own) > 1e-300 ? Math.abs(model.driftFactor(numberOps, value) / own - 1) : Number.POSITIVE_INFINITY;
    if (size > rate.size) rate = { size, z: value };
  }
  if (rate.size > trustDefaults.rounding) {
    faults.push({ size: rate.size, what: `its rate is off by ${percent(rate.size)} where z = ${shown(rate.z)}` });
  }
  let trace = 0;
  for (let i = 0; i < d; i++) trace += noise[i * d + i]!;
  let noiseError = 0;
  if (trace > 0) {
    for (let i = 0; i < d; i++) {
      if (noise[i * d + i]! <= 0 || z[i] === 1) continue;
      noiseError = Math.max(noiseError, Math.abs(model.diffusionFactor(numberOps, z[i]!, z[i]!) / diffusionFactor(z[i]!, z[i]!) - 1));
    }
  }
  if (noiseError > trustDefaults.rounding) {
    faults.push({
      size: noiseError,
      what: isDeterministic(model) ? "it has no noise at all" : `its noise is off by ${percent(noiseError)}`,
    });
  }
  const third = Math.max(indicators.thirdDerivative ?? 0, indicators.meanShift ?? 0);
  const shapes = [...(model.correction?.drift ?? []), ...(model.correction?.diffusion ?? [])].map(shapeOf);
  if (!shapes.includes("third:covariance")) {
    faults.push({ size: third, what: `the third derivative, which it leaves out, weighs ${shown(third)}` });
  }
  const varies = indicators.noiseVariation ?? 0;
  if (!shapes.includes("covariance along gradient")) {
    faults.push({ size: varies, what: `the noise varies along the way, which it leaves out: ${shown(varies)}` });
  }
  if (!problem.objective.quadratic || !problem.noise.constant) {
    // What a model of order 3 or less leaves out has one more power of z, of one of order 4 two.
    let steepest = 0;
    for (const value of z) steepest = Math.max(steepest, Math.abs(value));
    const powers = declaredOrder(model, problem.noise.constant) > 3 ? steepest * steepest : steepest;
    const next = powers * Math.max(third, varies);
    faults.push({ size: next, what: `terms of higher order in eta, about ${shown(next)}` });
  }
  const skew = indicators.skewness ?? 0;
  faults.push({ size: skew, what: `the noise is skewed, which no such model shows: stationary skewness ${shown(skew)}` });
  return faults.filter((fault) => fault.size > 0);
}

const shown = (value: number): string => (Number.isFinite(value) ? String(Number(value.toPrecision(2))) : "infinite");
const percent = (value: number): string => (value > 10 ? `${shown(value)} times` : `${Number((100 * value).toPrecision(2))} %`);

/** Where the two-step form is to be had (model/existence.ts). */
function twoStepHint({ objective, noise }: SgdProblem): string {
  return objective.quadratic && noise.constant ? "; its two-step form (--two-step) holds at every second step" : "";
}
