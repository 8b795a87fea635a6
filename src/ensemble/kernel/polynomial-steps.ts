// Steps of models in more dimensions than eigenvectors in a kernel are good for, with isotropic noise: all that the frozen linear SDE asks of H
// (ensemble/frozen.ts is the oracle) are functions of it times vectors, and these are polynomials on the interval where its eigenvalues lie
// (spectral-interval.ts). With z = eta H = middle + radius Z, and w_k = sum over the vectors of a step of their k-th Chebyshev coefficient,
//
//     x+ = x + sum_k T_k(Z) w_k,     b_k = w_k + 2 Z b_(k+1) - b_(k+2),     x+ = x + w_0 + Z b_1 - b_2
//
// (Clenshaw, MTAC 9, 1955): one product with H a degree, however many vectors there are, gradient, corrections and the pieces' normals. Nodes
// that all models and levels share work in common columns, so that they are compiled once; only tables of coefficients differ.
import { directions, gradientOfLaplacian, thirdAlong } from "../../codegen/compile.ts";
import { inline } from "../../codegen/kernel/flat.ts";
import type { KernelNode, MapNode, Operand } from "../../codegen/kernel/kernel.ts";
import { lower } from "../../codegen/lower.ts";
import { gradientOf } from "../../expr/differentiate.ts";
import { liveTerms, shapeOf } from "../../model/correction.ts";
import type { SdeModel } from "../../model/model.ts";
import type { SgdProblem } from "../../problem/problem.ts";
import { toNumber } from "../../sbea/rational.ts";
import { hessianProgram } from "./hessian-program.ts";
import { mapNode, operands, type Parts } from "./parts.ts";
import type { PolynomialPlan, StepSeries } from "./polynomial-plan.ts";
import type { SpectralInterval } from "./spectral-interval.ts";
import { type Builder, dot, larger, sumOf, times } from "./values.ts";

/** Paths of a batch: what a pass reads, Z and the vectors of a step, stays in 24 kB of the first-level cache up to d = 14. */
export function pathsByPolynomials(d: number, fine: number): number {
  const columns = (d * (d + 1)) / 2 + (5 + fine) * d;
  let paths = 512;
  while (paths > 16 && 8 * columns * paths > 24 * 1024) paths /= 2;
  return paths;
}

export interface PolynomialSteps {
  /** Column of the largest distance of a bound from the interval's middle that a path has met, in radii: beyond 1 its values are not to be used. */
  readonly beyond: number;
  /** What memory holds before the first step, beside columns. */
  readonly tables: readonly { readonly at: number; readonly values: Float64Array }[];
  /** A step of SGD, whose state is at `state`. */
  sgd(state: number): KernelNode[];
  /** A step of a model in `level` substeps. */
  model(model: SdeModel, level: number, state: number): KernelNode[];
}

