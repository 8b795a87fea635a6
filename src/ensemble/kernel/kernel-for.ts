// Which programs have a kernel: Gaussian or discrete noise given by formulas, objectives given by a formula, and few enough dimensions where a
// Hessian's eigenvalues are needed; SGD on minibatches of a table. The rest (networks, many dimensions) runs path by path (ensemble/run.ts).

import { longestProgram } from "../../codegen/kernel/nodes.ts";
import { isDeterministic } from "../../model/define.ts";
import type { SdeModel } from "../../model/model.ts";
import { atEffectiveRate, hasVelocity } from "../../model/momentum.ts";
import type { BatchRule } from "../../numerics/batches.ts";
import type { Objective } from "../../problem/objective.ts";
import type { SgdProblem } from "../../problem/problem.ts";
import type { CoupledProgram } from "../coupled.ts";
import { type ExitProgram, hasNoise } from "../exit-program.ts";
import type { CoupledJob, SingleJob } from "../job-spec.ts";
import { companionOf, processOf } from "../process.ts";
import type { PathProgram } from "../program.ts";
import { isSvag } from "../svag.ts";
import { coupledKernel } from "./coupled-kernel.ts";
import { exitKernel } from "./exit-kernel.ts";
import type { PathKernel } from "./path-kernel.ts";
import { polynomialPlan } from "./polynomial-plan.ts";
import { singleKernel } from "./single-kernel.ts";
import { singlePolynomialKernel } from "./single-polynomial-kernel.ts";
import { eigenInstructions, mostDimensions } from "./spectral.ts";

export const kernelDefaults = {
  /** SGD alone: its program grows with d. */
  mostDimensions: 64,
  /** Models by polynomials in the Hessian: d^2 entries are written out. */
  mostByPolynomials: 32,
  /** Eigenpairs of all walkers of a program together: longer code takes the compiler seconds, and no cache holds it. */
  mostEigenInstructions: 96_000,
  /** One program: WebAssembly engines take functions of 50 000 locals. */
  mostInstructions: 45_000,
  /** Entries of all atoms of discrete noise: each is a value to select. */
  mostAtomEntries: 256,
  /** Entries of a table, and samples where every path keeps its order of an epoch: each thread has them in memory. */
  mostTableEntries: 1 << 24,
  mostEpochSamples: 1 << 14,
};

/** The kernel of a program, or undefined where it has none. With momentum a model without a velocity is plain SGD's at the effective rate. */
export function kernelFor(program: PathProgram): PathKernel | undefined {
  const path = pathKernel(program);
  return path && longestProgram(path.kernel) <= kernelDefaults.mostInstructions ? path : undefined;
}

function pathKernel(program: PathProgram): PathKernel | undefined {
  const { problem, spec } = program;
  if (problem.momentum && spec.question !== "coupled" && !isSvag(spec.process)) {
    const process = processOf(spec.process);
    if (typeof process !== "string" && !hasVelocity(process)) return pathKernel({ ...program, problem: atEffectiveRate(problem) });
  }
  const { objective, momentum } = problem;
  // with momentum SGD has kernels, models with a velocity and coupled paths have none
  if (!objective.formula || !hasKernelNoise(problem, spec.question === "coupled" ? undefined : spec.process)) return undefined;
  if (problem.tests.some((test) => !test.expr)) return undefined;
  if (spec.question !== "coupled" && isSvag(spec.process)) return undefined;
  const { d } = objective;
  switch (spec.question) {
    case "single": {
      const process = processOf(spec.process);
      const alone = typeof process === "string";
      if (spec.regions.length > 0 || (momentum && !alone) || d > kernelDefaults.mostDimensions) return undefined;
      if (alone) return singleKernel(problem, spec);
      return singleByPolynomials(problem, spec, process) ?? (takesEigenpairs(problem, 1) ? singleKernel(problem, spec) : undefined);
    }
    case "coupled":
      if (momentum) return undefined;
      return byPolynomials(program as CoupledProgram) ?? coupledByEigenpairs(program as CoupledProgram);
    case "exit": {
      const process = processOf(spec.process);
      const alone = typeof process === "string";
      if (
        (momentum && !alone) ||
        (alone ? d > kernelDefaults.mostDimensions : !takesEigenpairs(problem, (program as ExitProgram).levels!.substeps.length)) ||
        !hasNoise(problem) ||
        (!alone && isDeterministic(process))
      )
        return undefined;
      return exitKernel(program as ExitProgram);
    }
  }
}

/** Whether so many walkers, each with the eigenpairs of a Hessian and of a covariance, are for a kernel. What is constant is not computed there. */
function takesEigenpairs({ objective, noise }: SgdProblem, walkers: number): boolean {
  const { d, quadratic } = objective;
  const covariance = noise.isotropicVariance === undefined && !(noise.constant && quadratic);
  const pairs = (quadratic ? 0 : 1) + (covariance ? 1 : 0);
  return d <= mostDimensions && walkers * pairs * eigenInstructions(d) <= kernelDefaults.mostEigenInstructions;
}

function coupledByEigenpairs(program: CoupledProgram): PathKernel | undefined {
  const { companions, mirrored } = program.spec as CoupledJob;
  const refined = companions.filter((_, c) => program.refines(c)).length;
  const walkers = 1 + (companions.length - refined) + refined * program.levels.substeps.length;
  return takesEigenpairs(program.problem, (mirrored ? 2 : 1) * walkers) ? coupledKernel(program) : undefined;
}

/** Three dimensions and more: polynomials in the Hessian, where the problem is one for them, take a fraction of the time of its eigenvectors. */
const forPolynomials = ({ objective: { d } }: SgdProblem): boolean => d > 2 && d <= kernelDefaults.mostByPolynomials;

function byPolynomials(program: CoupledProgram): PathKernel | undefined {
  const { problem, spec } = program;
  const { fine, companions } = spec as CoupledJob;
  const models = companions.map(companionOf).flatMap((one) => (one === "sgd-gaussian" || isDeterministic(one) ? [] : [one]));
  if (!forPolynomials(problem)) return undefined;
  const plan = polynomialPlan(problem, models, fine, program.levels.substeps);
  return plan && coupledKernel(program, plan);
}

function singleByPolynomials(problem: SgdProblem, job: SingleJob, model: SdeModel): PathKernel | undefined {
  if (!forPolynomials(problem) || isDeterministic(model)) return undefined;
  const plan = polynomialPlan(problem, [model], job.substeps, [job.substeps]);
  return plan && singlePolynomialKernel(problem, job, model, plan);
}

/** Whether the process's own noise is for a kernel, or, of coupled ones, both SGD's and that of what stands beside it. */
function hasKernelNoise({ noise, objective }: SgdProblem, process: string | undefined): boolean {
  const byFormulas = process !== "sgd" || noise.kind !== "minibatch";
  if (byFormulas && !noise.covarianceFormulas) return false;
  if (noise.kind === "minibatch") return (process !== undefined && process !== "sgd") || hasKernelRows(objective, noise.minibatch!);
  if (noise.kind === "gaussian") return true;
  return noise.atomFormulas !== undefined && noise.atomFormulas.values.flat().length <= kernelDefaults.mostAtomEntries;
}

function hasKernelRows({ d, leastSquares }: Objective, { epochs }: BatchRule): boolean {
  if (!leastSquares) return false;
  const { n } = leastSquares;
  return n * (d + 1) <= kernelDefaults.mostTableEntries && (!epochs || n <= kernelDefaults.mostEpochSamples);
}
