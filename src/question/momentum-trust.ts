// Which model to trust with momentum at a point, mode by mode on the quadratic that touches f there: the leading exponent of a step (decay, growth or
// swing) and the stationary variance of x, each relative to SGD's own (theory.md 7). Models in x alone are taken at eta/(1 - beta).
import type { DiagnoseResult, TrustVerdict } from "../answer/diagnose.ts";
import { hasPole } from "../model/define.ts";
import type { LinearProblem } from "../model/linear-law.ts";
import type { SdeModel } from "../model/model.ts";
import { haSmeM, langevin, type MomentumSelection } from "../model/momentum.ts";
import { momentumLinear, pathModel } from "../model/momentum-linear.ts";
import { isStable, modeOf } from "../model/momentum-mode.ts";
import { numberOps } from "../numerics/factors.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { valuesOf } from "./momentum-spectrum.ts";
import { trustDefaults } from "./trust.ts";

type Complex = readonly [real: number, imaginary: number];

/** A verdict on every model. */
export function momentumTrust(
  problem: SgdProblem,
  models: MomentumSelection,
  base: DiagnoseResult,
  linear: LinearProblem | null,
): TrustVerdict[] {
  const { beta } = problem.momentum!;
  const z = valuesOf(base).map((value) => value * (1 - beta));
  return [...models.plain, ...models.momentum].map((model): TrustVerdict => {
    const verdict = (trust: TrustVerdict["trust"], why: string): TrustVerdict => ({ model: model.id, trust, why });
    if (model === haSmeM) return pathVerdict(problem, linear, verdict);
    const flips = z.find((value) => modeOf(value, beta).regime === "two-step");
    if (flips !== undefined)
      return verdict("none", `a mode changes sign every step (z = ${shown(flips)} is above (1 + sqrt(beta))^2): no such model does`);
    const largest = Math.max(...z) / (1 - beta);
    if (hasPole(model) && !(largest < 1))
      return verdict("none", `at eta/(1 - beta) it needs z/(1 - beta) < 1, which reaches ${shown(largest)} here`);
    const worst = z.map((value) => faultOf(model, value, beta)).reduce((a, b) => (b.size > a.size ? b : a), { size: 0, what: "" });
    if (worst.size <= trustDefaults.rounding)
      return verdict("good", "it has SGD's rates and stationary variance here, as far as f is quadratic");
    return verdict(worst.size < trustDefaults.good ? "good" : "poor", worst.what);
  });
}

function pathVerdict(
  problem: SgdProblem,
  linear: LinearProblem | null,
  verdict: (trust: TrustVerdict["trust"], why: string) => TrustVerdict,
): TrustVerdict {
  if (!problem.objective.quadratic || !problem.noise.constant || !linear)
    return verdict("none", "it is known on quadratics with constant noise alone");
  const found = pathModel(momentumLinear(linear, problem.momentum!));
  if (!("why" in found))
    return verdict("good", "SGD's mean at every step and, settled, SGD's path law of x; only the velocity's variance differs");
  const reasons = {
    commute: "the noise does not commute with the Hessian",
    "no-logarithm": "a mode changes sign every step",
    mode: "no diffusion on (x, v) has the path law of x at this z",
  };
  return verdict("none", reasons[found.why]);
}

/** The larger of a mode's two relative errors. */
function faultOf(model: SdeModel, z: number, beta: number): { size: number; what: string } {
  const own = leadingOf(z, beta);
  const its = model === langevin ? langevinLeading(z, beta) : ([-plainRate(model, z / (1 - beta)), 0] as const);
  const size = Math.sqrt(own[0] * own[0] + own[1] * own[1]);
  const rate = size > 0 ? Math.sqrt((own[0] - its[0]) ** 2 + (own[1] - its[1]) ** 2) / size : 0;
  const variance = isStable(z, beta) ? Math.abs(varianceOf(model, z, beta) / sgdVariance(z, beta) - 1) : 0;
  if (variance > rate) return { size: variance, what: `its stationary variance is off by ${percent(variance)} where z = ${shown(z)}` };
  const swings = own[1] !== 0 && its[1] === 0;
  return {
    size: rate,
    what: swings ? `it does not swing, as SGD does where z = ${shown(z)}` : `its rate is off by ${percent(rate)} where z = ${shown(z)}`,
  };
}

/** The eigenvalue of log P with the larger real part; of a complex pair that above the axis. */
function leadingOf(z: number, beta: number): Complex {
  return leadingEigenvalue(modeOf(z, beta).logarithm);
}

function langevinLeading(z: number, beta: number): Complex {
  return leadingEigenvalue([0, 1, -z, -(1 - beta)]);
}

function leadingEigenvalue([a, b, c, d]: readonly [number, number, number, number]): Complex {
  const middle = (a + d) / 2;
  const half = (a - d) / 2;
  const square = half * half + b * c;
  // of two real ones the slow one as a quotient: the sum would cancel in flat directions
  if (square < 0) return [middle, Math.sqrt(-square)];
  const far = middle - Math.sqrt(square);
  return [middle < 0 && far !== 0 ? (a * d - b * c) / far : middle + Math.sqrt(square), 0];
}

/** z c(z). */
const plainRate = (model: SdeModel, z: number): number => z * model.driftFactor(numberOps, z);

/** Stationary variances over S eta^2. */
function sgdVariance(z: number, beta: number): number {
  return (1 + beta) / ((1 - beta) * z * (2 + 2 * beta - z));
}

function varianceOf(model: SdeModel, z: number, beta: number): number {
  if (model === langevin) return 1 / (2 * z * (1 - beta));
  const effective = z / (1 - beta);
  const rate = 2 * plainRate(model, effective);
  return model.diffusionFactor(numberOps, effective, effective) / ((1 - beta) * (1 - beta) * rate);
}

const shown = (value: number): string => String(Number(value.toPrecision(3)));
const percent = (value: number): string => (value > 10 ? `${shown(value)} times` : `${Number((100 * value).toPrecision(2))} %`);
