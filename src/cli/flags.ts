// The flags, one table: how each is written, what it means, which commands take it. Help and parsing are made from it.
import { InputError } from "../errors.ts";

export type FlagKind = "text" | "number" | "count" | "list" | "counts" | "json" | "entry" | "switch" | "repeated" | "words";

export interface Flag {
  readonly name: string;
  readonly short?: string;
  readonly kind: FlagKind;
  readonly argument?: string;
  readonly help: string;
  /** Other spellings. */
  readonly also?: readonly string[];
  /** A later version has it: given now, it is bad input that says so. */
  readonly notYet?: true;
}

/** Flags that make a problem, or change a field of a problem file. */
export const problemFlags: readonly Flag[] = [
  { name: "formula", kind: "text", argument: "<f>", help: 'objective, such as "x^4/4"' },
  { name: "variables", kind: "words", argument: "<a,b>", help: "names of the formula's variables, in order" },
  { name: "matrix", kind: "json", argument: "<rows>", help: "quadratic objective x^T A x/2, such as [[2,0],[0,1]]" },
  { name: "data", kind: "text", argument: "<file.csv>", help: "least squares on this table" },
  { name: "target", kind: "text", argument: "<column>", help: "the column that least squares predicts" },
  { name: "standardize", kind: "switch", help: "features to mean 0, standard deviation 1" },
  { name: "intercept", kind: "switch", help: "a column of ones as the last feature" },
  { name: "sigma", kind: "entry", argument: "<s>", help: "Gaussian noise of covariance s^2 I, number or formula" },
  { name: "covariance", kind: "json", argument: "<rows>", help: "Gaussian noise's covariance, numbers or formulas" },
  { name: "batch", kind: "counts", argument: "<B>", help: "minibatch size (a list for diagnose)" },
  { name: "with-replacement", kind: "switch", help: "draw the batch with replacement" },
  { name: "eta", also: ["lr"], kind: "list", argument: "<eta>", help: "learning rate (a list for weak and diagnose)" },
  { name: "momentum", kind: "number", argument: "<beta>", help: "heavy ball: v+ = beta v - eta g, x+ = x + v+" },
  { name: "velocity", kind: "list", argument: "<v>", help: "initial velocity (default zeros)" },
  { name: "start", kind: "list", argument: "<x0>", help: "start, such as 1,-0.5" },
  { name: "steps", kind: "count", argument: "<k>", help: "number of SGD steps" },
  { name: "test", kind: "repeated", argument: "<phi>", help: "test function; again for more" },
  { name: "at", kind: "counts", argument: "<k,...>", help: "steps asked about" },
  { name: "inside", kind: "text", argument: "<region>", help: 'region that is left, such as "x < 0"' },
];

/** Flags of every question. */
export const commonFlags: readonly Flag[] = [
  { name: "json", kind: "switch", help: "one JSON document on standard output" },
  { name: "report", kind: "text", argument: "<file.html>", help: "write a self-contained page" },
  { name: "models", kind: "words", argument: "<a,b>", help: "models to compare, series-N too; default: all" },
  { name: "seed", kind: "count", argument: "<n>", help: "random seed (default 1)" },
  { name: "method", kind: "text", argument: "<m>", help: "auto, exact or sample" },
  { name: "nearest", kind: "switch", help: "project D D^T to psd whatever the defect" },
  { name: "strict", kind: "switch", help: "no projection at any defect" },
  { name: "two-step", kind: "switch", help: "past 1/lambda: the form that holds at even steps" },
  { name: "quiet", short: "q", kind: "switch", help: "no progress, no closing hints" },
  { name: "paths", kind: "number", argument: "<n>", help: "paths to sample" },
  { name: "tolerance", kind: "number", argument: "<r>", help: "sample until the 95 % interval is r times the figure" },
  { name: "substeps", kind: "count", argument: "<n>", help: "substeps of an SDE per SGD step" },
  { name: "max-steps", kind: "number", argument: "<n>", help: "longest path of an exit (default 1e7)" },
  { name: "threads", kind: "count", argument: "<n>", help: "threads that sample; default: all of the machine" },
  { name: "backend", kind: "text", argument: "<b>", help: "auto, wasm, native or javascript" },
  { name: "normals", kind: "text", argument: "<n>", help: "fast or full: bits of sampled normals" },
  { name: "run", kind: "text", argument: "<dir>", help: "keep what is finished in this folder" },
  { name: "resume", kind: "text", argument: "<dir>", help: "go on with a durable run" },
  { name: "shard", kind: "text", argument: "<i/n>", help: "this part only, with --run; `merge` joins" },
  { name: "cluster", kind: "text", argument: "<url>", help: "spread over the workers at this address" },
  { name: "allow-oracle", kind: "switch", help: "let the problem's program run as its objective" },
];

