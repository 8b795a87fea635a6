// `map`: where each model is best. One question asked on a grid of two of learning rate, noise and start; each cell's errors are those of
// `compare`, in the same dimensionless measure, so a map says which model to use where, and by how much it is better.
import type { Answer, MapAxis, MapAxisName, MapCell, MapLine, MapResult, ModelVerdict, Warning } from "../answer/index.ts";
import { warning } from "../answer/warning.ts";
import { EscapementError, InputError, InterruptedError, NoAnswerError } from "../errors.ts";
import { modelsFor } from "../model/momentum.ts";
import { symmetricEigenvalues } from "../numerics/eigen.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { readProblem } from "../problem/read.ts";
import { withLearningRate, withStart } from "../problem/vary.ts";
import { version } from "../version.ts";
import { exit } from "./exit.ts";
import { law } from "./law.ts";
import { lawOfPositions } from "./momentum-law.ts";
import type { QuestionOptions } from "./options.ts";
import type { Sampling } from "./sampling.ts";
import { exitVerdicts, lawVerdicts, weakVerdicts } from "./verdicts.ts";
import { weak } from "./weak.ts";

export type MapQuestion = MapResult["question"];

export interface MapOptions extends QuestionOptions {
  readonly question?: MapQuestion;
  /** Two of the three, each with at least two values. */
  readonly axes: { readonly [A in MapAxisName]?: readonly number[] };
  readonly sampling?: Sampling;
}

const axisNames: readonly MapAxisName[] = ["eta", "sigma", "start"];

/** The map of a problem: the horizon T is kept (to the nearest whole number of steps), the noise is sigma^2 I along a sigma axis. */
export async function map(problem: SgdProblem, options: MapOptions): Promise<Answer<MapResult>> {
  const question = options.question ?? "weak";
  const [x, y] = axesOf(problem, options.axes);
  if (question === "exit" && !problem.inside)
    throw new InputError("question/inside", 'inside (--inside): a map of exits needs a region; allowed: a comparison such as "x < 0"', {
      field: "inside",
    });
  const titles = new Map(modelsFor(problem, options.models).map(({ id, title }) => [id, title]));
  const models = [...titles.keys()];
  const cells: MapCell[] = [];
  const total = x.values.length * y.values.length;
  for (const b of y.values) {
    for (const a of x.values) {
      if (options.signal?.aborted)
        throw new InterruptedError("question/map", `Interrupted after ${cells.length} of ${total} cells.`, { cells });
      options.onProgress?.(cells.length, total, `${x.name} ${a}, ${y.name} ${b}`);
      cells.push(await cellOf(question, vary(vary(problem, x.name, a), y.name, b), a, b, titles, options));
    }
  }
  options.onProgress?.(total, total, "map");
  const shares = models.map((model) => ({ model, cells: cells.filter((c) => c.best === model).length })).filter((s) => s.cells > 0);
  if (shares.length === 0)
    throw new NoAnswerError("question/map", `map: no cell has a figure: ${cells[0]?.reason ?? "no model has one"}`, {
      cells: cells.length,
    });
  const silent = cells.filter((c) => c.best === null);
  const warnings: Warning[] =
    silent.length === 0
      ? []
      : [warning("not-applicable", `${silent.length} of ${total} cells have no figure: ${reasonsOf(silent)}`, { cells: silent.length })];
  const result: MapResult = {
    question,
    models,
    x,
    y,
    cells,
    lines: linesOf(problem, x, y),
    shares: shares.sort((s, t) => t.cells - s.cells),
  };
  return { command: "map", version, problem: problem.json, seed: options.seed ?? 1, warnings, result };
}

function axesOf(problem: SgdProblem, given: MapOptions["axes"]): [MapAxis, MapAxis] {
  const named = axisNames.filter((name) => given[name] !== undefined);
  if (named.length !== 2)
    throw new InputError(
      "question/map",
      `map: found ${named.length === 0 ? "no axis" : named.map((n) => `--${n}`).join(", ")}; allowed: two of --eta, --sigma, --start, each a range a:b:n`,
      { axes: named },
    );
  const axes = named.map((name): MapAxis => {
    const values = [...given[name]!];
    const rising = values.every((v, i) => Number.isFinite(v) && (i === 0 || v > values[i - 1]!));
    if (values.length < 2 || !rising)
      throw new InputError("question/map", `map: --${name}: found ${values.join(", ")}; allowed: at least two rising numbers`, {
        axis: name,
      });
    if (name !== "start" && values[0]! <= 0)
      throw new InputError("question/map", `map: --${name}: found ${values[0]}; allowed: numbers > 0`, { axis: name });
    return { name, values, logarithmic: isGeometric(values) };
  });
  if (given.sigma && problem.noise.kind === "minibatch")
    throw new InputError("question/map", "map: --sigma: the problem's noise comes from minibatches; allowed: --eta and --start", {
      axis: "sigma",
    });
  if (given.start && problem.objective.d !== 1)
    throw new InputError("question/map", `map: --start: the problem has ${problem.objective.d} dimensions; allowed in one`, {
      axis: "start",
    });
  return [axes[0]!, axes[1]!];
}

/** Equal ratios rather than equal steps, to the three digits that values are typed with. */
function isGeometric(values: readonly number[]): boolean {
  if (values.length < 3 || values[0]! <= 0) return false;
  const equal = (gaps: readonly number[]): boolean => gaps.every((gap) => Math.abs(gap / gaps[0]! - 1) < 0.01);
  const [ratios, steps] = [values.slice(1).map((v, i) => v / values[i]!), values.slice(1).map((v, i) => v - values[i]!)];
  return equal(ratios) && !equal(steps);
}

