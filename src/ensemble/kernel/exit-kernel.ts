// One process leaving a region (ensemble/exit-program.ts) as a kernel. Its levels are run one after another, each a way of the kernel over the same
// columns: a path that has left makes room, whatever its other levels do. So that paths can be moved one by one, each has its block of random
// numbers to itself. A path's columns: the state, the time in steps, the step at which it left, and (SDEs) what watching always needs: the
// probability of having stayed, the constraints' values at the last point, and where it stood when it touched. A path that has left stays as it is.
import type { KernelNode, Operand } from "../../codegen/kernel/kernel.ts";
import type { Value } from "../../codegen/program.ts";
import type { SdeModel } from "../../model/model.ts";
import { leanExp } from "../../numerics/elementary/lean.ts";
import { normalLayout } from "../../numerics/random.ts";
import type { SgdProblem } from "../../problem/problem.ts";
import { regionOf } from "../../problem/region-of.ts";
import type { ExitProgram } from "../exit-program.ts";
import type { ExitJob } from "../job-spec.ts";
import { startState, stateDimension } from "../momentum-sgd.ts";
import { drivenByAtoms, drivenByRows, processOf } from "../process.ts";
import { freezeValues } from "./frozen.ts";
import { localAt } from "./local.ts";
import { minibatches } from "./minibatch.ts";
import { type Drive, driveBy, loneNormalNodes, mapNode, operands, partsFor } from "./parts.ts";
import type { PathKernel } from "./path-kernel.ts";
import { meets, processStep, sdeSubstepFrozen } from "./steps.ts";
import type { Builder } from "./values.ts";
import { kernelOf } from "./whole.ts";

/** Columns of a path. */
export interface ExitColumns {
  readonly state: number;
  readonly z: number | undefined;
  readonly defect: number | undefined;
  /** Time in steps; the step at which the path left, -1 while inside; the constraint it left through. */
  readonly time: number;
  readonly left: number;
  readonly through: number;
  /** SDEs: the substep's start at the first touch, -1 before; then distance before, after (negative: outside), variance of the increment. */
  readonly touch: { readonly from: number; readonly here: number; readonly there: number; readonly variance: number } | undefined;
}

export interface ExitKernel extends PathKernel {
  /** Substeps of each way. */
  readonly levels: readonly number[];
  readonly at: ExitColumns;
  /** How many paths share a block of random numbers, and the column that tells which of them a path is. */
  readonly members: number;
  readonly member: number;
  /** SDEs: column of what the probability of having stayed must fall below. */
  readonly threshold: number | undefined;
  /** All columns that go with a path. */
  readonly columns: { readonly from: number; readonly count: number };
}

/** Paths of a batch: many, since few are left in the end. */
const paths = 512;

export function exitKernel(program: ExitProgram): ExitKernel {
  const { problem } = program;
  const job = program.spec as ExitJob;
  const { d } = problem.objective;
  const region = regionOf(problem, job.inside);
  const process = processOf(job.process);
  const model = typeof process === "string" ? undefined : process;
  const fine = model ? job.fine : 1;
  const size = stateDimension(problem);
  const start = startState(problem);
  const levels = model ? program.levels!.substeps : [1];
  const met = model ? meets(problem, model) : { z: undefined, defect: undefined };
  const atoms = drivenByAtoms(problem, job.process);
  const byRows = drivenByRows(problem, job.process);
  const byNormals = !atoms && !byRows;
  const members = byNormals ? normalLayout(d, job.normals).sharing : 1;
  const parts = partsFor(d, byRows ? "elsewhere" : atoms ? "uniform" : job.normals, 1, paths, true);
  const normals = parts.columns(byNormals ? fine * d : 0);
  const from = parts.columns(0);
  const member = parts.columns(1);
  const threshold = model ? parts.columns(1) : undefined;
  const begin: { at: number; value: number }[] = [];
  const column = (value: number): number => {
    const at = parts.columns(1);
    begin.push({ at, value });
    return at;
  };
  const state = parts.columns(size);
  for (let i = 0; i < size; i++) begin.push({ at: state + i * paths, value: start[i]! });
  const at: ExitColumns = {
    state,
    z: met.z && column(Number.NEGATIVE_INFINITY),
    defect: met.defect && column(0),
    time: column(0),
    left: column(-1),
    through: column(-1),
    touch: model && { from: column(-1), here: column(0), there: column(0), variance: column(0) },
  };
  const stayed = model && column(1);
  const last = model ? region.constraints.map((g) => column(g.value(problem.start))) : [];
  const columns = { from, count: (parts.size() - from) / paths };
  const batch = byRows ? minibatches(parts, problem, state) : undefined;

  const alone = (places: readonly (number | undefined)[]): Operand[] =>
    places.filter((place) => place !== undefined).map((place) => ({ at: place, stride: 0 }));
  const { touch } = at;
  const moved = [
    ...operands(state, size, paths),
    ...alone([at.z, at.defect, at.time, ...(touch ? [touch.from, touch.here, touch.there, touch.variance] : []), stayed, ...last]),
  ];
  const told = size + alone([at.z, at.defect]).length;
  const fixed = alone([at.left, threshold]);
  const draw = batch?.nodes ?? (atoms ? parts.random : [loneNormalNodes(parts, d, fine, normals, member, members)]);
  const ways = levels.map((level): KernelNode[] => {
    const pieces = fine / level;
    const drive = batch?.sums ?? (atoms ? parts.rawInputs : operands(normals, pieces * d, paths, pieces * d * paths));
    const substep = mapNode("paths", [...moved, ...fixed, ...drive], moved, (m, inputs) => {
      const own = inputs.slice(0, moved.length);
      const alive = m.less(inputs[moved.length]!, m.constant(0));
      const normal = inputs.slice(moved.length + fixed.length);
      const vectors = Array.from({ length: pieces }, (_, q) => normal.slice(q * d, (q + 1) * d));
      const after = model
        ? sdeMove(
            m,
            { problem, model, fine, level, met, region: region.constraints.map((g) => g.expr) },
            own,
            inputs[moved.length + 1]!,
            vectors,
          )
        : [...processStep(m, problem, own.slice(0, size), driveOf(m, own, normal)), m.add(own[size]!, m.constant(1))];
      // what tells of the path stays as it was when it left; the rest is not looked at any more
      return after.map((value, i) => (i < told ? m.select(alive, value, own[i]!) : value));
    });
    return [...draw, { kind: "repeat", times: level, body: [substep] }, watch()];
  });
  const base = kernelOf(parts, job, {
    ways,
    observe: [],
    figures: { at: from, count: 0 },
    begin,
    places: [],
    centers: [],
    figure: () => 0,
    fixed: [],
    overflowed: [],
    walkers: [],
    tables: batch?.tables,
    orders: batch?.orders,
  });
  return { ...base, levels, at, members, member, threshold, columns };

  /** What drives a step of SGD, from the inputs that stand for it. */
  function driveOf(m: Builder, own: readonly Value[], given: readonly Value[]): Drive {
    if (batch) return { gradient: batch.gradient(m, own.slice(0, d), given) };
    return atoms ? parts.drives(m, given)[0]! : driveBy(m, given);
  }

  /** After a step: whether the path is outside now, and through which constraint it went. */
  function watch(): KernelNode {
    const watched = [...operands(state, d, paths), ...alone([at.time, at.left, at.through])];
    return mapNode("paths", watched, watched.slice(d + 1), (m, inputs) => {
      const x = inputs.slice(0, d);
      const [time, was, wall] = inputs.slice(d) as [Value, Value, Value];
      const zero = m.constant(0);
      const local = localAt(m, problem, x);
      const finite = m.equal(
        x.map((value) => m.subtract(value, value)).reduce((a, b) => m.add(a, b)),
        zero,
      );
      const violated = region.constraints.map((g) => m.not(m.less(local.formula(g.expr), zero)));
      // a state that is not finite has left through the first constraint
      const out = [m.or(violated[0]!, m.not(finite)), ...violated.slice(1)];
      const leaves = m.and(
        m.less(was, zero),
        out.reduce((a, b) => m.or(a, b)),
      );
      const which = out.reduceRight((rest, condition, c) => m.select(condition, m.constant(c), rest), zero);
      return [m.select(leaves, time, was), m.select(leaves, which, wall)];
    });
  }
}

