// The quadratic part of a problem as a control: SGD y_k on (y - c)^T A (y - c)/2 with constant noise, driven by the very random numbers of SGD's
// paths. Its law is known exactly: mean and covariance by a recursion of matrices. Polynomials of degree 2 in y of mean zero,
//
//     psi(y) = sum_i b_i u_i + sum_{j <= i} q_ij (u_i u_j - C_ij),   u = y_k - E y_k,  C = Cov y_k,
//
// may so be taken from any figure, on every path, without changing its mean; how A, c and the coefficients are found: control-fit.ts. With Gaussian
// noise y moves as coupled-sgd.ts would have it move: on a quadratic problem it is SGD's own path to rounding. Discrete noise has two such
// processes, one that takes SGD's atoms and one for what is driven by normals; a difference of the two takes the difference of their psi.

import { haSme } from "../model/ha-sme.ts";
import { fromRows, type Matrix, type Vector } from "../numerics/arrays.ts";
import { multiply, multiplyVector, transpose } from "../numerics/linear.ts";
import { createStream } from "../numerics/random.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { readProblem } from "../problem/read.ts";
import { coupledSgdWalker } from "./coupled-sgd.ts";

/** Part of a job. */
export interface ControlSpec {
  /** A and c. */
  readonly matrix: readonly (readonly number[])[];
  readonly center: readonly number[];
  readonly covariance: readonly (readonly number[])[];
  /** Discrete noise: atoms of mean zero, at a typical place. */
  readonly atoms?: { readonly values: readonly (readonly number[])[]; readonly probabilities: readonly number[] };
  /** Whether the values of SGD and of its companions are controlled, or their differences only. */
  readonly values: boolean;
  /** Coefficients by node; a place takes those of the first node not before it. */
  readonly nodes: readonly ControlNode[];
}

/** Coefficients of psi: b, then q by rows. */
export type Coefficients = readonly number[];

export interface ControlNode {
  readonly place: number;
  /** By value: SGD's, and its companions'. */
  readonly values: readonly Coefficients[];
  /** By companion and value, with Gaussian noise: their differences from SGD. None: nothing is taken from them. */
  readonly differences: readonly (readonly Coefficients[])[];
}

/** Features of psi: u_i, then u_i u_j for j <= i. */
export const featureCount = (d: number): number => d + (d * (d + 1)) / 2;

/** y+ = y - eta A (y - c) - noise, as matrices. */
export interface ControlProcess {
  /** I - eta A. */
  readonly step: Matrix;
  readonly center: Vector;
  /** Noise over a step, eta included: sum_j maps[j] n_j of the step's normals, or one of the atoms. */
  readonly noise:
    | { readonly maps: readonly Matrix[] }
    | { readonly atoms: readonly (readonly number[])[]; readonly passed: readonly number[] };
  /** Law at the steps asked for: mean [place][d], covariance [place][d x d]. */
  readonly laws: readonly { readonly mean: Vector; readonly covariance: Matrix }[];
}

/** The quadratic problem itself. */
export function quadraticPart(problem: SgdProblem, { matrix, center, covariance }: ControlSpec): SgdProblem {
  return readProblem({
    objective: { quadratic: { matrix, center } },
    noise: { gaussian: { covariance } },
    learningRate: problem.learningRate,
    start: Array.from(problem.start),
    steps: 1,
  });
}

/** @param fine  vectors of normals a step */
export function normalControl(problem: SgdProblem, control: ControlSpec, steps: readonly number[], fine: number): ControlProcess {
  const { d } = problem.objective;
  const walker = coupledSgdWalker(quadraticPart(problem, control), haSme, fine);
  // the walker's step is affine in the normals: its columns are what it makes of unit vectors, less what it makes of none
  const normals = new Float64Array(fine * d);
  const moved = (): Vector => {
    walker.begin(0);
    walker.advance(0, normals);
    return walker.x.slice();
  };
  const still = moved();
  const maps = Array.from({ length: fine }, (_, j) => {
    const map = new Float64Array(d * d);
    for (let k = 0; k < d; k++) {
      normals[j * d + k] = 1;
      const x = moved();
      for (let i = 0; i < d; i++) map[i * d + k] = still[i]! - x[i]!;
      normals[j * d + k] = 0;
    }
    return map;
  });
  const spread = new Float64Array(d * d);
  for (const map of maps) {
    const square = multiply(map, transpose(map, d), d);
    for (let k = 0; k < d * d; k++) spread[k]! += square[k]!;
  }
  return processOf(problem, control, { maps }, spread, steps);
}

/** The process that takes SGD's atoms. */
export function atomControl(problem: SgdProblem, control: ControlSpec, steps: readonly number[]): ControlProcess {
  const { d } = problem.objective;
  const { values, probabilities } = control.atoms!;
  const atoms = values.map((vector) => vector.map((entry) => problem.learningRate * entry));
  const passed: number[] = [];
  let sum = 0;
  for (const p of probabilities.slice(0, -1)) passed.push((sum += p));
  const spread = new Float64Array(d * d);
  for (const [a, atom] of atoms.entries())
    for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) spread[i * d + j]! += probabilities[a]! * atom[i]! * atom[j]!;
  return processOf(problem, control, { atoms, passed }, spread, steps);
}

