// Which models have figures in the plane: the rule of model/existence.ts, with SGD's laws on an even grid as the measure of how much a
// place matters. Does not do: figures.
import { bind } from "../model/bind.ts";
import { decideProcess, type ExistenceOptions, existenceAt, existenceLimits, type ProcessDecision, survey } from "../model/existence.ts";
import type { SdeModel } from "../model/model.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { planeGrid } from "./plane-basis.ts";
import { onGrid, type PlaneLaw } from "./plane-law.ts";

const defaults = {
  /** Cells a direction, and how far they reach in standard deviations of a law's frame: 1e-9 of a Gaussian lies beyond. */
  cells: 48,
  reach: 6,
  /** The first look has fewer cells; only models that fail somewhere there get the second one. */
  coarseCells: 16,
  /** Cells with less mass than this are not looked at: a series says nothing so far out. */
  leastMass: 1e-13,
};

interface Place {
  readonly x: Float64Array;
  readonly mass: number;
  readonly defect: number;
}

/** The decision on a model, from what it meets where SGD's laws are. */
export function decideInPlane(model: SdeModel, problem: SgdProblem, laws: readonly PlaneLaw[], options: ExistenceOptions): ProcessDecision {
  const start = existenceAt(model, problem, problem.start);
  if (start.defect === null) return decideProcess(model, start, undefined, options);
  const suspect = laws.some((law) => failingPlaces(model, problem, law, defaults.coarseCells).length > 0);
  if (!suspect) return decideProcess(model, start, undefined, options);
  let worst: readonly Place[] = [];
  for (const law of laws) {
    const places = failingPlaces(model, problem, law, defaults.cells);
    if (massOf(places) > massOf(worst)) worst = places;
  }
  return decideProcess(model, start, survey(worst, options), options);
}

/** Places of a law where the model does not exist, with their masses. */
function failingPlaces(model: SdeModel, problem: SgdProblem, law: PlaneLaw, cells: number): Place[] {
  const sde = bind(model, problem);
  const grid = onGrid(law, planeGrid(law.basis.degree, cells, defaults.reach));
  const drift = new Float64Array(2);
  const matrix = new Float64Array(4);
  const places: Place[] = [];
  grid.masses.forEach((mass, i) => {
    if (!(mass > defaults.leastMass)) return;
    const x = Float64Array.of(grid.x[i]!, grid.y[i]!);
    const found = sde.diffusionMatrix(x, matrix);
    // A model without a pole in its diffusion may have one in its drift (SPF).
    const defect = Number.isNaN(sde.drift(x, drift)[0]!) ? Number.NaN : found;
    if (!(defect <= existenceLimits.rounding)) places.push({ x, mass, defect });
  });
  return places;
}

const massOf = (places: readonly Place[]): number => places.reduce((sum, place) => sum + place.mass, 0);
