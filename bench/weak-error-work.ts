// Path-steps and processor seconds until the weak error of HA-SME's four-substep scheme on `coupled` (phi = x^2) is known to 5 %, by several
// estimators. From variances at a fixed number of paths: work = (variance / wanted^2) x work of a path. One path-step is one step of SGD or four
// substeps of the model. Estimators with extrapolation in the substep aim at the model itself, whose weak error is another number: it is shown.
import { coupledProgram } from "../src/ensemble/coupled.ts";
import { coupledSgdWalker } from "../src/ensemble/coupled-sgd.ts";
import { blockRunner } from "../src/ensemble/kernel/backends.ts";
import { standardErrorOf, varianceOf } from "../src/ensemble/moments.ts";
import { blocksFor } from "../src/ensemble/run.ts";
import { sdeWalker } from "../src/ensemble/sde.ts";
import { sgdWalker } from "../src/ensemble/sgd.ts";
import { modelById } from "../src/model/index.ts";
import { normalSource } from "../src/numerics/random.ts";
import { processorSeconds, type Row } from "./measure.ts";
import { momentsProgram, problems } from "./sampling-problems.ts";

const weakError = -1.71e-4;
const wanted = 0.05 * Math.abs(weakError);
const problem = problems.coupled;
const model = modelById("ha-sme");
const { steps } = problem;

interface Found {
  readonly name: string;
  readonly mean: number;
  readonly error: number;
  readonly variance: number;
  /** Path-steps of one path of the estimator. */
  readonly pathSteps: number;
  /** Processor seconds of one path in WebAssembly; none where the estimator is no kernel. */
  readonly seconds: number | undefined;
}

/** Independent paths of both: the sum of both variances, which the coupled program knows as well as any. */
function plain(paths: number): Found {
  const program = coupledProgram(problem, [model], { kind: "tests" }, [steps], 4, 1, 0);
  const runner = blockRunner(program);
  const moments = merged(runner, paths);
  const figures = [program.sgd(0, 0), program.companion(0, 0, 0, 0)];
  const variance = figures.reduce((sum, figure) => sum + varianceOf(moments, figure), 0);
  const seconds = (["sgd", "ha-sme"] as const).reduce((sum, id) => {
    const single = blockRunner(momentsProgram(problem, id));
    merged(single, paths / 4);
    return sum + processorSeconds(() => merged(single, paths / 4)) / (paths / 4);
  }, 0);
  const mean = moments.mean[figures[1]!]! - moments.mean[figures[0]!]!;
  return { name: "plain sampling", mean, error: Math.sqrt(variance / paths), variance, pathSteps: 2 * steps, seconds };
}

function merged(runner: ReturnType<typeof blockRunner>, paths: number) {
  let ensemble = runner.run(0, paths);
  for (let block = 1; block < blocksFor(paths); block++) ensemble = ensemble.merge(runner.run(block, paths));
  return ensemble.moments;
}

/** SGD on the sum of the substeps' normals, the model on the normals themselves: the coupling that comes to mind first. */
function commonNumbers(paths: number): Found[] {
  const source = normalSource(1, 2);
  const normals = new Float64Array(8);
  const sum = new Float64Array(2);
  const sgd = sgdWalker(problem, 1);
  const levels = [4, 2].map((n) => sdeWalker(problem, model, 4, n));
  const totals = [0, 0, 0, 0];
  const square = (x: Float64Array) => x[0]! * x[0]!;
  for (let path = 0; path < paths; path++) {
    for (const walker of [sgd, ...levels]) walker.begin(path);
    for (let k = 0; k < steps; k++) {
      source.fill(path, k, 4, normals);
      for (let i = 0; i < 2; i++) sum[i] = (normals[i]! + normals[2 + i]! + normals[4 + i]! + normals[6 + i]!) / 2;
      sgd.advance(k, sum);
      for (const level of levels) level.advance(k, normals);
    }
    const [four, two, own] = [square(levels[0]!.x), square(levels[1]!.x), square(sgd.x)];
    for (const [e, difference] of [four - own, 2 * four - two - own].entries()) {
      totals[2 * e]! += difference;
      totals[2 * e + 1]! += difference * difference;
    }
  }
  return ["common random numbers", "common random numbers, Richardson"].map((name, e) => {
    const mean = totals[2 * e]! / paths;
    const variance = totals[2 * e + 1]! / paths - mean * mean;
    return { name, mean, error: Math.sqrt(variance / paths), variance, pathSteps: steps * (e === 0 ? 2 : 2.5), seconds: undefined };
  });
}

