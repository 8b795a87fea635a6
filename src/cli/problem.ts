// Arguments -> raw problem: a file (or standard input, or a gallery name) with flags laid over it, or flags alone.
import { InputError } from "../errors.ts";
import type { FlagValue } from "./flags.ts";

type Raw = Record<string, unknown>;
export type Flags = Readonly<Record<string, FlagValue>>;

/** Flags that `sweep` takes as lists are left out of the problem by the caller. */
export function layFlagsOver(raw: unknown, flags: Flags): unknown {
  if (raw !== undefined && (typeof raw !== "object" || raw === null || Array.isArray(raw))) return raw;
  const problem: Raw = { ...(raw as Raw | undefined) };
  const objective = objectiveOf(flags, problem["objective"]);
  if (objective) problem["objective"] = objective;
  const noise = noiseOf(flags, problem["noise"]);
  if (noise) problem["noise"] = noise;
  if (flags["eta"] !== undefined) problem["learningRate"] = single(flags["eta"], "--eta");
  for (const [flag, field] of [
    ["momentum", "momentum"],
    ["velocity", "velocity"],
    ["start", "start"],
    ["steps", "steps"],
    ["test", "tests"],
    ["at", "at"],
    ["inside", "inside"],
  ] as const)
    if (flags[flag] !== undefined) problem[field] = flags[flag];
  return problem;
}

function objectiveOf(flags: Flags, known: unknown): Raw | undefined {
  const forms = ["formula", "matrix", "data"].filter((f) => flags[f] !== undefined);
  if (forms.length > 1) throw new InputError("cli/flag", `--${forms.join(", --")}: found ${forms.length} objectives; allowed: one`, {});
  if (flags["formula"] !== undefined)
    return { formula: flags["formula"], ...(flags["variables"] === undefined ? {} : { variables: flags["variables"] }) };
  if (flags["matrix"] !== undefined) return { quadratic: { matrix: flags["matrix"] } };
  if (flags["data"] !== undefined) {
    if (flags["target"] === undefined)
      throw new InputError("cli/flag", "--data: found no --target; allowed: --data FILE.csv --target COLUMN", {});
    return {
      leastSquares: {
        data: flags["data"],
        target: flags["target"],
        ...(flags["standardize"] ? { standardize: true } : {}),
        ...(flags["intercept"] ? { intercept: true } : {}),
      },
    };
  }
  return known as Raw | undefined;
}

function noiseOf(flags: Flags, known: unknown): Raw | undefined {
  const forms = ["sigma", "covariance", "batch"].filter((f) => flags[f] !== undefined);
  if (forms.length > 1) throw new InputError("cli/flag", `--${forms.join(", --")}: found ${forms.length} noises; allowed: one`, {});
  if (flags["sigma"] !== undefined) return { gaussian: { sigma: flags["sigma"] } };
  if (flags["covariance"] !== undefined) return { gaussian: { covariance: flags["covariance"] } };
  if (flags["batch"] !== undefined) {
    const before = (known as { minibatch?: Raw } | undefined)?.minibatch;
    return {
      minibatch: {
        replacement: false,
        ...before,
        size: single(flags["batch"], "--batch"),
        ...(flags["with-replacement"] ? { replacement: true } : {}),
      },
    };
  }
  return known as Raw | undefined;
}

function single(values: FlagValue, flag: string): unknown {
  const list = values as readonly unknown[];
  if (list.length === 1) return list[0];
  throw new InputError("cli/flag", `${flag}: found a list of ${list.length}; allowed here: one number (lists: weak and diagnose)`, {
    flag,
  });
}

/** Whether flags alone make a problem. */
export const makesProblem = (flags: Flags): boolean => ["formula", "matrix", "data"].some((f) => flags[f] !== undefined);

/** A list of several, or a range that is still text. */
export const isSweep = (value: FlagValue): boolean =>
  Array.isArray(value) ? value.length > 1 : typeof value === "string" && /[:,]/.test(value);