/** @param normals  place of the columns of a step's normals, [fine][d] */
export function polynomialSteps(parts: Parts, problem: SgdProblem, plan: PolynomialPlan, normals: number): PolynomialSteps {
  const { fine, interval } = plan;
  const { objective } = problem;
  const { d } = objective;
  const { paths } = parts;
  const columns = (count: number): Operand[] => operands(parts.columns(count), count, paths);
  const [x, gradient, push, b1, b2] = [columns(d), columns(d), columns(d), columns(d), columns(d)];
  /** 2 Z, lower triangle row by row. */
  const twiceZ = columns((d * (d + 1)) / 2);
  const drive = columns(fine * d);
  const beyond = columns(1);
  const tables: { at: number; values: Float64Array }[] = [];
  const local = localNode(problem, interval, x, gradient, twiceZ, beyond[0]!);
  const pushes = new Map<SdeModel, MapNode>();
  const recurrences = new Map<string, { readonly pass: MapNode; readonly last: MapNode; readonly table: Table }>();

  /** All series of one width are rows of one table, so that the nodes that read it are the same. */
  const recurrence = (pieces: number, corrected: boolean) => {
    const name = `${pieces} ${corrected}`;
    let made = recurrences.get(name);
    if (!made) {
      const rows = [...allSeries(plan)].filter((one) => one.normals === pieces && one.corrected === corrected);
      const table = tableOf(
        parts,
        rows.map(({ series }) => series),
      ); // prettier-ignore
      tables.push({ at: table.at, values: table.values });
      const vectors = [
        gradient,
        ...(corrected ? [push] : []),
        ...Array.from({ length: pieces }, (_, q) => drive.slice(q * d, (q + 1) * d)),
      ];
      made = { ...clenshawNodes(d, x, twiceZ, b1, b2, vectors, table), table };
      recurrences.set(name, made);
    }
    return made;
  };

  const step = (series: StepSeries, pieces: number, correct: MapNode | undefined, level: number, state: number): KernelNode[] => {
    const own = operands(state, d, paths);
    const driven = operands(normals, pieces * d, paths, pieces * d * paths);
    const { pass, last, table } = recurrence(pieces, correct !== undefined);
    const first = table.first.get(series)!;
    const enter = mapNode("paths", [...own, ...driven], [...x, ...drive.slice(0, pieces * d), ...b1, ...b2], (m, inputs) => [
      ...inputs,
      ...Array.from({ length: 2 * d }, () => m.constant(0)),
    ]);
    const leave = mapNode("paths", x, own, (_m, inputs) => inputs);
    const higher = series.degreeCount - 1;
    return [
      {
        kind: "repeat",
        times: level,
        body: [
          enter,
          local,
          ...(correct ? [correct] : []),
          { kind: "repeat", first, times: higher, body: [pass] },
          { kind: "repeat", first: first + higher, times: 1, body: [last] },
          leave,
        ],
      },
    ];
  };

  return {
    beyond: beyond[0]!.at,
    tables,
    sgd: (state) => step(plan.sgd, fine, undefined, 1, state),
    model(model, level, state) {
      const series = plan.models.get(model)!.get(level)!;
      if (liveTerms(model, problem).drift.length > 0 && !pushes.has(model)) pushes.set(model, pushNode(problem, model, x, gradient, push));
      return step(series, fine / level, pushes.get(model), level, state);
    },
  };

  function* allSeries({ sgd, models }: PolynomialPlan) {
    yield { series: sgd, normals: fine, corrected: false };
    for (const [model, byLevel] of models) {
      const corrected = liveTerms(model, problem).drift.length > 0;
      for (const [level, series] of byLevel) yield { series, normals: fine / level, corrected };
    }
  }
}

/** Rows of coefficients, those of a series from its highest degree down. */
interface Table {
  readonly at: number;
  readonly width: number;
  readonly values: Float64Array;
  readonly first: ReadonlyMap<StepSeries, number>;
}

function tableOf(parts: Parts, series: readonly StepSeries[]): Table {
  const { width } = series[0]!;
  const first = new Map<StepSeries, number>();
  const rows: number[] = [];
  for (const one of series) {
    first.set(one, rows.length / width);
    for (let k = one.degreeCount - 1; k >= 0; k--) rows.push(...one.coefficients.subarray(k * width, (k + 1) * width));
  }
  return { at: parts.take(rows.length), width, values: Float64Array.from(rows), first };
}

/** Gradient and 2 Z at x, and how far the bound of the eigenvalues lies. */
function localNode(
  { objective, learningRate: eta }: SgdProblem,
  { middle, radius }: SpectralInterval,
  x: readonly Operand[],
  gradient: readonly Operand[],
  twiceZ: readonly Operand[],
  beyond: Operand,
): MapNode {
  const { d, variables, formula } = objective;
  const slopes = lower(gradientOf(formula!, variables), variables);
  const curvatures = hessianProgram(formula!, variables);
  return mapNode("paths", [...x, beyond], [...gradient, ...twiceZ, beyond], (m, inputs) => {
    const values = inline(m, slopes, inputs.slice(0, d));
    const hessian = inline(m, curvatures, inputs.slice(0, d));
    const place = (i: number, j: number): number => (i * (i + 1)) / 2 + j;
    const range = Array.from({ length: d }, (_, i) => i);
    const trace = sumOf(
      m,
      range.map((i) => hessian[place(i, i)]!),
    ); // prettier-ignore
    const outer = range.flatMap((i) => range.slice(0, i).map((j) => hessian[place(i, j)]!));
    const inner = range.map((i) => hessian[place(i, i)]!);
    const squares = m.add(times(m, 2, dot(m, outer, outer)), dot(m, inner, inner));
    const variance = m.subtract(squares, times(m, 1 / d, m.multiply(trace, trace)));
    const spread = m.sqrt(times(m, (eta * eta * (d - 1)) / d, larger(m, m.constant(0), variance)));
    const off = m.abs(m.subtract(times(m, eta / d, trace), m.constant(middle)));
    const distance = times(m, 1 / radius, m.add(off, spread));
    const scaled = range.flatMap((i) =>
      range.slice(0, i + 1).map((j) => {
        const entry = times(m, (2 * eta) / radius, hessian[place(i, j)]!);
        return i === j ? m.subtract(entry, m.constant((2 * middle) / radius)) : entry;
      }),
    );
    return [...values, ...scaled, larger(m, inputs[d]!, distance)];
  });
}

