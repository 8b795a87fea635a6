// Antithetic paths: whether every path of a coupled program should come with the one on the negated normals (coupled.ts). A pair costs two paths at
// most, so that half as many are run, and has no odd part. It helps early, while figures are nearly linear in the normals, and where there is no
// control (control.ts); about the middle of a law that has settled figures are even, and pairs are worse. Pilots tell, path numbers that no sample
// has; nothing depends on the clock.
import { exp, log } from "../numerics/elementary.ts";
import type { NormalKind } from "../numerics/normals.ts";
import type { SgdProblem } from "../problem/problem.ts";
import type { ControlSpec } from "./control.ts";
import { controlDefaults } from "./control-fit.ts";
import { type CoupledProgram, coupledProgram, differenceFigure, valueFigure } from "./coupled.ts";
import { figureRows } from "./kernel/figure-rows.ts";
import { kernelFor } from "./kernel/kernel-for.ts";
import { accumulator, type Moments, varianceOf } from "./moments.ts";
import type { ObservationSpec } from "./observation.ts";
import type { Companion } from "./process.ts";

export const mirroredDefaults = {
  /** Pilots start here, beyond those of controls. */
  firstPath: controlDefaults.firstPath + 2 ** 20,
  /** Pilot paths, and pairs. */
  pilots: 1024,
  /** Pilots may take so many steps: longer horizons go without. */
  steps: 2e6,
  /** How much smaller the variances of pairs have to be than those of as many paths: in the geometric mean over all figures, and of each. */
  worthwhile: 1.5,
  least: 0.9,
};

export interface MirroredAsk {
  readonly companions: readonly Companion[];
  readonly observation: ObservationSpec;
  readonly seed: number;
  readonly normals?: NormalKind | undefined;
  readonly control: ControlSpec | undefined;
  /** Of the sample to come. */
  readonly paths: number;
  /** Whether values are what is asked, beside differences. */
  readonly values: boolean;
}

export function worthMirroring(problem: SgdProblem, ask: MirroredAsk): boolean {
  const { pilots, steps, worthwhile, least } = mirroredDefaults;
  const { companions, observation, seed, normals, paths, values } = ask;
  if (problem.noise.kind !== "gaussian" || problem.momentum || paths < controlDefaults.fewestPaths) return false;
  if (pilots * problem.steps > steps) return false;
  const control = ask.control && { ...ask.control, nodes: [{ ...ask.control.nodes.at(-1)!, place: 0 }] };
  const make = (mirrored: boolean) =>
    coupledProgram(problem, companions, observation, [problem.steps], controlDefaults.substeps, seed, 2, normals, control, mirrored);
  const both = [make(false), make(true)] as const;
  // path by path the pilots would take seconds
  if (!both.every((program) => kernelFor(program))) return false;
  const [alone, pairs] = both.map(pilotsOf) as [Moments, Moments];
  const [program] = both;
  const noisy = companions.flatMap((_, c) => (program.fixed(c) ? [] : [c]));
  const figures = problem.tests.flatMap((_, v) => [
    ...(values ? [program.sgd(0, v), ...noisy.map((c) => program.companion(c, 0, v, valueFigure))] : []),
    ...noisy.map((c) => program.companion(c, 0, v, differenceFigure)),
  ]);
  // what does not exist, or has no variance left, tells nothing
  const gains = figures
    .map((figure) => varianceOf(alone, figure) / (2 * varianceOf(pairs, figure)))
    .filter((gain) => gain > 0 && gain < 1e15);
  const mean = exp(gains.reduce((sum, gain) => sum + log(gain) / gains.length, 0));
  return gains.length > 0 && gains.every((gain) => gain >= least) && mean >= worthwhile;
}

/** Moments of the pilots' figures. */
function pilotsOf(program: CoupledProgram): Moments {
  const { pilots, firstPath } = mirroredDefaults;
  const rows = figureRows(program, firstPath, pilots);
  const sums = accumulator(program.size);
  for (let p = 0; p < pilots; p++) sums.add(rows.subarray(p * program.size, (p + 1) * program.size));
  return sums.moments();
}
