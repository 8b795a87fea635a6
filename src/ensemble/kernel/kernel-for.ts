// Which programs have a kernel: Gaussian noise given by formulas, objectives given by a formula, and few enough dimensions where a Hessian's
// eigenvalues are needed. The rest (minibatches, networks, many dimensions) runs path by path (ensemble/run.ts).

import { isDeterministic } from "../../model/define.ts";
import type { CoupledProgram } from "../coupled.ts";
import { type ExitProgram, hasNoise } from "../exit-program.ts";
import { processOf } from "../process.ts";
import type { PathProgram } from "../program.ts";
import { coupledKernel } from "./coupled-kernel.ts";
import { exitKernel } from "./exit-kernel.ts";
import type { PathKernel } from "./path-kernel.ts";
import { singleKernel } from "./single-kernel.ts";
import { mostDimensions } from "./spectral.ts";

export const kernelDefaults = {
  /** SGD alone: its program grows with d. */
  mostDimensions: 64,
};

/** The kernel of a program, or undefined where it has none. */
export function kernelFor(program: PathProgram): PathKernel | undefined {
  const { problem, spec } = program;
  const { objective, noise, momentum } = problem;
  // with momentum SGD has kernels, its models none
  if (!objective.formula || noise.kind !== "gaussian" || !noise.covarianceFormulas) return undefined;
  if (problem.tests.some((test) => !test.expr)) return undefined;
  const { d } = objective;
  switch (spec.question) {
    case "single": {
      const alone = typeof processOf(spec.process) === "string";
      if (spec.regions.length > 0 || (momentum && !alone) || d > (alone ? kernelDefaults.mostDimensions : mostDimensions)) return undefined;
      return singleKernel(problem, spec);
    }
    case "coupled":
      return momentum || d > mostDimensions ? undefined : coupledKernel(program as CoupledProgram);
    case "exit": {
      const process = processOf(spec.process);
      const alone = typeof process === "string";
      if (
        (momentum && !alone) ||
        d > (alone ? kernelDefaults.mostDimensions : mostDimensions) ||
        !hasNoise(problem) ||
        (!alone && isDeterministic(process))
      )
        return undefined;
      return exitKernel(program as ExitProgram);
    }
  }
}