/** The model's corrections of the drift at x. */
function pushNode(
  problem: SgdProblem,
  model: SdeModel,
  x: readonly Operand[],
  gradient: readonly Operand[],
  push: readonly Operand[],
): MapNode {
  const { objective, noise, learningRate } = problem;
  const { d, variables, formula } = objective;
  return mapNode("paths", [...x, ...gradient], push, (m, inputs) => {
    const [place, slope] = [inputs.slice(0, d), inputs.slice(d)];
    const terms = liveTerms(model, problem).drift.map((term) => {
      let weight = toNumber(term.coefficient);
      for (let p = 0; p < term.etaPower; p++) weight *= learningRate;
      if (shapeOf(term) === "third:covariance") {
        const values = inline(m, lower(gradientOfLaplacian(formula!, variables), variables), place);
        return values.map((value) => times(m, weight * noise.isotropicVariance!, value));
      }
      const names = [...variables, ...directions.v(variables), ...directions.w(variables)];
      const values = inline(m, lower(thirdAlong(formula!, variables), names), [...place, ...slope, ...slope]);
      return values.map((value) => times(m, weight, value));
    });
    return place.map((_, i) =>
      sumOf(
        m,
        terms.map((term) => term[i]!),
      ),
    ); // prettier-ignore
  });
}

/** A pass of Clenshaw's recurrence, and its end. */
function clenshawNodes(
  d: number,
  x: readonly Operand[],
  twiceZ: readonly Operand[],
  b1: readonly Operand[],
  b2: readonly Operand[],
  vectors: readonly (readonly Operand[])[],
  { at, width }: Table,
): { readonly pass: MapNode; readonly last: MapNode } {
  const row = Array.from({ length: width }, (_, v): Operand => ({ at: at + v, stride: width, single: true }));
  const inputs = [...row, ...b1, ...b2, ...vectors.flat(), ...twiceZ];
  const take = (given: readonly number[]) => {
    const rest = given.slice(width + 2 * d);
    return {
      next: given.slice(width, width + d),
      after: given.slice(width + d, width + 2 * d),
      entries: rest.slice(width * d),
      /** (w_k)_i */
      weighted: (m: Builder, i: number) =>
        sumOf(
          m,
          given.slice(0, width).map((c, v) => m.multiply(c, rest[v * d + i]!)),
        ), // prettier-ignore
    };
  };
  const pass = mapNode("paths", inputs, [...b1, ...b2], (m, given) => {
    const { next, after, entries, weighted } = take(given);
    const product = symmetricTimes(m, entries, next);
    return [...next.map((_, i) => m.add(weighted(m, i), m.subtract(product[i]!, after[i]!))), ...next];
  });
  const last = mapNode("paths", [...inputs, ...x], x, (m, given) => {
    const { next, after, entries, weighted } = take(given.slice(0, inputs.length));
    const product = symmetricTimes(m, entries, next);
    return given
      .slice(inputs.length)
      .map((value, i) => m.add(value, m.add(weighted(m, i), m.subtract(times(m, 0.5, product[i]!), after[i]!))));
  });
  return { pass, last };
}

/** A v, from the lower triangle row by row: every entry is used where it is loaded, for its row and for its column. */
function symmetricTimes(m: Builder, lowerTriangle: readonly number[], v: readonly number[]): number[] {
  const out: number[] = [];
  let next = 0;
  for (let i = 0; i < v.length; i++) {
    for (let j = 0; j <= i; j++) {
      const entry = lowerTriangle[next++]!;
      const own = m.multiply(entry, v[j]!);
      out[i] = j === 0 ? own : m.add(out[i]!, own);
      if (j < i) out[j] = m.add(out[j]!, m.multiply(entry, v[i]!));
    }
  }
  return out;
}
