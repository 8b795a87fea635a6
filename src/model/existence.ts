// When does a model exist? The one rule of the interface, in one place, for all questions:
// - at a point it exists where z < 1 and the psd defect of D D^T is at most 1e-12 (a defect of rounding);
// - closed-form moments are given wherever z < 1, formal where it does not exist (`formalWarning`);
// - what needs a real process takes the nearest psd matrix up to a defect of 1e-2 (warning `nearest`), or at any defect on request;
//   beyond that, or at any defect if strict, there are no figures (`not-embeddable`);
// - z >= 1 or a large defect away from the start is an `edge` where SGD's law has less than 1e-6 of its mass, else `no-diffusion`.
// The two-step form (z > 1 on quadratics with constant noise) is the law's own business: see law/gaussian.ts.
import { type Warning, warning } from "../answer/warning.ts";
import type { Matrix, Vector } from "../numerics/arrays.ts";
import { symmetricEigenvalues } from "../numerics/eigen.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { bind } from "./bind.ts";
import { lackingFor } from "./correction.ts";
import { hasPole } from "./define.ts";
import type { SdeModel } from "./model.ts";
import type { Treatment } from "./sde.ts";

export const existenceLimits = Object.freeze({
  /** Defects up to here are rounding: the matrix counts as psd. */
  rounding: 1e-12,
  /** Defects up to here are mended by projection, with a warning. */
  nearest: 1e-2,
  /** Places with less of SGD's mass than this are an edge. */
  edgeMass: 1e-6,
});

/** What the caller asked for (flags of the same names). */
export interface ExistenceOptions {
  /** Project whatever the defect. */
  readonly nearest?: boolean;
  /** Do not project at any defect. */
  readonly strict?: boolean;
}

/** A model at a point. */
export interface PointExistence {
  readonly exists: boolean;
  /** Largest z = eta lambda of H at the point. */
  readonly zMax: number;
  /** Psd defect of D D^T; null where z >= 1 leaves the model without one. Infinity where D D^T is indefinite with trace <= 0. */
  readonly defect: number | null;
  /** D D^T, formal; null likewise. */
  readonly diffusion: Matrix | null;
  /** What the problem lacks of the derivatives that the model needs; defect and diffusion are null then, too. */
  readonly lacks?: string;
}

/** What a process met: the places are weighed with SGD's law. */
export interface Met {
  /** SGD's mass where z >= 1, and the heaviest such place. */
  readonly noDiffusionMass: number;
  readonly noDiffusionPlace: Vector | null;
  /** SGD's mass where the defect is larger than may be mended, and the place of the largest one. */
  readonly largeDefectMass: number;
  readonly largeDefectPlace: Vector | null;
  /** The largest defect that was mended. */
  readonly mendedDefect: number;
}

/** Whether figures that need a real process can be given, how D D^T is to be taken, and what is to be said about it. */
export interface ProcessDecision {
  readonly answered: boolean;
  readonly treatment: Treatment;
  readonly warnings: readonly Warning[];
}

/** The largest defect that may be mended silently but for a warning. */
export function mendableDefect(options: ExistenceOptions): number {
  if (options.strict) return existenceLimits.rounding;
  return options.nearest ? Number.POSITIVE_INFINITY : existenceLimits.nearest;
}

/** Largest eigenvalue of H(x) times eta; NaN where the objective has no Hessian. */
export function largestZ(problem: SgdProblem, x: Vector): number {
  const { objective } = problem;
  if (!objective.hessian) return Number.NaN;
  const values = symmetricEigenvalues(objective.hessian(x, new Float64Array(objective.d * objective.d)), objective.d);
  return problem.learningRate * values[objective.d - 1]!;
}

/** The model at x, one-step. */
export function existenceAt(model: SdeModel, problem: SgdProblem, x: Vector): PointExistence {
  const { d } = problem.objective;
  const zMax = largestZ(problem, x);
  const lacks = lackingFor(model, problem);
  if (lacks !== undefined) return { exists: false, zMax, defect: null, diffusion: null, lacks };
  if (hasPole(model) && !(zMax < 1)) return { exists: false, zMax, defect: null, diffusion: null };
  const diffusion = new Float64Array(d * d);
  const defect = bind(model, problem).diffusionMatrix(x, diffusion);
  return { exists: defect <= existenceLimits.rounding, zMax, defect, diffusion };
}

/** Sums up what was met: z and defect at places with a mass; a defect of NaN counts as no diffusion. */
export function survey(
  places: Iterable<{ readonly x: Vector; readonly mass: number; readonly defect: number }>,
  options: ExistenceOptions,
): Met {
  const limit = mendableDefect(options);
  let noDiffusionMass = 0;
  let noDiffusionPlace: Vector | null = null;
  let heaviest = 0;
  let largeDefectMass = 0;
  let largeDefectPlace: Vector | null = null;
  let largest = 0;
  let mendedDefect = 0;
  for (const { x, mass, defect } of places) {
    if (Number.isNaN(defect)) {
      noDiffusionMass += mass;
      if (noDiffusionPlace === null || mass > heaviest) [noDiffusionPlace, heaviest] = [Float64Array.from(x), mass];
    } else if (defect > limit) {
      largeDefectMass += mass;
      if (largeDefectPlace === null || defect > largest) [largeDefectPlace, largest] = [Float64Array.from(x), defect];
    } else if (defect > existenceLimits.rounding) mendedDefect = Math.max(mendedDefect, defect);
  }
  return { noDiffusionMass, noDiffusionPlace, largeDefectMass, largeDefectPlace, mendedDefect };
}

