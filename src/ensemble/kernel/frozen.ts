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
import { leanExp, logOfNormal } from "../../numerics/elementary/lean.ts";
import { leanExpm1 } from "../../numerics/elementary/lean-factors.ts";
import type { SgdProblem } from "../../problem/problem.ts";
import { roundingDefect } from "../events.ts";
import { heldBelowOne } from "../frozen.ts";
import type { Local } from "./local.ts";
import { nearestPsd } from "./psd.ts";
import { spectralOf } from "./spectral.ts";
import { type Builder, cholesky, larger, lowerTimes, sumOf, times, valueOps } from "./values.ts";

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
  const correction = liveTerms(model, problem);
  const isotropic = noise.isotropicVariance;
  const diagonal = isotropic !== undefined && correction.diffusion.length === 0;
  const haDiffusion = model.diffusionFactor === haSme.diffusionFactor;
  /** log r, where it is needed anyway: then it gives the roots, too, if these are many. */
  const byLogs = byRoots && haDiffusion && !diagonal;
  const logs = byLogs ? z.map((value) => logOfNormal(m, m.subtract(one, value))) : [];
  /** roots[i][k] = r_i^(2^-k). */
  const roots = byRoots
    ? z.map((value, i) =>
        byLogs && pieceLog > 2
          ? chainOfSquares(m, m.subtract(one, value), leanExp(m, times(m, 1 / fine, logs[i]!)), pieceLog)
          : chainOfRoots(m, m.subtract(one, value), pieceLog),
      )
    : [];
  const means = memo(() => (byLogs ? logMeans(m, z, logs) : undefined));
  const factors = memo(() => z.map((value) => model.driftFactor(ops, value)));
  const rates = memo(() => z.map((value, i) => m.negate(m.multiply(value, factors()[i]!))));
  // one exponential an eigenvalue, e^{a/fine} - 1: longer times and sums of rates follow from it
  const grown = memo(() => rates().map((a) => leanExpm1(m, times(m, 1 / fine, a))));
  /** E(a_i/level). */
  const relativeGrowth = (level: number): Value[] => {
    let e = grown();
    for (let pieces = fine / level; pieces > 1; pieces /= 2) e = e.map((value) => m.multiply(value, m.add(m.constant(2), value)));
    return relativeExpm1s(
      m,
      rates().map((a) => times(m, 1 / level, a)),
      e,
    );
  };
  /** E((a_i + a_j)/fine), by i d + j. */
  const pairGrowth = memo(() => {
    const pairs = range.flatMap((i) => range.slice(i).map((j) => [i, j] as const));
    const e = grown();
    const found = relativeExpm1s(
      m,
      pairs.map(([i, j]) => times(m, 1 / fine, m.add(rates()[i]!, rates()[j]!))),
      pairs.map(([i, j]) => m.add(m.add(e[i]!, e[j]!), m.multiply(e[i]!, e[j]!))),
    );
    return new Map(pairs.map(([i, j], p) => [i * range.length + j, found[p]!]));
  });
  const extraDrift = correction.drift.map((term) => local.drift(term));
  const extra = range.map((i) =>
    sumOf(
      m,
      extraDrift.map((term) => term[i]!),
    ),
  );

  const mean = (level: number): Value[] => {
    const levelLog = log2(level)!;
    const share = 1 / level;
    const length = byRoots
      ? reciprocals(
          m,
          roots.map((chain) =>
            product(
              m,
              chain.slice(1, levelLog + 1).map((q) => m.add(one, q)),
            ),
          ),
        )
      : relativeGrowth(level).map((value, i) => times(m, share, m.multiply(value, factors()[i]!)));
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

  const growth = memo(() => (byRoots ? roots.map((chain) => chain[pieceLog]!) : grown().map((e) => m.add(one, e))));
  const factor = (i: number, j: number): Value =>
    byLogs ? means()![Math.min(i, j)]![Math.max(i, j)]! : model.diffusionFactor(ops, z[i]!, z[j]!);
  /** One over s E((a_i + a_j) s) m_ij. */
  const rootProduct = (i: number, j: number): Value => {
    // q_k,i q_k,i = q_(k-1),i
    const products = roots[i]!.slice(1, pieceLog! + 1).map((q, k) => (i === j ? roots[i]![k]! : m.multiply(q, roots[j]![k + 1]!)));
    return product(
      m,
      products.map((q) => m.add(one, q)),
    );
  };
  const lengths = memo(() => {
    const pairs = range.flatMap((i) => range.slice(i).map((j) => [i, j] as const));
    const found = reciprocals(
      m,
      pairs.map(([i, j]) => m.multiply(rootProduct(i, j), means()![i]![j]!)),
    );
    return new Map(pairs.map(([i, j], p) => [i * range.length + j, found[p]!]));
  });
  const pieceLength = (i: number, j: number): Value =>
    byLogs
      ? lengths().get(i * range.length + j)!
      : byRoots
        ? m.divide(m.divide(one, rootProduct(i, j)), haSme.diffusionFactor(ops, z[i]!, z[j]!))
        : times(m, 1 / fine, pairGrowth().get(i * range.length + j)!);

  let defect: Value | undefined;
  let draw: (normal: readonly Value[]) => Value[];
  let varianceAlong: (v: readonly Value[]) => Value;
  if (diagonal) {
    // s E(2 a_i s) m_ii
    const pieceFactors = memo(() =>
      byRoots && haDiffusion
        ? reciprocals(
            m,
            range.map((i) => rootProduct(i, i)),
          )
        : range.map((i) => m.multiply(pieceLength(i, i), factor(i, i))),
    );
    const deviations = memo(() => pieceFactors().map((value) => times(m, eta * Math.sqrt(isotropic), m.sqrt(value))));
    draw = (normal) => spectral.apply(deviations(), normal);
    const variances = memo(() => range.map((i) => times(m, eta * eta * isotropic, factor(i, i))));
    const columns = memo(() => range.map((j) => spectral.apply(variances(), unit(m, range.length, j))));
    varianceAlong = (v) => quadraticForm(m, columns(), v);
  } else {
    const uniform = isSame(range.flatMap((i) => range.map((j) => factor(i, j))));
    const weighed = uniform
      ? local.covariance.map((row) => row.map((value) => times(m, eta * eta, m.multiply(factor(0, 0), value))))
      : spectral.weigh(local.covariance, (i, j) => times(m, eta * eta, factor(i, j)));
    const corrections = correction.diffusion.map((term) => local.diffusion(term));
    const c = weighed.map((row, i) =>
      row.map((value, j) => corrections.reduce((sum, extra) => m.add(sum, times(m, eta, extra[i]![j]!)), value)),
    );
    // what is Sigma, constant and psd, but for a factor stays psd
    const plain = uniform && noise.constant && correction.diffusion.length === 0;
    const projected = plain ? { matrix: c, defect: undefined } : nearestPsd(m, c);
    defect = projected.defect;
    const root = cholesky(m, spectral.weigh(projected.matrix, pieceLength));
    draw = (normal) => lowerTimes(m, root, normal);
    varianceAlong = (v) => quadraticForm(m, projected.matrix, v);
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

/** v^T S v for a symmetric S, psd but for rounding: what that makes negative is 0. Walls are mostly flat: zeros and ones in v are left out. */
function quadraticForm(m: Builder, s: readonly (readonly Value[])[], v: readonly Value[]): Value {
  const zero = m.constant(0);
  const scaled = (by: Value, value: Value): Value => (by === m.constant(1) ? value : m.multiply(by, value));
  const live = v.flatMap((value, i) => (value === zero ? [] : [i]));
  const product = live.map((i) =>
    scaled(
      v[i]!,
      sumOf(
        m,
        live.map((j) => scaled(v[j]!, s[i]![j]!)),
      ),
    ),
  );
  const sum = sumOf(m, product);
  return m.select(m.less(sum, zero), zero, sum);
}

function unit(m: Builder, d: number, j: number): Value[] {
  return Array.from({ length: d }, (_, i) => m.constant(i === j ? 1 : 0));
}

function isSame(values: readonly Value[]): boolean {
  return values.every((value) => value === values[0]);
}

/** (log r_i + log r_j)/(r_i r_j - 1), i <= j, with one division; near r_i r_j = 1, where the logarithms cancel, by its series. */
function logMeans(m: Builder, z: readonly Value[], logs: readonly Value[]): Value[][] {
  const one = m.constant(1);
  const less = z.map((u, i) => z.map((v, j) => (j < i ? one : m.subtract(m.multiply(u, v), m.add(u, v)))));
  const near = less.map((row) => row.map((w) => m.less(m.abs(w), m.constant(2 ** -10))));
  const pairs = z.flatMap((_, i) => z.slice(i).map((_v, j) => [i, i + j] as const));
  const inverse = reciprocals(
    m,
    pairs.map(([i, j]) => m.select(near[i]![j]!, one, less[i]![j]!)),
  );
  const means: Value[][] = z.map(() => []);
  for (const [p, [i, j]] of pairs.entries()) {
    const w = less[i]![j]!;
    // log(1 + w)/w to w^5/6 < 2e-16
    const series = [-1 / 2, 1 / 3, -1 / 4, 1 / 5].reduceRight((sum, c) => m.add(m.constant(c), m.multiply(sum, w)), m.constant(0));
    const usual = m.multiply(m.add(logs[i]!, logs[j]!), inverse[p]!);
    means[i]![j] = m.select(near[i]![j]!, m.add(one, m.multiply(w, series)), usual);
  }
  return means;
}

/** expm1(w)/w of several w, expm1(w) given, with one division; near 0, where sums of two growths cancel, by its series. */
function relativeExpm1s(m: Builder, w: readonly Value[], grown: readonly Value[]): Value[] {
  const one = m.constant(1);
  const near = w.map((value) => m.less(m.abs(value), m.constant(2 ** -10)));
  const inverse = reciprocals(
    m,
    w.map((value, i) => m.select(near[i]!, one, value)),
  );
  return w.map((value, i) => {
    // to w^5/720 < 2e-18
    const series = [1 / 2, 1 / 6, 1 / 24, 1 / 120].reduceRight((sum, c) => m.add(m.constant(c), m.multiply(sum, value)), m.constant(0));
    return m.select(near[i]!, m.add(one, m.multiply(value, series)), m.multiply(grown[i]!, inverse[i]!));
  });
}

/** 1/x of several x with one division. */
function reciprocals(m: Builder, values: readonly Value[]): Value[] {
  const [first, ...rest] = values;
  const before = [first!];
  for (const value of rest) before.push(m.multiply(before.at(-1)!, value));
  let inverse = m.divide(m.constant(1), before.at(-1)!);
  const found: Value[] = [];
  for (let i = values.length - 1; i > 0; i--) {
    found[i] = m.multiply(inverse, before[i - 1]!);
    inverse = m.multiply(inverse, values[i]!);
  }
  found[0] = inverse;
  return found;
}

/** The chain of roots from its end: r given, r^(2^-count) given. */
function chainOfSquares(m: Builder, r: Value, end: Value, count: number): Value[] {
  const chain = [end];
  for (let k = count - 1; k > 0; k--) chain.unshift(m.multiply(chain[0]!, chain[0]!));
  return [r, ...chain];
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