function processOf(
  { objective: { d }, learningRate: eta, start }: SgdProblem,
  control: ControlSpec,
  noise: ControlProcess["noise"],
  spread: Matrix,
  steps: readonly number[],
): ControlProcess {
  const step = fromRows(control.matrix).map((entry, k) => (k % (d + 1) === 0 ? 1 : 0) - eta * entry);
  const center = Float64Array.from(control.center);
  let offset: Vector = start.map((x, i) => x - center[i]!);
  let covariance: Matrix = new Float64Array(d * d);
  const laws: { mean: Vector; covariance: Matrix }[] = [];
  const last = steps.at(-1) ?? 0;
  for (let k = 0, place = 0; k < last; k++) {
    offset = multiplyVector(step, offset, d);
    covariance = multiply(multiply(step, covariance, d), transpose(step, d), d);
    for (let i = 0; i < d * d; i++) covariance[i]! += spread[i]!;
    if (steps[place] !== k + 1) continue;
    laws.push({ mean: offset.map((y, i) => y + center[i]!), covariance: covariance.slice() });
    place++;
  }
  return { step, center, noise, laws };
}

/** The path y, step by step. */
export interface ControlWalker {
  begin(path: number): void;
  advance(step: number, normals: Float64Array): void;
  /** u_i and u_i u_j - C_ij at a place. */
  features(place: number, out: Float64Array): Float64Array;
}

export function controlWalker(problem: SgdProblem, { step, center, noise, laws }: ControlProcess, seed: number): ControlWalker {
  const { d } = problem.objective;
  const y = Float64Array.from(problem.start);
  const next = new Float64Array(d);
  const stream = createStream(seed);
  let path = 0;
  return {
    begin(number) {
      path = number;
      y.set(problem.start);
    },
    advance(k, normals) {
      for (let i = 0; i < d; i++) {
        let sum = center[i]!;
        for (let j = 0; j < d; j++) sum += step[i * d + j]! * (y[j]! - center[j]!);
        next[i] = sum;
      }
      if ("maps" in noise) {
        for (const [q, map] of noise.maps.entries())
          for (let i = 0; i < d; i++) {
            let sum = 0;
            for (let j = 0; j < d; j++) sum += map[i * d + j]! * normals[q * d + j]!;
            next[i]! -= sum;
          }
      } else {
        const u = stream.moveTo(path, k, "gradientNoise").uniform();
        let a = 0;
        while (a < noise.passed.length && noise.passed[a]! <= u) a++;
        for (let i = 0; i < d; i++) next[i]! -= noise.atoms[a]![i]!;
      }
      y.set(next);
    },
    features(place, out) {
      const { mean, covariance } = laws[place]!;
      for (let i = 0; i < d; i++) out[i] = y[i]! - mean[i]!;
      let to = d;
      for (let i = 0; i < d; i++) for (let j = 0; j <= i; j++) out[to++] = out[i]! * out[j]! - covariance[i * d + j]!;
      return out;
    },
  };
}

/** The coefficients of a place. */
export function nodeAt({ nodes }: ControlSpec, place: number): ControlNode {
  return nodes.find((node) => node.place >= place) ?? nodes.at(-1)!;
}

/** What is taken from the figures of one path. */
export interface PathControl {
  begin(path: number): void;
  advance(step: number, normals: Float64Array): void;
  /** Looks at the place-th of the steps; what follows tells of it. */
  look(place: number): void;
  /** From a value of SGD; from a companion's difference; from a companion's value, SGD's value and the difference. */
  own(value: number): number;
  difference(companion: number, value: number): number;
  companion(companion: number, value: number): number;
}

export function pathControl(problem: SgdProblem, control: ControlSpec, steps: readonly number[], fine: number, seed: number): PathControl {
  const width = featureCount(problem.objective.d);
  const driven = controlWalker(problem, normalControl(problem, control, steps, fine), seed);
  const own = control.atoms && controlWalker(problem, atomControl(problem, control, steps), seed);
  const features = new Float64Array(width);
  const ownFeatures = own ? new Float64Array(width) : features;
  const nodes = steps.map((_, place) => nodeAt(control, place));
  let node = nodes[0]!;
  const psi = (coefficients: Coefficients | undefined, of: Float64Array): number => {
    let sum = 0;
    if (coefficients) for (let f = 0; f < width; f++) sum += coefficients[f]! * of[f]!;
    return sum;
  };
  const ofOwn = (value: number): number => psi(node.values[value], ownFeatures);
  const ofDifference = (companion: number, value: number): number =>
    own ? psi(node.values[value], features) - psi(node.values[value], ownFeatures) : psi(node.differences[companion]?.[value], features);
  return {
    begin(path) {
      driven.begin(path);
      own?.begin(path);
    },
    advance(step, normals) {
      driven.advance(step, normals);
      own?.advance(step, normals);
    },
    look(place) {
      node = nodes[place]!;
      driven.features(place, features);
      own?.features(place, ownFeatures);
    },
    own: ofOwn,
    difference: ofDifference,
    companion: (companion, value) => (own ? psi(node.values[value], features) : ofOwn(value) + ofDifference(companion, value)),
  };
}
