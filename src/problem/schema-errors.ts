// What the schema finds wrong, told as one message: each field by its path and flag, what was found, what is allowed.
import { InputError, nearestWord } from "../errors.ts";
import { type ProblemFile, problemSchema } from "./schema.ts";

type Issue = NonNullable<ReturnType<typeof problemSchema.safeParse>["error"]>["issues"][number];

/** Flags that set a field, for messages to those who use no file (interface.md). */
export const flagOf: Readonly<Record<string, string>> = {
  "objective.formula": "--formula",
  "objective.quadratic.matrix": "--matrix",
  "noise.gaussian.sigma": "--sigma",
  "noise.gaussian.covariance": "--covariance",
  "noise.minibatch.size": "--batch",
  learningRate: "--eta",
  momentum: "--momentum",
  velocity: "--velocity",
  start: "--start",
  steps: "--steps",
  tests: "--test",
  at: "--at",
  inside: "--inside",
};

const allowedAt: Readonly<Record<string, string>> = {
  objective: 'one of {"formula"}, {"quadratic"}, {"leastSquares"}, {"network"}, {"oracle"}',
  noise: 'one of {"gaussian"}, {"discrete"}, {"minibatch"}',
  start: 'a list of numbers, one a variable (for networks also "weights" or {"seed": n})',
  "objective.leastSquares.data": 'a data file\'s path or {"columns": [...], "rows": [[...], ...]}',
  "objective.network.data": 'a data file\'s path or {"columns": [...], "rows": [[...], ...]}',
  learningRate: "a finite number > 0",
  momentum: "a number beta with 0 <= beta < 1",
  velocity: "a list of numbers, one a coordinate",
  steps: "a whole number >= 1",
  at: "whole numbers >= 1",
};

/** A field's name with its flag, as messages show it. */
export function fieldName(path: string): string {
  const flag = flagOf[path] ?? flagOf[path.replace(/\[\d+\]/g, "")];
  return flag ? `${path} (${flag})` : path;
}

/** What was found, short enough for a line. */
export function found(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "number") return String(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** Bad input in one field of a problem. */
export function fieldError(path: string, what: string, allowed: string, value?: unknown): InputError {
  const seen = value === undefined ? "" : `found ${found(value)}; `;
  return new InputError("problem/field", `${fieldName(path)}: ${what}; ${seen}allowed: ${allowed}`, { field: path, found: value });
}

/** Checks a raw problem against the schema; throws one InputError that tells all that is wrong. */
export function checkShape(raw: unknown): ProblemFile {
  const parsed = problemSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.flatMap((issue) => describe(issue, raw));
  const head = lines.length === 1 ? "" : `${lines.length} things are wrong with the problem:\n  `;
  throw new InputError("problem/schema", head + lines.join("\n  "), { issues: lines });
}

function describe(issue: Issue, raw: unknown): string[] {
  const path = pathText(issue.path);
  if (issue.code === "unrecognized_keys") {
    const allowed = keysAt(issue.path);
    return issue.keys.map((key) => {
      const near = nearestWord(key, allowed);
      return `${path ? `${path}.` : ""}${key}: unknown field${near ? `; did you mean ${near}?` : ""} allowed: ${allowed.join(", ")}`;
    });
  }
  const value = valueAt(raw, issue.path);
  return [
    `${fieldName(path || "problem")}: found ${found(value)}; allowed: ${allowedAt[path.replace(/\[\d+\]/g, "")] ?? allowedBy(issue)}`,
  ];
}

function allowedBy(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.expected === "int"
        ? "a whole number"
        : issue.expected === "number"
          ? "a finite number"
          : `${article(issue.expected)} ${issue.expected}`;
    case "too_small":
      if (issue.origin === "array") return `at least ${issue.minimum} ${issue.minimum === 1 ? "entry" : "entries"}`;
      if (issue.origin === "string") return "a text that is not empty";
      return `a number ${issue.inclusive ? ">=" : ">"} ${issue.minimum}`;
    case "too_big":
      return `a number ${issue.inclusive ? "<=" : "<"} ${issue.maximum}`;
    case "invalid_union":
      return "a number or a formula";
    case "invalid_value":
      return issue.values.map((v) => JSON.stringify(v)).join(" or ");
    default:
      return issue.message;
  }
}

const article = (word: string): string => (/^[aeiou]/.test(word) ? "an" : "a");

function pathText(path: readonly PropertyKey[]): string {
  return path.map((key, i) => (typeof key === "number" ? `[${key}]` : `${i ? "." : ""}${String(key)}`)).join("");
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value !== null && typeof value === "object" ? (value as Record<PropertyKey, unknown>)[key] : undefined),
    raw,
  );
}

/** The keys that the schema allows at a path, read off the schema itself. */
function keysAt(path: readonly PropertyKey[]): string[] {
  let schema: unknown = problemSchema;
  for (const key of path) {
    schema = unwrap(schema);
    schema = (schema as { shape?: Record<string, unknown> }).shape?.[String(key)];
  }
  return Object.keys((unwrap(schema) as { shape?: Record<string, unknown> })?.shape ?? {});
}

function unwrap(schema: unknown): unknown {
  let inner = schema;
  while (inner && typeof inner === "object" && "unwrap" in inner && typeof inner.unwrap === "function") inner = inner.unwrap();
  return inner;
}
