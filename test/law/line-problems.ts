// Problems on the line for tests, read as the command reads them, and the reference files.
import { readFileSync } from "node:fs";
import type { SgdProblem } from "../../src/problem/problem.ts";
import { readProblem } from "../../src/problem/read.ts";

export interface LineCase {
  readonly objective: string;
  readonly sigma?: string | number;
  readonly eta: number;
  readonly start: number;
  readonly steps?: number;
  readonly tests?: readonly string[];
  readonly inside?: string;
  readonly noise?: unknown;
  readonly at?: readonly number[];
}

export function problemOf({ objective, sigma = 1, eta, start, steps = 1, tests, inside, noise, at }: LineCase): SgdProblem {
  return readProblem({
    objective: { formula: objective, variables: ["x"] },
    noise: noise ?? { gaussian: { sigma } },
    learningRate: eta,
    start: [start],
    steps,
    ...(tests ? { tests } : {}),
    ...(inside ? { inside } : {}),
    ...(at ? { at } : {}),
  });
}

// biome-ignore lint/suspicious/noExplicitAny: the reference files are read as they are
export function reference(name: string): any {
  return JSON.parse(readFileSync(new URL(`../reference/${name}`, import.meta.url), "utf8"));
}

/** phi of a problem as functions of a number. */
export function functionsOf(problem: SgdProblem): ((x: number) => number)[] {
  return problem.tests.map((test) => (x) => test.value(Float64Array.of(x)));
}

export const well = "x^2/2 + 1.5*exp(-x^2)";