/** Ours: SGD on the normals that the model's own linearisation makes of the substeps' (ensemble/coupled-sgd.ts). */
function coupled(paths: number, eliminations: 0 | 1 | 2): Found {
  const program = coupledProgram(problem, [model], { kind: "tests" }, [steps], 4, 1, eliminations);
  const runner = blockRunner(program);
  merged(runner, 4096);
  let moments = merged(runner, 1024);
  const seconds = processorSeconds(() => (moments = merged(runner, paths))) / paths;
  const figure = program.companion(0, 0, 0, 1);
  const substeps = program.levels.substeps.reduce((a, b) => a + b);
  return {
    name: ["coupled", "coupled, one extrapolation", "coupled, two extrapolations"][eliminations]!,
    mean: moments.mean[figure]!,
    error: standardErrorOf(moments, figure),
    variance: varianceOf(moments, figure),
    pathSteps: steps * (1 + substeps / 4),
    seconds,
  };
}

/**
 * What ours leaves out, path by path on the same normals. Antithetic: the mean over a path and its mirror image. Multilevel: the means of phi_1 -
 * phi_SGD, phi_2 - phi_1 and phi_4 - phi_2 (in so many substeps), each from paths of its own, as many as Giles's allocation gives (Oper. Res. 56
 * (2008) 607): the work is (sum sqrt(V_l C_l))^2 / wanted^2, told here as that of one path with the variance that has it.
 */
function alternatives(paths: number): Found[] {
  const source = normalSource(1, 2);
  const normals = new Float64Array(8);
  const mirrored = new Float64Array(8);
  const walkers = () => [coupledSgdWalker(problem, model, 4), ...[1, 2, 4].map((n) => sdeWalker(problem, model, 4, n))];
  const [own, other] = [walkers(), walkers()];
  const square = (x: Float64Array) => x[0]! * x[0]!;
  const sums = Array.from({ length: 5 }, () => ({ mean: 0, squares: 0 }));
  for (let path = 0; path < paths; path++) {
    for (const walker of [...own, ...other]) walker.begin(path);
    for (let k = 0; k < steps; k++) {
      source.fill(path, k, 4, normals);
      for (let i = 0; i < 8; i++) mirrored[i] = -normals[i]!;
      for (const walker of own) walker.advance(k, normals);
      for (const walker of other) walker.advance(k, mirrored);
    }
    const [sgd, one, two, four] = own.map(({ x }) => square(x)) as [number, number, number, number];
    const mirror = square(other[3]!.x) - square(other[0]!.x);
    for (const [f, value] of [four - sgd, (four - sgd + mirror) / 2, one - sgd, two - one, four - two].entries()) {
      sums[f]!.mean += value / paths;
      sums[f]!.squares += (value * value) / paths;
    }
  }
  const variance = (f: number): number => sums[f]!.squares - sums[f]!.mean ** 2;
  // path-steps: SGD one, n substeps of the model n/4
  const costs = [1.25, 0.75, 1.5].map((c) => c * steps);
  const work = costs.reduce((sum, c, l) => sum + Math.sqrt(variance(2 + l) * c), 0) ** 2;
  return [
    { name: "coupled, path by path", f: 0, variance: variance(0), pathSteps: 2 * steps },
    { name: "coupled, antithetic", f: 1, variance: variance(1), pathSteps: 4 * steps },
    { name: "coupled, multilevel over 1, 2, 4 substeps", f: 0, variance: work / (2 * steps), pathSteps: 2 * steps },
  ].map(({ name, f, variance: v, pathSteps }) => ({
    name,
    mean: sums[f]!.mean,
    error: Math.sqrt(variance(f) / paths),
    variance: v,
    pathSteps,
    seconds: undefined,
  }));
}

export function weakErrorWork(): { readonly head: Row; readonly rows: readonly Row[] } {
  const found = [plain(65536), ...commonNumbers(8192), ...([0, 1, 2] as const).map((e) => coupled(65536, e)), ...alternatives(8192)];
  const work = ({ variance, pathSteps }: Found) => (variance / wanted ** 2) * pathSteps;
  return {
    head: ["estimator", "found with these few paths", "path-steps to 5 %", "fewer than plain", "processor seconds to 5 % (wasm)"],
    rows: found.map((estimator) => [
      estimator.name,
      `${estimator.mean.toExponential(3)} +- ${estimator.error.toExponential(1)}`,
      work(estimator).toExponential(1),
      (work(found[0]!) / work(estimator)).toExponential(1),
      estimator.seconds === undefined ? "" : ((estimator.variance / wanted ** 2) * estimator.seconds).toPrecision(2),
    ]),
  };
}
