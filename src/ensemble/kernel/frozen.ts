// A model's coefficients frozen at a point, written into a kernel's program: the same linear SDE as ensemble/frozen.ts, which is its oracle.
// Over a time s of a step: mean increment s E(a s) beta, noise covariance s E((a_i + a_j) s) C_ij in the eigenbasis, E(w) = expm1(w)/w.
//
// Where e^a = r = 1 - z (HA-SME's drift) and a piece is 2^-K of a step, square roots are enough, q_k = r^(2^-k):
//     s E(a s) c(z)            = 1/prod_{k=1..K} (1 + q_k)               (no 0/0 at z = 0)
//     s E((a_i + a_j) s) m_ij  = 1/prod_{k=1..K} (1 + q_k,i q_k,j)
import type { Value } from "../../codegen/program.ts";
import { liveTerms } from "../../model/correction.ts";
import { hasPole } from "../../model/define.ts";
import { haSme } from "../../model/ha-sme.ts";
import type { SdeModel } from "../../model/model.ts";
import type { SgdProblem } from "../../problem/problem.ts";
import { roundingDefect } from "../events.ts";
import { heldBelowOne } from "../frozen.ts";
import type { Local } from "./local.ts";
import { nearestPsd } from "./psd.ts";
import { type Spectral, spectralOf } from "./spectral.ts";
import { type Builder, cholesky, dot, larger, lowerTimes, relativeExpm1, sumOf, times, valueOps } from "./values.ts";

export interface FrozenValues {
  /** Mean increment over 1/level of a step. */
  mean(level: number): Value[];
  /** sum_q e^{A (pieces - 1 - q)/fine} L n_q, L L^T the covariance over 1/fine of a step. */
  noise(normals: readonly (readonly Value[])[]): Value[];
  /** v^T C v: the variance, in a unit of a step, of the frozen noise along v. */
  varianceAlong(v: readonly Value[]): Value;
  /** Largest z, where z < 1 is needed. */
  readonly z: Value | undefined;
  /** psd defect of C, where it can have one. */
  readonly defect: Value | undefined;
  /** Condition: the frozen law is not the model's (z held, C projected). */
  readonly mended: Value | undefined;
}

/** log2 of a power of two, else undefined. */
function log2(n: number): number | undefined {
  let k = 0;
  for (let p = 1; p < n; p *= 2) k++;
  return 2 ** k === n ? k : undefined;
}

/**
 * @param local  formulas at the point
 * @param fine   pieces a step
 */