function vary(problem: SgdProblem, name: MapAxisName, value: number): SgdProblem {
  switch (name) {
    case "eta":
      return withLearningRate(problem, value, Math.max(1, Math.round((problem.steps * problem.learningRate) / value)));
    case "sigma":
      return readProblem({ ...problem.json, noise: { gaussian: { sigma: value } } });
    case "start":
      return withStart(problem, Float64Array.of(value));
  }
}

/** One question on one problem; what has no answer there is a cell without figures, and why. */
async function cellOf(
  question: MapQuestion,
  problem: SgdProblem,
  x: number,
  y: number,
  titles: ReadonlyMap<string, string>,
  options: MapOptions,
): Promise<MapCell> {
  const models = [...titles.keys()];
  const { sampling, axes: _axes, question: _question, onProgress: _report, ...asked } = options;
  try {
    if (question === "exit" && !problem.inside!.contains(problem.start))
      return emptyCell(x, y, models, "the start lies outside the region");
    return cellFrom(x, y, titles, await verdictsOf(question, problem, models, asked, sampling));
  } catch (error) {
    if (error instanceof EscapementError && error.exitCode === 3) return emptyCell(x, y, models, error.message);
    throw error;
  }
}

async function verdictsOf(
  question: MapQuestion,
  problem: SgdProblem,
  models: readonly string[],
  asked: QuestionOptions,
  sampling: Sampling | undefined,
): Promise<ModelVerdict[]> {
  switch (question) {
    case "weak": {
      const { result, warnings } = await weak(problem, { ...asked, engine: sampling?.weak });
      return weakVerdicts(models, result, warnings);
    }
    case "exit": {
      // survival costs as much as the mean and is not on the map
      const { result, warnings } = await exit(problem, { ...asked, survival: [1], engine: sampling?.exit });
      return exitVerdicts(models, result, warnings);
    }
    case "law": {
      const { result, warnings } = await law(problem, { ...asked, at: [problem.steps], engine: sampling?.law });
      return lawVerdicts(models, lawOfPositions(problem, result), warnings);
    }
  }
}

function cellFrom(x: number, y: number, titles: ReadonlyMap<string, string>, verdicts: readonly ModelVerdict[]): MapCell {
  const models = [...titles.keys()];
  const told = verdicts.filter((v) => v.error !== null);
  const errors = Object.fromEntries(models.map((id) => [id, verdicts.find((v) => v.model === id)?.error ?? null]));
  const words = Object.fromEntries(models.map((id) => [id, verdicts.find((v) => v.model === id)?.verdict ?? "none"]));
  return {
    x,
    y,
    best: told[0]?.model ?? null,
    runnerUp: told[1]?.model ?? null,
    errors,
    verdicts: words,
    ...(told.length === 0 ? { reason: reasonOf(verdicts, titles) } : {}),
  };
}

/**
 * Why no model has a figure: each reason once, with the models that it is true of. That gradient flow has no noise is true of every cell and explains
 * none, so that it is told of only where it is alone.
 */
function reasonOf(verdicts: readonly ModelVerdict[], titles: ReadonlyMap<string, string>): string {
  const noisy = verdicts.filter(({ model }) => model !== "gradient-flow");
  const groups = new Map<string, string[]>();
  for (const { model, why } of noisy.length > 0 ? noisy : verdicts) {
    const title = titles.get(model)!;
    // "HA-SME: …" and "SPF: …" are the same reason
    const own = why.startsWith(title) && /^[^\w-]/.test(why.slice(title.length));
    const rest = own ? why.slice(title.length) : why;
    groups.set(rest, [...(groups.get(rest) ?? []), ...(own ? [title] : [])]);
  }
  return [...groups].map(([rest, who]) => `${who.join(", ")}${rest}`).join(" ");
}

/** The reasons of several cells, those of most first, with the number of cells where they differ. */
function reasonsOf(silent: readonly MapCell[]): string {
  const counts = new Map<string, number>();
  for (const { reason = "no reason given" } of silent) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const most = [...counts].sort(([, a], [, b]) => b - a);
  return most.map(([reason, count]) => (most.length === 1 ? reason : `${reason} (${count})`)).join("; ");
}

function emptyCell(x: number, y: number, models: readonly string[], reason: string): MapCell {
  return {
    x,
    y,
    best: null,
    runnerUp: null,
    errors: Object.fromEntries(models.map((id) => [id, null])),
    verdicts: Object.fromEntries(models.map((id) => [id, "none" as const])),
    reason,
  };
}

/** Lines of constant z = eta lambda_max at the start, within the map. */
function linesOf(problem: SgdProblem, x: MapAxis, y: MapAxis): MapLine[] {
  if (x.name !== "eta" || !problem.objective.hessian || problem.momentum) return [];
  const [low, high] = [x.values[0]!, x.values[x.values.length - 1]!];
  const { d } = problem.objective;
  const largest = (at: SgdProblem): number => symmetricEigenvalues(at.objective.hessian!(at.start, new Float64Array(d * d)), d)[d - 1]!;
  const lines: MapLine[] = [];
  for (const [name, z] of [
    ["z = 1", 1],
    ["z = 2", 2],
  ] as const) {
    const points = y.values
      .map((v): [number, number] => [z / largest(y.name === "start" ? withStart(problem, Float64Array.of(v)) : problem), v])
      .filter(([eta]) => eta > 0 && eta >= low && eta <= high);
    if (points.length > 1) lines.push({ name, points });
  }
  return lines;
}