export type FlagValue = string | number | boolean | readonly string[] | readonly number[] | unknown;

/** Flags by the names that were typed: the parser has them in camel case. */
export function asTyped(opts: Readonly<Record<string, FlagValue>>): Record<string, FlagValue> {
  const entries = Object.entries(opts);
  return Object.fromEntries(entries.map(([key, value]) => [key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`), value]));
}

/** One flag's text as a value; throws InputError that names the flag. */
export function parseFlag(flag: Flag, text: string): FlagValue {
  const name = `--${flag.name}`;
  if (flag.notYet) throw notYet(name);
  switch (flag.kind) {
    case "number":
      return readNumber(text, name);
    case "count":
      return readCount(text, name);
    case "list":
      return text.split(",").flatMap((part) => readNumbers(part, name));
    case "counts":
      return text.split(",").map((part) => readCount(part, name));
    case "words":
      return text.split(",").map((word) => word.trim());
    case "entry":
      return Number.isFinite(Number(text)) && text.trim() !== "" ? Number(text) : text;
    case "json":
      try {
        return JSON.parse(text);
      } catch {
        throw new InputError("cli/flag", `${name}: found ${text}; allowed: rows in JSON, such as [[1, 0], [0, 1]]`, { flag: name });
      }
    default:
      return text;
  }
}

export function notYet(what: string): InputError {
  return new InputError("cli/not-yet", `${what}: not yet: this version does not have it`, { flag: what });
}

function readNumber(text: string, name: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value))
    throw new InputError("cli/flag", `${name}: found ${text || "nothing"}; allowed: a number`, { flag: name, found: text });
  return value;
}

function readCount(text: string, name: string): number {
  const value = readNumber(text, name);
  if (!Number.isInteger(value) || value < 0)
    throw new InputError("cli/flag", `${name}: found ${text}; allowed: a whole number >= 0`, { flag: name, found: text });
  return value;
}

/** A number, or a range a:b:n of n numbers from a to b, with equal ratios for a:b:n:log. */
export function readNumbers(text: string, name: string): number[] {
  const parts = text.split(":");
  if (parts.length === 1) return [readNumber(text, name)];
  const logarithmic = parts.length === 4 && parts[3] === "log";
  if (parts.length !== 3 && !logarithmic)
    throw new InputError("cli/flag", `${name}: found ${text}; allowed: numbers, or a range a:b:n or a:b:n:log`, {
      flag: name,
      found: text,
    });
  const [a, b, n] = [readNumber(parts[0]!, name), readNumber(parts[1]!, name), readCount(parts[2]!, name)];
  if (n < 2) return [a];
  if (logarithmic && !(a > 0 && b > 0))
    throw new InputError("cli/flag", `${name}: found ${text}; allowed with log: ends above zero`, { flag: name, found: text });
  const ratio = logarithmic ? root(b / a, n - 1) : 1;
  // rounded to 12 digits: the values are typed again from pages and tables
  return Array.from({ length: n }, (_, i) =>
    Number((logarithmic ? a * integerPower(ratio, i) : a + ((b - a) * i) / (n - 1)).toPrecision(12)),
  );
}

/** q^(1/m) for q > 0, by bisection: here so that --help needs no library. */
function root(q: number, m: number): number {
  let [low, high] = [Math.min(1, q), Math.max(1, q)];
  for (let i = 0; i < 200 && low < high; i++) {
    const middle = low + (high - low) / 2;
    if (middle === low || middle === high) break;
    if (integerPower(middle, m) < q) low = middle;
    else high = middle;
  }
  return high;
}

function integerPower(x: number, m: number): number {
  let product = 1;
  for (let i = 0; i < m; i++) product *= x;
  return product;
}