/**
 * The rule for figures that need a real process (densities, exits, sampling, solved equations).
 * @param start the model at the start
 * @param met what it meets on the way, if it goes anywhere
 */
export function decideProcess(model: SdeModel, start: PointExistence, met: Met | undefined, options: ExistenceOptions): ProcessDecision {
  const refuse = (w: Warning): ProcessDecision => ({ answered: false, treatment: "formal", warnings: [w] });
  if (start.lacks !== undefined) return refuse(lackingWarning(model, start.lacks));
  if (start.defect === null) return refuse(noDiffusionWarning(model, start.zMax));
  const limit = mendableDefect(options);
  if (start.defect > limit || Number.isNaN(start.defect)) return refuse(notEmbeddableWarning(model, start.defect, options));
  const warnings: Warning[] = [];
  if (met && met.noDiffusionPlace !== null) {
    const place = { mass: met.noDiffusionMass, place: Array.from(met.noDiffusionPlace) };
    if (met.noDiffusionMass >= existenceLimits.edgeMass) {
      return refuse(
        warning(
          "no-diffusion",
          `${model.title} has no diffusion where z >= 1, and SGD's law has ${shown(met.noDiffusionMass)} of its mass at such places, near x = ${places(met.noDiffusionPlace)}.`,
          { model: model.id, ...place },
        ),
      );
    }
    warnings.push(
      warning(
        "edge",
        `${model.title} has no diffusion where z >= 1, at places with ${shown(met.noDiffusionMass)} of SGD's mass: z was held below 1 there.`,
        {
          model: model.id,
          ...place,
          treatment: "z held below 1",
        },
      ),
    );
  }
  if (met && met.largeDefectPlace !== null) {
    const place = { mass: met.largeDefectMass, place: Array.from(met.largeDefectPlace) };
    if (met.largeDefectMass >= existenceLimits.edgeMass) {
      return refuse(
        warning(
          "no-diffusion",
          `${model.title}: D D^T is indefinite by more than ${shown(limit)} of its trace where SGD's law has ${shown(met.largeDefectMass)} of its mass, near x = ${places(met.largeDefectPlace)}; --nearest projects it.`,
          { model: model.id, ...place },
        ),
      );
    }
    warnings.push(
      warning(
        "edge",
        `${model.title}: D D^T is indefinite by more than ${shown(limit)} of its trace at places with ${shown(met.largeDefectMass)} of SGD's mass: it was projected there.`,
        {
          model: model.id,
          ...place,
          treatment: "nearest",
        },
      ),
    );
  }
  const mended = Math.max(start.defect, met?.mendedDefect ?? 0);
  if (mended > existenceLimits.rounding) warnings.push(nearestWarning(model, mended));
  const treatment = mended > existenceLimits.rounding || (met !== undefined && met.largeDefectPlace !== null) ? "nearest" : "formal";
  return { answered: true, treatment, warnings };
}

/** Closed-form moments of a model that does not exist. */
export function formalWarning(model: SdeModel, defect: number): Warning {
  return warning(
    "formal",
    `${model.title} does not exist as a process here: D D^T at the start is indefinite (psd defect ${shown(defect)}). Its moments are those of its equations, formally.`,
    { model: model.id, defect: finite(defect) },
  );
}

/** D D^T was projected. */
export function nearestWarning(model: SdeModel, defect: number): Warning {
  return warning(
    "nearest",
    `${model.title}: D D^T is indefinite (largest psd defect ${shown(defect)}); the nearest positive semidefinite matrix was used.`,
    {
      model: model.id,
      defect: finite(defect),
    },
  );
}

/** D D^T is indefinite by more than is mended. */
export function notEmbeddableWarning(model: SdeModel, defect: number, options: ExistenceOptions): Warning {
  const why = options.strict ? "--strict allows none" : `at most ${existenceLimits.nearest} is mended; --nearest projects it`;
  return warning("not-embeddable", `${model.title}: D D^T is indefinite (psd defect ${shown(defect)}; ${why}): no figures.`, {
    model: model.id,
    defect: finite(defect),
  });
}

/** A derivative that the model needs is not to be had. */
export function lackingWarning(model: SdeModel, lacks: string): Warning {
  return warning("not-applicable", `${model.title} needs ${lacks}, which this problem does not give.`, { model: model.id });
}

/** z >= 1 at the start. */
export function noDiffusionWarning(model: SdeModel, zMax: number, hint = ""): Warning {
  const why = zMax === 1 ? "z = 1 there: the step forgets the past in one go" : `z = eta lambda = ${shown(zMax)} >= 1 there`;
  return warning("no-diffusion", `${model.title} has no diffusion at the start: ${why}.${hint === "" ? "" : ` ${hint}`}`, {
    model: model.id,
    z: finite(zMax),
  });
}

/** Three digits for messages. */
function shown(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : String(value);
}

function places(x: Vector): string {
  return x.length === 1 ? shown(x[0]!) : `(${Array.from(x.subarray(0, 6), shown).join(", ")}${x.length > 6 ? ", ..." : ""})`;
}

/** JSON has no Infinity. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
