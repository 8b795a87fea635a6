// What momentum changes, in words, for those who know it as an optimiser's setting: noise, stability, escape. Each sentence compares with plain SGD
// at the same learning rate or at eta/(1 - beta), by theory.md 7 on the quadratic that touches f at the start, and by exit times that are computed.
import type { ComparedProblem, DiagnoseResult, Estimate, ExitResult, LawResult } from "../answer/index.ts";
import type { Warning } from "../answer/warning.ts";
import { EscapementError } from "../errors.ts";
import { atEffectiveRate, effectiveRate } from "../model/momentum.ts";
import { symmetricEigenvalues } from "../numerics/eigen.ts";
import { atan, log } from "../numerics/elementary.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { exit as exitOf } from "./exit.ts";
import { bestByQuestion, missing, short } from "./sentences.ts";

export async function momentumSentences(
  problem: SgdProblem,
  byQuestion: ComparedProblem["byQuestion"],
  law: LawResult,
  exit: ExitResult | undefined,
  warnings: readonly Warning[],
): Promise<string[]> {
  return [
    ...noise(problem),
    ...stability(problem),
    ...(await escapes(problem, exit)),
    ...realSde(law),
    ...bestByQuestion(byQuestion),
    ...missing(byQuestion, law, warnings),
  ];
}

/** The same for networks, whose curvature comes from their diagnosis at the start. */
export function momentumNetworkSentences(problem: SgdProblem, { thresholds, momentum }: DiagnoseResult): string[] {
  if (!problem.momentum) return [];
  const { beta } = problem.momentum;
  const lines = noise(problem);
  if (thresholds.unstable !== null)
    lines.push(
      `Stability: at the start SGD with momentum ${beta} stays up to learning rate 2(1 + beta)/lambda = ${short(thresholds.unstable)}, ${short(1 + beta)} times that of plain SGD; ${momentum?.modes === "none swings" ? "no direction swings" : `directions swing from ${short(momentum?.swings ?? 0)} on`}, and lose half their swing in ${short(halfLife(beta))} steps.`,
    );
  return lines;
}

/** Largest and smallest curvature at the start. */
function curvatures({ objective, start }: SgdProblem): { readonly largest: number; readonly smallest: number } | null {
  const { d } = objective;
  // beyond a few hundred dimensions the spectrum is the business of `diagnose`
  if (!objective.hessian || d > 400) return null;
  const values = symmetricEigenvalues(objective.hessian(start, new Float64Array(d * d)), d);
  return { largest: values[d - 1]!, smallest: values[0]! };
}

/** Stationary variance of x with momentum over that without, at one learning rate: (1 + beta)/(1 - beta) (2 - z)/(2 + 2 beta - z). */
export function varianceRatio(z: number, beta: number): number {
  return (((1 + beta) / (1 - beta)) * (2 - z)) / (2 + 2 * beta - z);
}

function noise(problem: SgdProblem): string[] {
  const { beta } = problem.momentum!;
  const eta = problem.learningRate;
  const place = curvatures(problem);
  const lines = [
    `Noise: in the long run momentum ${beta} makes of the learning rate ${eta} the effective one eta/(1 - beta) = ${short(effectiveRate(problem))}: about ${short(1 / (1 - beta))} times the drift a step and ${short(1 / (1 - beta))} times the stationary variance of plain SGD at the same learning rate. Models without a velocity are taken at that rate.`,
  ];
  if (place && place.smallest > 0 && eta * place.largest < 2) {
    const [flat, steep] = [varianceRatio(eta * place.smallest, beta), varianceRatio(eta * place.largest, beta)];
    const ratio =
      Math.abs(flat / steep - 1) < 0.01 ? `${short(steep)}` : `${short(steep)} (steepest direction) to ${short(flat)} (flattest)`;
    lines.push(
      `With the curvature at the start the variance is ${ratio} times that without momentum; dividing the learning rate by ${short(1 / (1 - beta))} when momentum is switched on keeps the noise as it was.`,
    );
  }
  return lines;
}

