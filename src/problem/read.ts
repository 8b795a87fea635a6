// Problem file -> SgdProblem. The shape is checked by the schema; here what the fields mean together.
import type { ProblemJson } from "../answer/answer.ts";
import type { Warning } from "../answer/warning.ts";
import { InputError } from "../errors.ts";
import type { Vector } from "../numerics/arrays.ts";
import { symmetricEigen } from "../numerics/eigen.ts";
import { readDiscrete } from "./discrete-noise.ts";
import { type Names, namesOf, withLossAndDistance } from "./entries.ts";
import { readFormula } from "./formula-objective.ts";
import { readGaussian } from "./gaussian-noise.ts";
import { readLeastSquares } from "./least-squares-objective.ts";
import type { Loaders, OracleAnswers } from "./loaders.ts";
import { readMinibatch } from "./minibatch-noise.ts";
import { readMomentum } from "./momentum.ts";
import { networkStart, readNetwork } from "./network/read.ts";
import type { GradientNoise } from "./noise.ts";
import type { Objective } from "./objective.ts";
import type { Momentum, SgdProblem } from "./problem.ts";
import { readQuadratic } from "./quadratic-objective.ts";
import { readRegion } from "./region.ts";
import { noiseForms, objectiveForms, type ProblemFile } from "./schema.ts";
import { checkShape, fieldError, found } from "./schema-errors.ts";
import { readMeasuredTest, readTestFunction } from "./test-function.ts";

/** Reads a raw problem (parsed JSON, or made from flags). Throws InputError with all that the schema finds, else the first fault. */
export function readProblem(raw: unknown, load: Loaders = {}): SgdProblem {
  const file = checkShape(raw);
  const { objective, warnings } = readObjective(file, load);
  const names = namesOf(objective, file.objective.constants);
  const noise = readNoise(file, objective, names);
  const start = readStart(file, objective, load);
  const momentum = readMomentum(file, objective.d);
  const tests = objective.formula
    ? readTests(file, withLossAndDistance(names, objective, start))
    : readMeasuredTests(file, names, objective, start);
  const at = readAt(file);
  const inside = file.inside === undefined ? undefined : readRegion(file.inside, names, "inside (--inside)");
  checkAtStart(objective, noise, start);
  if (inside && !inside.contains(start))
    throw fieldError("inside", `the start ${found(Array.from(start))} lies outside`, "a region that holds the start", file.inside);
  if (inside?.intervalAround) {
    const { a, b } = inside.intervalAround(start[0]!);
    if (!Number.isFinite(a) && !Number.isFinite(b))
      throw fieldError("inside", "no boundary: every point that was tried lies inside", "a region that can be left", file.inside);
  }
  const json = normalForm(
    file,
    objective,
    momentum,
    start,
    tests.map((t) => t.text),
    at,
  );
  return Object.freeze({
    name: file.name,
    objective,
    noise,
    learningRate: file.learningRate,
    ...(momentum ? { momentum } : {}),
    start,
    steps: file.steps,
    tests,
    at,
    inside,
    warnings,
    json,
  });
}

/** The one form that is given; none or two are bad input. */
function only<F extends string>(field: string, given: object, forms: readonly F[]): F {
  const present = forms.filter((form) => (given as Record<string, unknown>)[form] !== undefined);
  const allowed = `exactly one of ${forms.join(", ")}`;
  if (present.length !== 1)
    throw fieldError(
      field,
      present.length === 0 ? "no form is given" : `${present.length} forms are given: ${present.join(", ")}`,
      allowed,
    );
  return present[0]!;
}

function readObjective(file: ProblemFile, load: Loaders): { objective: Objective; warnings: readonly Warning[] } {
  const form = only("objective", file.objective, objectiveForms);
  if (form !== "formula") {
    for (const field of ["variables", "constants"] as const)
      if (file.objective[field]) throw fieldError(`objective.${field}`, `goes with a formula, not with ${form}`, "leave it out");
  }
  switch (form) {
    case "formula":
      return { objective: readFormula({ ...file.objective, formula: file.objective.formula! }), warnings: [] };
    case "quadratic":
      return { objective: readQuadratic(file.objective.quadratic!), warnings: [] };
    case "network":
      return readNetwork(file.objective.network!, load);
    case "oracle":
      return { objective: oracleOf(file, load).objective, warnings: [] };
    default: {
      const { objective, features } = readLeastSquares(file.objective.leastSquares!, load);
      return { objective, warnings: features.warnings };
    }
  }
}

/** What the problem's program answers for; it runs only where that was allowed. */
function oracleOf(file: ProblemFile, load: Loaders): OracleAnswers {
  const { command } = file.objective.oracle!;
  if (load.oracle) return load.oracle();
  throw new InputError(
    "problem/oracle",
    `objective.oracle: names a program to run: ${command.join(" ")}; allowed: only with --allow-oracle, for programs that you trust`,
    { field: "objective.oracle", command },
  );
}

function readNoise(file: ProblemFile, objective: Objective, names: Names): GradientNoise {
  switch (only("noise", file.noise, noiseForms)) {
    case "gaussian":
      return readGaussian(file.noise.gaussian!, names);
    case "discrete":
      return readDiscrete(file.noise.discrete!, names);
    case "minibatch":
      return readMinibatch(file.noise.minibatch!, objective);
  }
}

