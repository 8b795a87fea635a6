// A problem in a line or two of words, from its normal form. Reads what is there and leaves out what is not.
import type { ProblemJson } from "../answer/index.ts";
import { formatNumber } from "./number.ts";
import { plainText } from "./text-table.ts";

function part(value: unknown, field: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[field] : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function entry(value: unknown): string {
  return typeof value === "number" ? formatNumber(value) : typeof value === "string" ? plainText(value) : JSON.stringify(value);
}

export function problemName(problem: ProblemJson): string {
  return typeof problem.name === "string" && problem.name.trim() !== "" ? plainText(problem.name) : objectiveText(problem);
}

/** e.g. "f = x^2/2", "least squares on diabetes.csv". */
export function objectiveText(problem: ProblemJson): string {
  const objective = problem.objective;
  const formula = part(objective, "formula");
  if (typeof formula === "string") return `f = ${plainText(formula)}`;
  const quadratic = part(objective, "quadratic");
  if (quadratic !== undefined) {
    const rows = list(part(quadratic, "matrix"));
    const x = list(part(quadratic, "center")).some((c) => c !== 0) ? "(x - c)" : "x";
    return rows.length <= 2 ? `f = ${x}^T A ${x}/2, A = ${rowsText(rows)}` : `a quadratic in ${rows.length} dimensions`;
  }
  const squares = part(objective, "leastSquares");
  if (squares !== undefined) return `least squares on ${dataText(part(squares, "data"))}`;
  const network = part(objective, "network");
  if (network !== undefined) {
    const hidden = list(part(network, "hidden"));
    const shape = hidden.length === 0 ? "a linear model" : `a network with hidden layers of ${hidden.map(entry).join(", ")}`;
    return `${shape} (${entry(part(network, "loss") ?? "loss")}) on ${dataText(part(network, "data"))}`;
  }
  if (part(objective, "oracle") !== undefined) return "an objective answered by another process";
  return "an objective";
}

function rowsText(rows: readonly unknown[]): string {
  // Four digits will do to recognise a matrix; the problem file has all.
  const short = (value: unknown) => (typeof value === "number" ? formatNumber(value, 4) : entry(value));
  return `[${rows.map((row) => `[${list(row).map(short).join(", ")}]`).join(", ")}]`;
}

function dataText(data: unknown): string {
  return typeof data === "string" ? plainText(data) : `${list(part(data, "rows")).length} rows of data`;
}

/** e.g. "sigma 0.9", "batches of 8". */
export function noiseText(problem: ProblemJson): string | null {
  const gaussian = part(problem.noise, "gaussian");
  const sigma = part(gaussian, "sigma");
  if (sigma !== undefined) return `sigma ${entry(sigma)}`;
  const covariance = part(gaussian, "covariance");
  if (covariance !== undefined)
    return list(covariance).length <= 3 ? `Sigma ${rowsText(list(covariance))}` : "Gaussian noise of given covariance";
  const discrete = part(problem.noise, "discrete");
  if (discrete !== undefined) return `noise with ${list(part(discrete, "values")).length} values`;
  const minibatch = part(problem.noise, "minibatch");
  if (minibatch !== undefined) {
    const how =
      part(minibatch, "epochs") === true
        ? "reshuffled each epoch"
        : part(minibatch, "replacement") === true
          ? "with replacement"
          : "without replacement";
    return `batches of ${entry(part(minibatch, "size"))}, ${how}`;
  }
  return null;
}

export function learningRate(problem: ProblemJson): number | null {
  return typeof problem.learningRate === "number" ? problem.learningRate : null;
}

export function stepCount(problem: ProblemJson): number | null {
  return typeof problem.steps === "number" ? problem.steps : null;
}

/** The region whose exit is asked about, as typed. */
export function regionText(problem: ProblemJson): string | null {
  return typeof problem.inside === "string" ? plainText(problem.inside) : null;
}

/** Names of the coordinates of a law of this length; twice the dimension is positions and velocities. */
export function coordinateNames(problem: ProblemJson, length: number): string[] {
  const start = list(problem.start).length;
  const d = start > 0 && length === 2 * start ? start : length;
  const given = list(part(problem.objective, "variables"));
  const names =
    given.length === d
      ? given.map((name) => plainText(String(name)))
      : d <= 3
        ? ["x", "y", "z"].slice(0, d)
        : Array.from({ length: d }, (_, i) => `x${i + 1}`);
  return length === d ? names : [...names, ...names.map((name) => `v(${name})`)];
}

/** The whole setting in pieces: objective, learning rate, noise, momentum, horizon. */
export function settingPieces(problem: ProblemJson): string[] {
  const eta = learningRate(problem);
  const steps = stepCount(problem);
  const pieces = [objectiveText(problem)];
  if (eta !== null) pieces.push(`eta ${formatNumber(eta)}`);
  const noise = noiseText(problem);
  if (noise) pieces.push(noise);
  if (typeof problem.momentum === "number" && problem.momentum > 0) pieces.push(`momentum ${formatNumber(problem.momentum)}`);
  if (eta !== null && steps !== null) pieces.push(`T = ${formatNumber(eta * steps)} (${steps} steps)`);
  return pieces;
}
