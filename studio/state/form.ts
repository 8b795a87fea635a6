// The problem as the page's fields hold it, and back. Fields are texts, so that what is half typed can stand; whether it is a problem is
// said by `readProblem`. What no field shows (name, constants, data) is kept as it came.
import type { Raw } from "../engine/jobs.ts";

export type ObjectiveForm = "formula" | "quadratic" | "leastSquares" | "network" | "oracle";
export type NoiseForm = "sigma" | "covariance" | "discrete" | "minibatch";

export interface Form {
  readonly objective: ObjectiveForm;
  readonly formula: string;
  /** Rows of the quadratic's matrix, JSON. */
  readonly matrix: string;
  readonly noise: NoiseForm;
  /** A number or a formula. */
  readonly sigma: string;
  /** Rows, JSON. */
  readonly covariance: string;
  /** {"values": …, "probabilities": …}, JSON. */
  readonly discrete: string;
  readonly batch: number;
  readonly learningRate: number;
  readonly start: string;
  readonly steps: number;
  /** Test functions, one a line. */
  readonly tests: string;
  readonly inside: string;
  /** The problem that the fields were filled from. */
  readonly source: Raw;
}

const part = (value: unknown, field: string): unknown =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>)[field] : undefined;
const text = (value: unknown): string => (value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value));

export function formOf(raw: Raw): Form {
  const { objective, noise } = raw;
  const gaussian = part(noise, "gaussian");
  const minibatch = part(noise, "minibatch");
  const form = (["quadratic", "leastSquares", "network", "oracle"] as const).find((each) => part(objective, each) !== undefined);
  return {
    objective: form ?? "formula",
    formula: text(part(objective, "formula")),
    matrix: text(part(part(objective, "quadratic"), "matrix")),
    noise: minibatch ? "minibatch" : part(noise, "discrete") ? "discrete" : part(gaussian, "covariance") ? "covariance" : "sigma",
    sigma: text(part(gaussian, "sigma")),
    covariance: text(part(gaussian, "covariance")),
    discrete: text(part(noise, "discrete")),
    batch: Number(part(minibatch, "size") ?? 1),
    learningRate: Number(raw["learningRate"]),
    start: Array.isArray(raw["start"]) ? raw["start"].join(", ") : text(raw["start"]),
    steps: Number(raw["steps"]),
    tests: Array.isArray(raw["tests"]) ? raw["tests"].join("\n") : "",
    inside: text(raw["inside"]),
    source: raw,
  };
}

/** The problem file's value that the fields make; what cannot be one is left for the reader to name. */
export function rawOf(form: Form): Raw {
  const { source } = form;
  const before = formOf(source);
  const same = (field: keyof Form): boolean => form[field] === before[field];
  const untouched = (["objective", "formula", "matrix", "noise", "sigma", "covariance", "discrete", "batch"] as const).every(same);
  const raw: Record<string, unknown> = { ...source, learningRate: form.learningRate, steps: form.steps };
  if (!untouched) {
    raw["objective"] = objectiveOf(form, before);
    raw["noise"] = noiseOf(form);
  }
  if (!same("start")) raw["start"] = numbersOf(form.start);
  if (!same("tests"))
    setOrDrop(
      raw,
      "tests",
      form.tests
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== ""),
    );
  if (!same("inside")) setOrDrop(raw, "inside", form.inside.trim());
  // steps asked about that the horizon no longer holds give way to the default ones
  const at = raw["at"];
  if (Array.isArray(at)) {
    const kept = at.filter((k) => k <= form.steps);
    setOrDrop(
      raw,
      "at",
      kept.length > 0 && Math.max(...at) === source["steps"] && !kept.includes(form.steps) ? [...kept, form.steps] : kept,
    );
  }
  return raw;
}

function setOrDrop(raw: Record<string, unknown>, field: string, value: string | readonly unknown[]): void {
  if (value.length > 0) raw[field] = value;
  else delete raw[field];
}

function objectiveOf(form: Form, before: Form): unknown {
  const objective = form.source["objective"];
  if (form.objective === before.objective && form.formula === before.formula && form.matrix === before.matrix) return objective;
  if (form.objective === "quadratic") {
    const center = part(part(objective, "quadratic"), "center");
    return { quadratic: { matrix: jsonOr(form.matrix), ...(center ? { center } : {}) } };
  }
  if (form.objective !== "formula") return objective;
  // names in the order of appearance, unless those that were given still serve
  const variables = part(objective, "variables");
  const serve = Array.isArray(variables) && variables.every((name) => new RegExp(`\\b${name}\\b`).test(form.formula));
  const others = /\b(x|y|z|x\d+)\b/g;
  const news = [...form.formula.matchAll(others)].some(([name]) => !(variables as string[] | undefined)?.includes(name));
  const constants = part(objective, "constants");
  return { formula: form.formula, ...(serve && !news ? { variables } : {}), ...(constants ? { constants } : {}) };
}

function noiseOf(form: Form): unknown {
  switch (form.noise) {
    case "sigma":
      return { gaussian: { sigma: numberOrText(form.sigma) } };
    case "covariance":
      return { gaussian: { covariance: jsonOr(form.covariance) } };
    case "discrete":
      return { discrete: jsonOr(form.discrete) };
    case "minibatch":
      return { minibatch: { replacement: false, ...(part(form.source["noise"], "minibatch") as object | undefined), size: form.batch } };
  }
}

const numberOrText = (value: string): number | string => (value.trim() !== "" && Number.isFinite(Number(value)) ? Number(value) : value);

function jsonOr(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function numbersOf(value: string): unknown {
  const parts = value.split(/[\s,;]+/).filter((each) => each !== "");
  const numbers = parts.map(Number);
  return parts.length > 0 && numbers.every(Number.isFinite) ? numbers : value;
}
