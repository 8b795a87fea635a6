// A control (ensemble/control.ts) in the kernel of a coupled program: its processes move as matrices say, and what is taken from figures is a
// polynomial of degree 2 whose coefficients, means and covariances are numbers of the place that is observed.
import type { KernelNode, Operand } from "../../codegen/kernel/kernel.ts";
import type { Value } from "../../codegen/program.ts";
import type { SgdProblem } from "../../problem/problem.ts";
import { atomControl, type Coefficients, type ControlProcess, featureCount, nodeAt, normalControl } from "../control.ts";
import type { CoupledJob } from "../job-spec.ts";
import { mapNode, operands, type Parts, type PathUniforms, uniformOfRaw } from "./parts.ts";
import type { PathKernel } from "./path-kernel.ts";
import { type Builder, dot, sumOf } from "./values.ts";

export interface ControlNodes {
  /** After the step's random numbers. */
  readonly steps: readonly KernelNode[];
  readonly begin: PathKernel["begin"];
  readonly singles: NonNullable<PathKernel["singles"]>;
  /** What figures are to look at, and what is then taken from them. */
  readonly inputs: readonly Operand[];
  taken(m: Builder, inputs: readonly Value[]): Taken;
}

/** As PathControl, in a kernel's program; undefined: nothing. */
export interface Taken {
  own(value: number): Value;
  difference(companion: number, value: number): Value | undefined;
  companion(companion: number, value: number): Value;
}

/**
 * @param normals   columns of a step's normals, [fine][d]
 * @param uniforms  discrete noise: those of SGD
 */
export function controlNodes(
  parts: Parts,
  problem: SgdProblem,
  job: CoupledJob,
  size: number,
  normals: number,
  uniforms: PathUniforms | undefined,
): ControlNodes | undefined {
  const { control, steps, fine } = job;
  if (!control) return undefined;
  const { d } = problem.objective;
  const { paths } = parts;
  const width = featureCount(d);
  const nodes: KernelNode[] = [];
  const begin: { at: number; value: number }[] = [];
  const singles: { at: number; values: readonly number[] }[] = [];
  const inputs: Operand[] = [];
  const numbersByPlace = (of: (place: number) => ArrayLike<number>, count: number): number => {
    const at = parts.take(count);
    const rows = steps.map((_, place) => of(place));
    for (let c = 0; c < count; c++) singles.push({ at: at + c, values: rows.map((row) => row[c]!) });
    inputs.push(...Array.from({ length: count }, (_, c) => ({ at: at + c, stride: 0, single: true })));
    return inputs.length - count;
  };
  /** Where y, its means and its covariances begin among the inputs. */
  const process = (made: ControlProcess, drive: readonly Operand[]) => {
    const y = parts.columns(d);
    const own = operands(y, d, paths);
    begin.push(...own.map(({ at }, i) => ({ at, value: problem.start[i]! })));
    nodes.push(mapNode("paths", [...own, ...drive], own, (m, given) => stepOf(m, made, given.slice(0, d), given.slice(d))));
    inputs.push(...own);
    const from = inputs.length - d;
    const means = numbersByPlace((place) => made.laws[place]!.mean, d);
    const covariances = numbersByPlace((place) => lowerTriangle(made.laws[place]!.covariance, d), width - d);
    return { from, means, covariances };
  };
  const driven = process(normalControl(problem, control, steps, fine), operands(normals, fine * d, paths));
  const own = uniforms && process(atomControl(problem, control, steps), [{ at: uniforms.raw, stride: 0 }]);
  const coefficients = (of: (place: number) => Coefficients): number => numbersByPlace(of, width);
  const values = Array.from({ length: size }, (_, v) => coefficients((place) => nodeAt(control, place).values[v]!));
  const differences = uniforms
    ? []
    : (control.nodes[0]?.differences ?? []).map((byValue, c) =>
        byValue.map((_, v) => coefficients((place) => nodeAt(control, place).differences[c]![v]!)),
      );
  return {
    steps: nodes,
    begin,
    singles,
    inputs,
    taken(m, given) {
      const featuresOf = ({ from, means, covariances }: typeof driven): Value[] => {
        const u = Array.from({ length: d }, (_, i) => m.subtract(given[from + i]!, given[means + i]!));
        const products = u.flatMap((a, i) => u.slice(0, i + 1).map((b) => m.multiply(a, b)));
        return [...u, ...products.map((product, k) => m.subtract(product, given[covariances + k]!))];
      };
      const features = featuresOf(driven);
      const ownFeatures = own ? featuresOf(own) : features;
      const psi = (at: number, of: readonly Value[]): Value => dot(m, given.slice(at, at + width), of);
      const ofOwn = (v: number): Value => psi(values[v]!, ownFeatures);
      const difference = (c: number, v: number): Value | undefined => {
        if (own) return m.subtract(psi(values[v]!, features), ofOwn(v));
        const at = differences[c]?.[v];
        return at === undefined ? undefined : psi(at, features);
      };
      return {
        own: ofOwn,
        difference,
        companion(c, v) {
          if (own) return psi(values[v]!, features);
          const more = difference(c, v);
          return more === undefined ? ofOwn(v) : m.add(ofOwn(v), more);
        },
      };
    },
  };
}

function lowerTriangle(a: Float64Array, d: number): number[] {
  return Array.from({ length: d }, (_, i) => Array.from(a.subarray(i * d, i * d + i + 1))).flat();
}

/** c + (I - eta A) (y - c) - noise. */
function stepOf(m: Builder, { step, center, noise }: ControlProcess, y: readonly Value[], drive: readonly Value[]): Value[] {
  const d = y.length;
  const row = (a: Float64Array, i: number): Value[] => Array.from(a.subarray(i * d, (i + 1) * d), (entry) => m.constant(entry));
  const offset = y.map((value, i) => m.subtract(value, m.constant(center[i]!)));
  const moved = y.map((_, i) => m.add(m.constant(center[i]!), dot(m, row(step, i), offset)));
  if ("maps" in noise)
    return moved.map((value, i) =>
      m.subtract(
        value,
        sumOf(
          m,
          noise.maps.map((map, q) => dot(m, row(map, i), drive.slice(q * d, (q + 1) * d))),
        ),
      ),
    );
  const u = uniformOfRaw(m, drive[0]!);
  const passed = noise.passed.map((sum) => m.lessEqual(m.constant(sum), u));
  return moved.map((value, i) =>
    m.subtract(
      value,
      passed.reduceRight((rest, beyond, a) => m.select(beyond, rest, m.constant(noise.atoms[a]![i]!)), m.constant(noise.atoms.at(-1)![i]!)),
    ),
  );
}