function readStart(file: ProblemFile, objective: Objective, load: Loaders): Vector {
  if (!Array.isArray(file.start) && objective.network) return networkStart(file.start, file.objective.network!, objective, load);
  const own = file.start === "weights" && file.objective.oracle ? oracleOf(file, load).start : undefined;
  if (own) return Float64Array.from(own);
  if (!Array.isArray(file.start))
    throw fieldError(
      "start",
      "names weights or a seed, which only networks have, and oracles that tell their start",
      `${objective.d} numbers`,
      file.start,
    );
  if (file.start.length !== objective.d)
    throw fieldError(
      "start",
      `has ${file.start.length} ${file.start.length === 1 ? "entry" : "entries"}`,
      `${objective.d}, one for each of ${listed(objective.variables)}`,
      file.start,
    );
  return Float64Array.from(file.start);
}

const listed = (names: readonly string[]): string =>
  names.length > 6 ? `${names.slice(0, 3).join(", ")} .. ${names[names.length - 1]}` : names.join(", ");

/** Default: each variable and f itself; only f where there are many variables. */
function readTests(file: ProblemFile, names: Names) {
  const texts = file.tests ?? [...(names.variables.length <= 20 ? names.variables : []), names.aliases.has("loss") ? "loss" : []].flat();
  return texts.map((text, i) => readTestFunction(text, names, file.tests ? `tests[${i}] (--test)` : "tests"));
}

/** The same where `loss` is no formula: the sum over data is evaluated as it is. */
function readMeasuredTests(file: ProblemFile, names: Names, objective: Objective, start: Vector) {
  const texts = file.tests ?? [...(names.variables.length <= 20 ? names.variables : []), "loss"];
  return texts.map((text, i) => readMeasuredTest(text, names, objective, start, file.tests ? `tests[${i}] (--test)` : "tests"));
}

/** Ascending, without repeats; default: about five up to the horizon. */
function readAt(file: ProblemFile): readonly number[] {
  const { steps } = file;
  const at = file.at ?? [1, Math.round(steps / 10), Math.round(steps / 4), Math.round(steps / 2), steps].filter((k) => k >= 1);
  const beyond = at.find((k) => k > steps);
  if (beyond !== undefined)
    throw fieldError("at", `step ${beyond} lies beyond the horizon`, `1 to ${steps} (the problem's steps)`, file.at);
  return [...new Set(at)].sort((a, b) => a - b);
}

/** f, its gradient and Sigma must be finite at the start, Sigma positive semidefinite, discrete noise of mean zero. */
function checkAtStart(objective: Objective, noise: GradientNoise, start: Vector): void {
  const { d } = objective;
  const at = `at the start ${found(Array.from(start.subarray(0, 8)))}`;
  const value = objective.value(start);
  const gradient = objective.gradient(start, new Float64Array(d));
  if (!Number.isFinite(value) || !gradient.every(Number.isFinite))
    throw fieldError("objective", `f or its gradient is not finite ${at}: f = ${value}`, "a start where f has a gradient");
  if (noise.kind === "minibatch") return;
  const sigma = noise.covariance(start, new Float64Array(d * d));
  const field = noise.kind === "gaussian" ? "noise.gaussian.covariance" : "noise.discrete";
  if (!sigma.every(Number.isFinite)) throw fieldError(field, `not finite ${at}`, "a noise that exists at the start");
  if (noise.kind === "gaussian") {
    const { values } = symmetricEigen(sigma, d);
    const trace = values.reduce((s, v) => s + Math.abs(v), 0);
    // eigenvalues are good to about d epsilon of the largest
    if (values[0]! < -1e-12 * trace)
      throw fieldError(field, `not positive semidefinite ${at}: its smallest eigenvalue is ${values[0]}`, "a covariance matrix");
    return;
  }
  const { values, probabilities } = noise.atoms!(start);
  const total = probabilities.reduce((s, p) => s + p, 0);
  if (probabilities.some((p) => !(p >= 0)) || Math.abs(total - 1) > 1e-12)
    throw fieldError("noise.discrete.probabilities", `${found(Array.from(probabilities))}, sum ${total} ${at}`, "numbers >= 0 with sum 1");
  for (let i = 0; i < d; i++) {
    let mean = 0;
    let size = 0;
    probabilities.forEach((p, m) => {
      mean += p * values[m * d + i]!;
      size += p * Math.abs(values[m * d + i]!);
    });
    if (Math.abs(mean) > 1e-12 * Math.max(size, 1e-300))
      throw fieldError("noise.discrete.values", `their mean in coordinate ${i + 1} is ${mean} ${at}`, "noise vectors of mean zero");
  }
}

/** The problem with defaults filled in: the same JSON asks the same again. Without momentum nothing is said of it. */
function normalForm(
  file: ProblemFile,
  objective: Objective,
  momentum: Momentum | undefined,
  start: Vector,
  tests: readonly string[],
  at: readonly number[],
): ProblemJson {
  const { $schema: _schema, momentum: _momentum, velocity: _velocity, ...rest } = file;
  const named = file.objective.formula === undefined ? file.objective : { ...file.objective, variables: [...objective.variables] };
  const heavy = momentum ? { momentum: momentum.beta, velocity: Array.from(momentum.velocity) } : {};
  return { ...rest, objective: named, ...heavy, start: Array.from(start), tests, at };
}
