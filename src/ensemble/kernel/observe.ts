// Observations (ensemble/observation.ts) as formulas in a kernel's program: the values of every walker's state, NaN where it has overflowed.
import type { MapNode, Operand } from "../../codegen/kernel/kernel.ts";
import type { Value } from "../../codegen/program.ts";
import type { SgdProblem } from "../../problem/problem.ts";
import { stateDimension } from "../momentum-sgd.ts";
import type { ObservationSpec } from "../observation.ts";
import { localAt } from "./local.ts";
import { mapNode, operands, type Parts } from "./parts.ts";
import type { PathKernel } from "./path-kernel.ts";
import { type Builder, sumOf } from "./values.ts";

export interface ObservationColumns {
  /** Values a state. */
  readonly size: number;
  /** Columns of centers, [process][coordinate] from here on; moments only. */
  readonly at: number | undefined;
  readonly centers: PathKernel["centers"];
}

export function observationColumns(
  parts: Parts,
  problem: SgdProblem,
  spec: ObservationSpec,
  steps: readonly number[],
  processes: number,
): ObservationColumns {
  const d = stateDimension(problem);
  if (spec.kind !== "moments") return { size: spec.kind === "state" ? d : problem.tests.length, at: undefined, centers: [] };
  const at = parts.columns(processes * d);
  const centers = Array.from({ length: processes * d }, (_, c) => ({
    at: at + c * parts.paths,
    values: steps.map((_step, place) => spec.centers[Math.floor(c / d)]![place]![c % d]!),
  }));
  return { size: d + (d * (d + 1)) / 2, at, centers };
}

/**
 * A map over paths from the walkers' states to figures.
 * @param states   places of the states' columns, [process][walker]
 * @param combine  figures from the values, [process][walker][value], and from what else is to be looked at
 */
export function figureMap(
  parts: Parts,
  problem: SgdProblem,
  spec: ObservationSpec,
  { at, size }: ObservationColumns,
  states: readonly (readonly number[])[],
  figures: number,
  combine: (m: Builder, values: readonly (readonly (readonly Value[])[])[], more: readonly Value[]) => readonly Value[],
  more: readonly Operand[] = [],
): MapNode {
  const d = stateDimension(problem);
  const { paths } = parts;
  const walkers = states.flat();
  const inputs = [
    ...walkers.flatMap((state) => operands(state, d, paths)),
    ...(at === undefined ? [] : operands(at, states.length * d, paths)),
    ...more,
  ];
  let count = 0;
  const node = mapNode("paths", inputs, [], (m, given) => {
    let next = 0;
    const values = states.map((levels, process) =>
      levels.map(() => {
        const x = given.slice(next, (next += d));
        const center = at === undefined ? [] : given.slice(walkers.length * d + process * d, walkers.length * d + (process + 1) * d);
        return whereFinite(m, x, observed(m, problem, spec, x, center));
      }),
    );
    const results = combine(m, values, given.slice(given.length - more.length));
    count = results.length;
    return results;
  });
  return { ...node, outputs: operands(figures, count, paths) };

  function observed(m: Builder, { tests }: SgdProblem, { kind }: ObservationSpec, x: readonly Value[], center: readonly Value[]): Value[] {
    if (kind === "state") return [...x];
    if (kind === "tests") {
      const local = localAt(m, problem, x.slice(0, problem.objective.d));
      return tests.slice(0, size).map((test) => local.formula(test.expr!));
    }
    const y = x.map((value, i) => m.subtract(value, center[i]!));
    return [...y, ...y.flatMap((value, i) => y.slice(0, i + 1).map((other) => m.multiply(value, other)))];
  }
}

/** The values, or NaN where the state is not finite. */
function whereFinite(m: Builder, x: readonly Value[], values: readonly Value[]): Value[] {
  const zero = sumOf(
    m,
    x.map((value) => m.subtract(value, value)),
  );
  const finite = m.equal(zero, m.constant(0));
  return values.map((value) => m.select(finite, value, m.constant(Number.NaN)));
}
