// One process leaving a region (ensemble/exit-program.ts) as a kernel. Every level has columns of its own: the state, the time in steps, the step
// at which it left, and (SDEs) what watching always needs: the hazard added up so far, the constraints' values at the last point, and where it
// stood when it touched. A level that has left stays as it is.
import type { KernelNode } from "../../codegen/kernel/kernel.ts";
import type { Value } from "../../codegen/program.ts";
import type { SdeModel } from "../../model/model.ts";
import type { SgdProblem } from "../../problem/problem.ts";
import { regionOf } from "../../problem/region-of.ts";
import type { ExitProgram } from "../exit-program.ts";
import type { ExitJob } from "../job-spec.ts";
import { startState, stateDimension } from "../momentum-sgd.ts";
import { processOf } from "../process.ts";
import { freezeValues } from "./frozen.ts";
import { localAt } from "./local.ts";
import { mapNode, normalNodes, operands, partsFor } from "./parts.ts";
import type { PathKernel } from "./path-kernel.ts";
import { meets, processStep, sdeSubstepFrozen } from "./steps.ts";
import { type Builder, call } from "./values.ts";
import { kernelOf } from "./whole.ts";

/** Columns of one level. */
export interface ExitColumns {
  readonly level: number;
  readonly state: number;
  readonly z: number | undefined;
  readonly defect: number | undefined;
  /** Time in steps; the step at which the path left, -1 while inside; the constraint it left through. */
  readonly time: number;
  readonly left: number;
  readonly through: number;
  /** SDEs: the substep's start at the first touch, -1 before; then distance before, after (negative: outside), root of the variance. */
  readonly touch: { readonly from: number; readonly here: number; readonly there: number; readonly spread: number } | undefined;
}

export interface ExitKernel extends PathKernel {
  readonly levels: readonly ExitColumns[];
  /** Column of the threshold of a path's hazard. */
  readonly threshold: number | undefined;
  /** All columns that go with a path. */
  readonly columns: { readonly at: number; readonly count: number };
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
  const substeps = model ? program.levels!.substeps : [1];
  const met = model ? meets(problem, model) : { z: undefined, defect: undefined };
  const parts = partsFor(d, job.normals, 1, paths);
  const normals = parts.columns(fine * d);
  const first = parts.columns(0);
  const threshold = model ? parts.columns(1) : undefined;
  const nodes: KernelNode[] = [normalNodes(parts, d, fine, normals)];
  const begin: { at: number; value: number }[] = [];
  const column = (value: number): number => {
    const at = parts.columns(1);
    begin.push({ at, value });
    return at;
  };
  const inside = region.constraints.map((g) => g.value(problem.start));
  const outside = (m: Builder, x: readonly Value[]): Value[] => {
    const local = localAt(m, problem, x);
    const zero = m.constant(0);
    const finite = m.equal(
      x.map((value) => m.subtract(value, value)).reduce((a, b) => m.add(a, b)),
      zero,
    );
    const out = region.constraints.map((g) => m.not(m.less(local.formula(g.expr), zero)));
    // a state that is not finite has left through the first constraint
    return [m.or(out[0]!, m.not(finite)), ...out.slice(1)];
  };

  const levels = substeps.map((level): ExitColumns => {
    const state = parts.columns(size);
    for (let i = 0; i < size; i++) begin.push({ at: state + i * parts.paths, value: start[i]! });
    const z = met.z && column(Number.NEGATIVE_INFINITY);
    const defect = met.defect && column(0);
    const time = column(0);
    const left = column(-1);
    const through = column(-1);
    const touch = model && { from: column(-1), here: column(0), there: column(0), spread: column(0) };
    const hazard = model && column(0);
    const last = model ? inside.map((value) => column(value)) : [];
    const pieces = fine / level;
    const moved = [
      ...operands(state, size, parts.paths),
      ...[z, defect, time, ...(touch ? [touch.from, touch.here, touch.there, touch.spread] : []), hazard, ...last]
        .filter((at) => at !== undefined)
        .map((at) => ({ at, stride: 0 })),
    ];
    const fixed = [left, ...(threshold === undefined ? [] : [threshold])].map((at) => ({ at, stride: 0 }));
    const drive = operands(normals, pieces * d, parts.paths, pieces * d * parts.paths);
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
        : [...processStep(m, problem, own.slice(0, size), vectors[0]!), m.add(own[size]!, m.constant(1))];
      return after.map((value, i) => m.select(alive, value, own[i]!));
    });
    nodes.push({ kind: "repeat", times: level, body: [substep] });
    const watched = [...operands(state, d, parts.paths), { at: time, stride: 0 }, { at: left, stride: 0 }, { at: through, stride: 0 }];
    nodes.push(
      mapNode("paths", watched, watched.slice(d + 1), (m, inputs) => {
        const [at, was, wall] = inputs.slice(d) as [Value, Value, Value];
        const out = outside(m, inputs.slice(0, d));
        const leaves = m.and(
          m.less(was, m.constant(0)),
          out.reduce((a, b) => m.or(a, b)),
        );
        const which = out.reduceRight((rest, condition, c) => m.select(condition, m.constant(c), rest), m.constant(0));
        return [m.select(leaves, at, was), m.select(leaves, which, wall)];
      }),
    );
    return { level, state, z, defect, time, left, through, touch };
  });
  const columns = { at: first, count: (parts.size() - first) / parts.paths };
  const base = kernelOf(parts, job, {
    step: nodes,
    observe: [],
    figures: { at: first, count: 0 },
    begin,
    places: [],
    centers: [],
    figure: () => 0,
    fixed: [],
    overflowed: [],
    walkers: levels.map(({ state, z, defect }) => ({ process: 0, state, z, defect })),
  });
  return { ...base, levels, threshold, columns };
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
  let [from, keptHere, keptThere, keptSpread, hazard] = own.slice(next, next + 5) as [Value, Value, Value, Value, Value];
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
    const spread = m.sqrt(frozen.varianceAlong(gradient));
    const a = m.divide(here, spread);
    const b = m.divide(m.abs(there), spread);
    // -log(1 - exp(-2 a b/h)), of a path that ends inside
    const chance = call(m, "leanExp", m.multiply(m.constant(-2 * level), m.multiply(a, b)));
    const inside = m.less(zero, there);
    const added = m.add(hazard, m.negate(call(m, "log1p", m.negate(chance))));
    const open = m.less(from, zero);
    hazard = m.select(m.and(open, inside), added, hazard);
    const touches = m.and(open, m.or(m.not(inside), m.lessEqual(threshold, hazard)));
    from = m.select(touches, time, from);
    keptHere = m.select(touches, here, keptHere);
    keptThere = m.select(touches, there, keptThere);
    keptSpread = m.select(touches, spread, keptSpread);
  }
  return [
    ...moved.x,
    ...(met.z ? [moved.met.z!] : []),
    ...(met.defect ? [moved.met.defect!] : []),
    m.add(time, m.constant(1 / level)),
    from,
    keptHere,
    keptThere,
    keptSpread,
    hazard,
    ...values,
  ];
}
