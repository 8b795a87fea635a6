// SGD's gradients of minibatches: which samples a step takes, then sums over the rows of their table. The readable twin is `minibatchGradient` of
// ensemble/sgd.ts.
import { type KernelNode, type Operand, orderDoubles, pickRoom } from "../../codegen/kernel/kernel.ts";
import type { Value } from "../../codegen/program.ts";
import type { LeastSquaresForm } from "../../problem/objective.ts";
import type { SgdProblem } from "../../problem/problem.ts";
import { mapNode, numbersOf, operands, type Parts, type PathNumbers } from "./parts.ts";
import type { PathKernel } from "./path-kernel.ts";
import { type Builder, dot, times } from "./values.ts";

export interface Minibatches {
  /** Run before the step: they fill the columns `sums`. */
  readonly nodes: readonly KernelNode[];
  /** Sums over the batch's rows, d of them. */
  readonly sums: readonly Operand[];
  /** The batch's gradient at x from its sums. */
  gradient(m: Builder, x: readonly Value[], sums: readonly Value[]): Value[];
  readonly tables: NonNullable<PathKernel["tables"]>;
  readonly orders: PathKernel["orders"];
}

/** Entries of rows that one program takes at most: with more of them too many values are alive. */
const mostEntries = 48;

/** Columns of paths, roughly, that minibatches take. */
export function minibatchColumns({ objective, noise }: SgdProblem): number {
  const { size, epochs } = noise.minibatch!;
  return objective.d + size + (epochs ? orderDoubles(objective.leastSquares!.n) : 0);
}

/**
 * @param state  place of the columns of x
 * @param own    paths' numbers, where blocks of random numbers serve several paths
 */
export function minibatches(parts: Parts, { objective, noise }: SgdProblem, state: number, own?: PathNumbers): Minibatches {
  const { paths, blocks, sharing } = parts;
  const { d } = objective;
  const form = objective.leastSquares!;
  const { n, l2 } = form;
  const rule = noise.minibatch!;
  const { size, epochs } = rule;
  const width = d + 1;
  const table = parts.take(n * width);
  const doubles = orderDoubles(n);
  const order = parts.take(epochs ? paths * doubles : doubles);
  const room = parts.take(pickRoom(epochs ? n : size));
  const picked = parts.columns(size);
  const sums = operands(parts.columns(d), d, paths);
  const x = operands(state, d, paths);

  /** Adds so many rows of the batch, from the given one on. */
  const rows = (from: number, count: number, stride: number) => {
    const before = from === 0 ? [] : sums;
    return mapNode("paths", [...operands(picked + from * paths, count, paths, stride), ...x, ...before], sums, (m, given) => {
      const point = given.slice(count, count + d);
      const gradients = given.slice(0, count).map((row) => rowGradient(m, table, row, point));
      return point.map((_, j) =>
        [...given.slice(count + d).slice(j, j + 1), ...gradients.map((gradient) => gradient[j]!)].reduce((a, b) => m.add(a, b)),
      );
    });
  };
  const together = Math.min(size, Math.max(1, Math.floor(mostEntries / width)));
  // what does not make a whole program comes first
  const first = size % together || together;
  const more = (size - first) / together;
  return {
    nodes: [
      ...Array.from(
        { length: sharing },
        (_, v): KernelNode => ({
          kind: "pick",
          samples: n,
          rule,
          out: { at: picked + v * blocks, step: paths },
          times: width,
          order: epochs ? order + v * blocks * doubles : order,
          room,
          own: own && numbersOf(own, v),
        }),
      ),
      rows(0, first, 0),
      ...(more === 0 ? [] : [{ kind: "repeat" as const, times: more, body: [rows(first, together, together * paths)] }]),
    ],
    sums,
    gradient: (m, at, sum) => sum.map((value, j) => withDecay(m, times(m, 1 / size, value), l2, at[j]!)),
    tables: [
      { at: table, values: tableOf(form) },
      ...(epochs ? [] : [{ at: order, values: new Float64Array(Int32Array.from({ length: 2 * doubles }, (_, i) => i).buffer) }]),
    ],
    orders: epochs ? { at: order, doubles } : undefined,
  };
}

const withDecay = (m: Builder, gradient: Value, l2: number, x: Value): Value => (l2 === 0 ? gradient : m.add(gradient, times(m, l2, x)));

/** (a_i . x - y_i) a_i of the row [a_i, y_i] at a place of the table. */
function rowGradient(m: Builder, table: number, place: Value, x: readonly Value[]): Value[] {
  const a = x.map((_, j) => m.gather(table + j, place));
  const residual = m.subtract(dot(m, a, x), m.gather(table + x.length, place));
  return a.map((entry) => m.multiply(residual, entry));
}

/** Rows [a_i, y_i]. */
function tableOf({ a, y, n }: LeastSquaresForm): Float64Array {
  const d = a.length / n;
  const rows = new Float64Array(n * (d + 1));
  for (let i = 0; i < n; i++) {
    rows.set(a.subarray(i * d, (i + 1) * d), i * (d + 1));
    rows[i * (d + 1) + d] = y[i]!;
  }
  return rows;
}