export function freezeValues(m: Builder, problem: SgdProblem, model: SdeModel, local: Local, fine: number): FrozenValues {
  const { learningRate: eta, noise } = problem;
  const ops = valueOps(m);
  const one = m.constant(1);
  const spectral = spectralOf(m, local.hessian);
  const range = spectral.values.map((_, i) => i);
  const pole = hasPole(model);
  let z = spectral.values.map((value) => m.multiply(m.constant(eta), value));
  const zMax = pole ? z.reduce((a, b) => larger(m, a, b)) : undefined;
  const held = zMax === undefined ? undefined : m.lessEqual(one, zMax);
  if (pole) z = z.map((value) => m.select(m.lessEqual(one, value), m.constant(heldBelowOne), value));

  const pieceLog = log2(fine);
  const byRoots = pieceLog !== undefined && model.driftFactor === haSme.driftFactor;
  /** roots[i][k] = r_i^(2^-k). */
  const roots = byRoots ? z.map((value) => chainOfRoots(m, m.subtract(one, value), pieceLog)) : [];
  const factors = memo(() => z.map((value) => model.driftFactor(ops, value)));
  const rates = memo(() => z.map((value, i) => m.negate(m.multiply(value, factors()[i]!))));
  const correction = liveTerms(model, problem);
  const extraDrift = correction.drift.map((term) => local.drift(term));
  const extra = range.map((i) =>
    sumOf(
      m,
      extraDrift.map((term) => term[i]!),
    ),
  );
  const isotropic = noise.isotropicVariance;
  const diagonal = isotropic !== undefined && correction.diffusion.length === 0;

  const mean = (level: number): Value[] => {
    const levelLog = log2(level)!;
    const share = 1 / level;
    const length = byRoots
      ? z.map((_, i) =>
          m.divide(
            one,
            product(
              m,
              roots[i]!.slice(1, levelLog + 1).map((q) => m.add(one, q)),
            ),
          ),
        )
      : rates().map((a, i) => times(m, share, m.multiply(relativeExpm1(m, times(m, share, a)), factors()[i]!)));
    const pull = spectral.apply(
      length.map((value) => times(m, -eta, value)),
      local.gradient,
    );
    if (correction.drift.length === 0) return pull;
    const push = spectral.apply(
      length.map((value, i) => times(m, eta, m.divide(value, factors()[i]!))),
      extra,
    );
    return pull.map((value, i) => m.add(value, push[i]!));
  };

  const growth = memo(() => (byRoots ? roots.map((chain) => chain[pieceLog]!) : rates().map((a) => ops.exp(times(m, 1 / fine, a)))));
  const factor = (i: number, j: number): Value => model.diffusionFactor(ops, z[i]!, z[j]!);
  const haDiffusion = model.diffusionFactor === haSme.diffusionFactor;
  /** s E((a_i + a_j) s) m_ij. */
  const pieceFactor = (i: number, j: number): Value =>
    byRoots && haDiffusion ? rootFactor(i, j) : m.multiply(pieceLength(i, j), factor(i, j));
  const rootFactor = (i: number, j: number): Value => {
    // q_k,i q_k,i = q_(k-1),i
    const products = roots[i]!.slice(1, pieceLog! + 1).map((q, k) => (i === j ? roots[i]![k]! : m.multiply(q, roots[j]![k + 1]!)));
    return m.divide(
      one,
      product(
        m,
        products.map((q) => m.add(one, q)),
      ),
    );
  };
  const pieceLength = (i: number, j: number): Value =>
    byRoots
      ? m.divide(rootFactor(i, j), haSme.diffusionFactor(ops, z[i]!, z[j]!))
      : times(m, 1 / fine, relativeExpm1(m, times(m, 1 / fine, m.add(rates()[i]!, rates()[j]!))));

  let defect: Value | undefined;
  let draw: (normal: readonly Value[]) => Value[];
  let varianceAlong: (v: readonly Value[]) => Value;
  if (diagonal) {
    const deviations = memo(() => range.map((i) => times(m, eta * Math.sqrt(isotropic), m.sqrt(pieceFactor(i, i)))));
    draw = (normal) => spectral.apply(deviations(), normal);
    const variances = memo(() => range.map((i) => times(m, eta * eta * isotropic, factor(i, i))));
    varianceAlong = (v) => positive(m, dot(m, v, spectral.apply(variances(), v)));
  } else {
    const c = weighed(
      m,
      spectral,
      local.covariance,
      (i, j) => times(m, eta * eta, factor(i, j)),
      eta,
      correction.diffusion.map((term) => local.diffusion(term)),
    );
    const projected = nearestPsd(m, c);
    defect = projected.defect;
    const inBasis = range.map((i) => range.map((j) => m.multiply(pieceLength(Math.min(i, j), Math.max(i, j)), projected.matrix[i]![j]!)));
    const root = cholesky(m, spectral.fromBasis(inBasis));
    draw = (normal) => lowerTimes(m, root, normal);
    const whole = memo(() => spectral.fromBasis(projected.matrix));
    varianceAlong = (v) =>
      positive(
        m,
        dot(
          m,
          v,
          whole().map((row) => dot(m, row, v)),
        ),
      );
  }
  const indefinite = defect === undefined ? undefined : m.less(m.constant(roundingDefect), defect);
  return {
    mean,
    varianceAlong,
    z: zMax,
    defect,
    mended: held === undefined ? indefinite : indefinite === undefined ? held : m.or(held, indefinite),
    noise(normals) {
      let out = draw(normals[0]!);
      for (const normal of normals.slice(1)) {
        const grown = spectral.apply(growth(), out);
        const fresh = draw(normal);
        out = grown.map((value, i) => m.add(value, fresh[i]!));
      }
      return out;
    },
  };
}

/** What rounding makes negative is 0. */
function positive(m: Builder, value: Value): Value {
  return m.select(m.less(value, m.constant(0)), m.constant(0), value);
}

/** C in the eigenbasis: (U^T Sigma U) o w + eta (corrections of D D^T). */
function weighed(
  m: Builder,
  spectral: Spectral,
  covariance: readonly (readonly Value[])[],
  w: (i: number, j: number) => Value,
  eta: number,
  corrections: readonly (readonly (readonly Value[])[])[],
): Value[][] {
  const rotated = spectral.toBasis(covariance);
  const known = new Map<number, Value>();
  const d = rotated.length;
  const weight = (i: number, j: number): Value => {
    const key = Math.min(i, j) * d + Math.max(i, j);
    let value = known.get(key);
    if (value === undefined) known.set(key, (value = w(Math.min(i, j), Math.max(i, j))));
    return value;
  };
  const extras = corrections.map((matrix) => spectral.toBasis(matrix));
  return rotated.map((row, i) =>
    row.map((value, j) => extras.reduce((sum, extra) => m.add(sum, times(m, eta, extra[i]![j]!)), m.multiply(weight(i, j), value))),
  );
}

/** r, r^(1/2), r^(1/4), .. */
function chainOfRoots(m: Builder, r: Value, count: number): Value[] {
  const chain = [r];
  for (let k = 0; k < count; k++) chain.push(m.sqrt(chain[k]!));
  return chain;
}

function product(m: Builder, values: readonly Value[]): Value {
  return values.length === 0 ? m.constant(1) : values.reduce((a, b) => m.multiply(a, b));
}

function memo<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
