// SGD's laws on the line: normal mixtures from the lattice laws one step earlier at two spacings (Gaussian noise), or mean and variance alone
// (discrete noise); where it settles.
import { estimate } from "../answer/estimate.ts";
import type { LawAtStep } from "../answer/law.ts";
import { type Warning, warning } from "../answer/warning.ts";
import { chainWarning, type LatticeLaw, runChain } from "./chain.ts";
import { discreteExpectations, discreteStep } from "./chain-discrete.ts";
import { gaussianStep, latticeLevels } from "./chain-expectations.ts";
import { type FigureLimits, grid, moments } from "./law-figures.ts";
import { type SampledLaw, sampleLaw } from "./line-divergence.ts";
import type { Range } from "./line-domain.ts";
import { type LineLaw, mixtureLaw, nextLaw } from "./line-law.ts";
import type { LineMesh } from "./line-mesh.ts";
import type { LineProblem } from "./line-problem.ts";
import { outOfReach } from "./scale-function.ts";
import { settledRange } from "./settled-range.ts";

/** SGD's laws at the steps asked about, Gaussian noise. */
export interface SgdLaws {
  /** At two lattices, by step. */
  readonly coarse: readonly LineLaw[];
  readonly fine: readonly LineLaw[];
  readonly range: Range;
  readonly samples: Map<LineMesh, SampledLaw[]>;
}

/** Spacings of lattices for pictures: 1e-6 and 3e-9, at less than half the work. */
const draftLattices = [
  { fineness: 1.2, shift: 0 },
  { fineness: 1, shift: 0.5 },
] as const;

/** The mixtures that one step makes of the lattice laws before the steps asked about. */
export function sgdLaws(line: LineProblem, steps: readonly number[], warnings: Warning[], draft = false): SgdLaws | null {
  const chain = gaussianStep(line);
  const last = steps.at(-1)!;
  const found = (draft ? draftLattices : latticeLevels.slice(0, 2)).map((level) => {
    const laws = new Map<number, LineLaw>();
    const run = runChain(chain, line.start, last, level, (law: LatticeLaw, lattice) => {
      if (law.step === 1) {
        laws.clear();
        laws.set(1, mixtureLaw(Float64Array.of(chain.mean(line.start)), Float64Array.of(chain.deviation(line.start)), Float64Array.of(1)));
      }
      if (steps.includes(law.step + 1)) laws.set(law.step + 1, nextLaw(chain, law, lattice));
    });
    return { run, laws };
  });
  const [coarse, fine] = found as [(typeof found)[number], (typeof found)[number]];
  for (const { run } of [coarse, fine]) {
    if (!("failure" in run)) continue;
    warnings.push(chainWarning(run));
    return null;
  }
  const pick = (laws: Map<number, LineLaw>): LineLaw[] => steps.map((step) => laws.get(step)!);
  return { coarse: pick(coarse.laws), fine: pick(fine.laws), range: coarse.run as Range, samples: new Map() };
}

/** Their figures. */
export function sgdAnswer(
  { coarse, fine }: SgdLaws,
  steps: readonly number[],
  range: Range | null,
  { acceptable, floor }: FigureLimits = {},
): LawAtStep[] {
  return steps.map((step, i) => {
    const density = grid(coarse[i]!, fine[i]!, range ?? whole(fine[i]!), floor);
    return { step, ...moments(coarse[i]!, fine[i]!, acceptable), ...(density && { density }) };
  });
}

/** For a law whose range with the models' is not known. */
const whole = ({ mean, variance }: LineLaw): Range => ({ low: mean - 8 * Math.sqrt(variance), high: mean + 8 * Math.sqrt(variance) });

/** Without Gaussian noise: mean and covariance from E x and E (x - x_0)², or the path itself where there is no noise. */
export function sgdMoments(line: LineProblem, steps: readonly number[], warnings: Warning[]): LawAtStep[] {
  const { problem, start } = line;
  const last = steps.at(-1)!;
  if (problem.noise.gaussian && line.deviation(start) > 0) return steps.map((step) => ({ step, mean: null, covariance: null }));
  if (line.deviation(start) === 0 || problem.noise.atoms === undefined) {
    warnings.push(
      warning(
        "not-applicable",
        line.deviation(start) === 0
          ? "SGD's noise vanishes at the start: its law is not computed here."
          : "SGD with minibatch noise has no law without sampling here: --method sample answers it.",
      ),
    );
    return steps.map((step) => ({ step, mean: null, covariance: null }));
  }
  const [first, second] = discreteExpectations(discreteStep(problem, line), start, [(x) => x - start, (x) => (x - start) ** 2], last);
  if (!first || !second)
    warnings.push(warning("not-converged", "SGD: its moments are not resolved (two meshes differ), or its paths overflow."));
  return steps.map((step) => {
    if (!first || !second) return { step, mean: null, covariance: null };
    const m = first.values[step]!;
    const error = first.errors[step]!;
    const spread = second.errors[step]! + 2 * Math.abs(m) * error;
    return {
      step,
      mean: [estimate(start + m, error, first.kind)],
      covariance: [[estimate(second.values[step]! - m * m, spread, first.kind)]],
    };
  });
}

/** Where SGD settles: the range of its law, and what the same noise in continuous time reaches in the long run, over barriers too. */
export function recurrentRange(line: LineProblem): Range | null {
  const settled = settledRange(line);
  const continuous = { drift: (x: number) => -line.slope(x), diffusion: (x: number) => line.eta * line.variance(x) };
  const scale = 10 * line.deviation(line.start);
  const low = outOfReach(continuous, line.start, -1, scale);
  const high = outOfReach(continuous, line.start, 1, scale);
  if (settled === null || low === null || high === null) return null;
  return { low: Math.min(low, settled.low), high: Math.max(high, settled.high) };
}

/** SGD's law at a mesh's nodes, which the models share. */
export function sampled(sgd: SgdLaws, i: number, mesh: LineMesh): SampledLaw {
  const kept = sgd.samples.get(mesh) ?? [];
  sgd.samples.set(mesh, kept);
  return (kept[i] ??= sampleLaw(sgd.fine[i]!, mesh.nodes, mesh.weights));
}

/** SGD's moments, for distances from a point. */
export interface PlainMoments {
  readonly mean: number;
  readonly variance: number;
  /** Bound on the errors of both. */
  readonly error: number;
}

/** Of SGD at the i-th step. */
export function momentsAt({ coarse, fine }: SgdLaws, i: number): PlainMoments {
  const [a, b] = [coarse[i]!, fine[i]!];
  const error = Math.max(Math.abs(a.mean - b.mean) + 1e-14 * Math.abs(b.mean), Math.abs(a.variance - b.variance) + 1e-13 * b.variance);
  return { mean: b.mean, variance: b.variance, error };
}