function stability(problem: SgdProblem): string[] {
  const { beta } = problem.momentum!;
  const eta = problem.learningRate;
  const place = curvatures(problem);
  if (!place || !(place.largest > 0)) return [];
  const limit = (2 + 2 * beta) / place.largest;
  const z = eta * place.largest;
  const root = Math.sqrt(beta);
  const lines = [
    `Stability: where f curves as it does at the start SGD with momentum ${beta} stays up to learning rate 2(1 + beta)/lambda = ${short(limit)}, ${short(1 + beta)} times the ${short(2 / place.largest)} of plain SGD${eta >= limit ? `; ${eta} is beyond it: SGD diverges` : ""}.`,
  ];
  if (z > (1 + root) * (1 + root))
    lines.push(`The steepest direction changes sign every step (z = eta lambda = ${short(z)} is above (1 + sqrt(beta))^2).`);
  else if (z > (1 - root) * (1 - root)) {
    // the eigenvalues' angle, cos = a/sqrt(beta): a turn takes 2 pi/angle steps
    const turn = turnSteps(z, beta);
    lines.push(
      `The steepest direction swings about the minimum, once in ${short(turn)} steps, and loses half its swing in ${short(halfLife(beta))} steps: plain SGD and every model in x alone cannot show that; Langevin${problem.objective.quadratic ? " and HA-SME-M do" : " does"}.`,
    );
  }
  return lines;
}

/** Steps for sqrt(beta)^k = 1/2. */
function halfLife(beta: number): number {
  return (2 * log(0.5)) / log(beta);
}

/** 2 pi over the angle of P's eigenvalues, a +- i s. */
function turnSteps(z: number, beta: number): number {
  const a = (1 + beta - z) / 2;
  const s = Math.sqrt(Math.max(0, beta - a * a));
  const angle = a > s ? atan(s / a) : Math.PI / 2 - atan(a / s);
  return (2 * Math.PI) / angle;
}

async function escapes(problem: SgdProblem, exit: ExitResult | undefined): Promise<string[]> {
  const own = exit?.sgd.meanSteps;
  if (!own) return [];
  const { momentum: _heavy, ...same } = problem;
  const { momentum: _beta, velocity: _velocity, ...json } = problem.json;
  const [plain, effective] = [await meanExit({ ...same, json }), await meanExit(atEffectiveRate(problem))];
  const parts = [`Escape: SGD with momentum ${problem.momentum!.beta} leaves after ${steps(own)} on average`];
  if (plain) parts.push(`plain SGD at the same learning rate after ${steps(plain)} (${times(plain.value / own.value)})`);
  if (effective)
    parts.push(
      `plain SGD at eta/(1 - beta) = ${short(effectiveRate(problem))} after ${steps(effective)} (${times(effective.value / own.value)})`,
    );
  return [`${parts.join("; ")}.`];
}

/** Plain SGD's mean exit step where that needs no sampling. */
async function meanExit(problem: SgdProblem): Promise<Estimate | null> {
  try {
    const answer = await exitOf(problem, { method: "exact", models: ["gradient-flow"] });
    return answer.result.sgd.meanSteps;
  } catch (error) {
    // several dimensions, or no answer: the sentence does without
    if (error instanceof EscapementError && error.exitCode === 3) return null;
    throw error;
  }
}

const steps = ({ value }: Estimate): string => `${value < 1e4 ? Number(value.toPrecision(3)) : value.toExponential(1)} steps`;

const times = (ratio: number): string => {
  if (Math.abs(ratio - 1) < 0.05) return "as long";
  const size = ratio > 1 ? ratio : 1 / ratio;
  const shown = size < 1e6 ? String(Number(size.toPrecision(2))) : short(size);
  return ratio > 1 ? `${shown} times as long` : `${shown} times sooner`;
};

function realSde(law: LawResult): string[] {
  const found = law.exactSde;
  if (!found || found.defect === null || found.defect === 0) return [];
  return [
    `No SDE on (x, v) has the law of SGD with momentum at every step: the only linear one needs a diffusion matrix that is indefinite by ${short(100 * found.defect)} % of its trace. SGD kicks x and v at once by the same noise; a diffusion can kick v alone, and x only through v.`,
  ];
}