interface Move {
  readonly problem: SgdProblem;
  readonly model: SdeModel;
  readonly fine: number;
  readonly level: number;
  readonly met: { readonly z: true | undefined; readonly defect: true | undefined };
  readonly region: readonly Parameters<ReturnType<typeof localAt>["formula"]>[0][];
}

/** One substep of an SDE, watched always (exit-program.ts): the moved columns in their order. */
function sdeMove(
  m: Builder,
  { problem, model, fine, level, met, region }: Move,
  own: readonly Value[],
  threshold: Value,
  normals: readonly (readonly Value[])[],
): Value[] {
  const { d } = problem.objective;
  const { variables } = problem.objective;
  const zero = m.constant(0);
  const x = own.slice(0, d);
  let next = d;
  const z = met.z && own[next++]!;
  const defect = met.defect && own[next++]!;
  const time = own[next++]!;
  let [from, keptHere, keptThere, keptVariance, stayed] = own.slice(next, next + 5) as [Value, Value, Value, Value, Value];
  const last = own.slice(next + 5);
  const local = localAt(m, problem, x);
  const frozen = freezeValues(m, problem, model, local, fine);
  const moved = sdeSubstepFrozen(m, frozen, level, x, { z, defect }, normals);
  const end = localAt(m, problem, moved.x);
  const values: Value[] = [];
  for (const [c, g] of region.entries()) {
    const gradient = variables.map((_, i) => local.derivative(g, i));
    const here = m.negate(last[c]!);
    const value = end.formula(g);
    values.push(value);
    const there = m.negate(value);
    const variance = frozen.varianceAlong(gradient);
    const exponent = m.multiply(m.multiply(m.constant(-2 * level), m.multiply(here, there)), m.divide(m.constant(1), variance));
    // far from the wall nothing is left of it beside 1; leanExp would take the slow way for less than -700
    const touching = leanExp(m, m.select(m.less(exponent, m.constant(-700)), m.constant(-700), exponent));
    const inside = m.less(zero, there);
    const open = m.less(from, zero);
    stayed = m.select(m.and(open, inside), m.multiply(stayed, m.subtract(m.constant(1), touching)), stayed);
    const touches = m.and(open, m.or(m.not(inside), m.lessEqual(stayed, threshold)));
    from = m.select(touches, time, from);
    keptHere = m.select(touches, here, keptHere);
    keptThere = m.select(touches, there, keptThere);
    keptVariance = m.select(touches, variance, keptVariance);
  }
  return [
    ...moved.x,
    ...(met.z ? [moved.met.z!] : []),
    ...(met.defect ? [moved.met.defect!] : []),
    m.add(time, m.constant(1 / level)),
    from,
    keptHere,
    keptThere,
    keptVariance,
    stayed,
    ...values,
  ];
}
