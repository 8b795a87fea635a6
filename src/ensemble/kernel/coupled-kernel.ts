// SGD and companions on the same normals (ensemble/coupled.ts) as a kernel: a step's normals are made first, then every walker moves. SGD with
// discrete noise has uniforms of its own, SGD on a table its minibatches, and their Gaussian twins move as SGD with Gaussian noise does. Models
// without noise have one path only and are no part of it: their values are constants.
import type { KernelNode, MapNode } from "../../codegen/kernel/kernel.ts";
import type { Value } from "../../codegen/program.ts";
import { isDeterministic } from "../../model/define.ts";
import { type CoupledProgram, correctionFigure, differenceFigure, figuresPerValue, oneLevel, valueFigure } from "../coupled.ts";
import type { CoupledJob } from "../job-spec.ts";
import { levelsFor } from "../levels.ts";
import { companionOf, drivenByAtoms, drivenByRows } from "../process.ts";
import { type ControlNodes, controlNodes } from "./control-kernel.ts";
import { minibatchColumns, minibatches } from "./minibatch.ts";
import { figureMap, observationColumns } from "./observe.ts";
import { mapNode, normalNodes, operands, partsFor, pathNumbers, pathUniforms, uniformOfRaw } from "./parts.ts";
import type { Encountered, PathKernel } from "./path-kernel.ts";
import type { PolynomialPlan } from "./polynomial-plan.ts";
import { pathsByPolynomials, polynomialSteps } from "./polynomial-steps.ts";
import { coupledSgdStep, meets, sdeSubstep, sgdStep } from "./steps.ts";
import type { Builder } from "./values.ts";
import { kernelOf } from "./whole.ts";

/** @param plan  for steps by polynomials in H (polynomial-steps.ts); default: by its eigenvalues (spectral.ts) */
export function coupledKernel(program: CoupledProgram, plan?: PolynomialPlan): PathKernel {
  const { problem } = program;
  const job = program.spec as CoupledJob;
  const { d } = problem.objective;
  const { fine, steps } = job;
  const levels = levelsFor(fine, "stochastic", job.eliminations);
  const companions = job.companions.map(companionOf);
  const twins = companions.flatMap((companion, c) => (companion === "sgd-gaussian" ? [{ c, levels: oneLevel }] : []));
  const models = companions.flatMap((companion, c) =>
    companion === "sgd-gaussian" || isDeterministic(companion) ? [] : [{ model: companion, c, levels }],
  );
  /** What is simulated beside SGD, in the order of states and figures. */
  const beside = [...twins, ...models];
  const walkerCount = 1 + twins.length + models.length * levels.substeps.length;
  const rows = drivenByRows(problem, "sgd") ? minibatchColumns(problem) : 0;
  const each = job.mirrored ? 2 : 1;
  const parts = partsFor(d, job.normals, each * (walkerCount * (d + 1) + fine * d + rows), plan && pathsByPolynomials(d, fine));
  const { paths } = parts;
  const drawn = parts.columns(fine * d);
  const numbers = problem.noise.kind === "gaussian" ? undefined : pathNumbers(parts);
  const uniforms = numbers && drivenByAtoms(problem, "sgd") ? pathUniforms(parts, numbers) : undefined;
  const nodes: KernelNode[] = [normalNodes(parts, d, fine, drawn), ...(uniforms?.random ?? [])];
  const begin: { at: number; value: number }[] = [];
  const walkers: Encountered[] = [];
  const halves = [half(drawn), ...(job.mirrored ? [half(negated(drawn))] : [])];

  /** Columns of the same normals with the other sign. */
  function negated(from: number): number {
    const to = parts.columns(fine * d);
    nodes.push(
      mapNode("paths", operands(from, fine * d, paths), operands(to, fine * d, paths), (m, inputs) =>
        inputs.map((value) => m.negate(value)),
      ),
    );
    return to;
  }

  /** All that moves on the normals of these columns. */
  function half(normals: number) {
    const states: number[][] = [];
    const polynomials = plan && polynomialSteps(parts, problem, plan, normals);
    if (polynomials) begin.push({ at: polynomials.beyond, value: 0 });
    const driven = (state: number): KernelNode[] => {
      if (polynomials) return polynomials.sgd(state);
      const own = operands(state, d, paths);
      const step = mapNode("paths", [...own, ...operands(normals, fine * d, paths)], own, (m, inputs) =>
        coupledSgdStep(m, problem, inputs.slice(0, d), vectors(inputs.slice(d), d)),
      );
      return [step];
    };
    const addSgd = (process: number, state: number): void => {
      begin.push(...operands(state, d, paths).map(({ at }, i) => ({ at, value: problem.start[i]! })));
      walkers.push({ process, state, z: undefined, defect: undefined });
      states.push([state]);
    };
    const sgd = parts.columns(d);
    const batch = numbers && drivenByRows(problem, "sgd") ? minibatches(parts, problem, sgd, numbers) : undefined;
    const own = operands(sgd, d, paths);
    if (batch) {
      const step = mapNode("paths", [...own, ...batch.sums], own, (m, inputs) => {
        const x = inputs.slice(0, d);
        return sgdStep(m, problem, x, { gradient: batch.gradient(m, x, inputs.slice(d)) });
      });
      nodes.push(...batch.nodes, step);
    } else if (uniforms) {
      const pick = { at: uniforms.raw, stride: 0 };
      const step = mapNode("paths", [...own, pick], own, (m, inputs) =>
        sgdStep(m, problem, inputs.slice(0, d), { uniform: uniformOfRaw(m, inputs[d]!) }),
      );
      nodes.push(step);
    } else nodes.push(...driven(sgd));
    addSgd(0, sgd);
    for (const { c } of twins) {
      const state = parts.columns(d);
      nodes.push(...driven(state));
      addSgd(1 + c, state);
    }
    for (const { model, c } of models) {
      // paths by polynomials that meet z >= 1 are no longer the kernel's
      const met = polynomials ? { z: undefined, defect: undefined } : meets(problem, model);
      const width = d + (met.z ? 1 : 0) + (met.defect ? 1 : 0);
      states.push(
        levels.substeps.map((level) => {
          const state = parts.columns(width);
          const pieces = fine / level;
          const own = operands(state, width, paths);
          const drive = operands(normals, pieces * d, paths, pieces * d * paths);
          const substep = (): MapNode =>
            mapNode("paths", [...own, ...drive], own, (m, inputs) => {
              const before = { z: met.z && inputs[d], defect: met.defect && inputs[width - 1] };
              const after = sdeSubstep(m, problem, model, { fine, level }, inputs.slice(0, d), before, vectors(inputs.slice(width), d));
              return [...after.x, ...(met.z ? [after.met.z!] : []), ...(met.defect ? [after.met.defect!] : [])];
            });
          nodes.push(...(polynomials?.model(model, level, state) ?? [{ kind: "repeat" as const, times: level, body: [substep()] }]));
          const z = met.z && state + d * paths;
          const defect = met.defect && state + (width - 1) * paths;
          begin.push(...own.slice(0, d).map(({ at }, i) => ({ at, value: problem.start[i]! })));
          if (z !== undefined) begin.push({ at: z, value: Number.NEGATIVE_INFINITY });
          if (defect !== undefined) begin.push({ at: defect, value: 0 });
          walkers.push({ process: 1 + c, state, z, defect });
          return state;
        }),
      );
    }
    return { normals, states, polynomials, batch };
  }
  const processes = [0, ...beside.map(({ c }) => 1 + c)];
  const chosen =
    job.observation.kind === "moments"
      ? {
          ...job.observation,
          centers: processes.map(
            (process) => (job.observation as { centers: readonly (readonly (readonly number[])[])[] }).centers[process]!,
          ),
        }
      : job.observation;
  const observation = observationColumns(parts, problem, chosen, steps, processes.length);
  const { size } = observation;
  const controls = halves.map(({ normals }) => controlNodes(parts, problem, job, size, normals, uniforms));
  for (const control of controls) {
    nodes.push(...(control?.steps ?? []));
    begin.push(...(control?.begin ?? []));
  }
  const values = job.control?.values ?? false;
  const simulated = size * (1 + figuresPerValue * beside.length);
  const hasPlain = values || job.mirrored === true;
  const count = simulated + (hasPlain ? size : 0);
  const figures = parts.columns(count);
  /** Figures of one half; by process and level. */
  const figuresOf = (
    m: Builder,
    [[own], ...others]: readonly (readonly (readonly Value[])[])[],
    taken: ReturnType<ControlNodes["taken"]> | undefined,
  ): Value[] => {
    const less = (value: Value, part: Value | undefined): Value => (part === undefined ? value : m.subtract(value, part));
    return [
      ...own!.map((value, v) => less(value, values ? taken!.own(v) : undefined)),
      ...others.flatMap((byLevel, b) =>
        own!.flatMap((reference, v) => {
          const { c, levels: weights } = beside[b]!;
          const weighted = (by: readonly number[]) =>
            byLevel.map((found, l) => m.multiply(m.constant(by[l]!), found[v]!)).reduce((a, b) => m.add(a, b));
          const value = weighted(weights.value);
          return [
            less(value, values ? taken!.companion(c, v) : undefined),
            less(m.subtract(value, reference), taken?.difference(c, v)),
            weighted(weights.correction),
          ];
        }),
      ),
    ];
  };
  const make = (m: Builder, byProcess: readonly (readonly (readonly Value[])[])[], more: readonly Value[]): Value[] => {
    let next = 0;
    const found = halves.map((_, h) => {
      const own = more.slice(next, (next += controls[h]?.inputs.length ?? 0));
      const ofHalf = byProcess.map((walkers) =>
        walkers.slice((h * walkers.length) / halves.length, ((h + 1) * walkers.length) / halves.length),
      );
      return figuresOf(m, ofHalf, controls[h]?.taken(m, own));
    });
    const [first, second] = found;
    const means = second ? first!.map((value, f) => m.multiply(m.constant(0.5), m.add(value, second[f]!))) : first!;
    return [...means, ...(hasPlain ? byProcess[0]![0]! : [])];
  };
  const states = halves[0]!.states.map((_, process) => halves.flatMap((one) => one.states[process]!));
  const inputs = controls.flatMap((control) => control?.inputs ?? []);
  const observe = figureMap(parts, problem, chosen, observation, states, figures, make, inputs);
  const fixed = companions.flatMap((_, c) => {
    const values = program.fixed(c);
    if (!values) return [];
    return steps.flatMap((_step, place) =>
      Array.from({ length: size }, (_v, v) => [
        { figure: program.companion(c, place, v, valueFigure), value: values.value[place * size + v]! },
        { figure: program.companion(c, place, v, differenceFigure), value: values.value[place * size + v]!, less: program.sgd(place, v) },
        { figure: program.companion(c, place, v, correctionFigure), value: values.correction[place * size + v]! },
      ]).flat(),
    );
  });
  const overflowed = companions.flatMap((_, c) => (program.fixed(c)?.value.some((value) => !Number.isFinite(value)) ? [1 + c] : []));
  return kernelOf(parts, job, {
    ways: [nodes],
    observe: [observe],
    figures: { at: figures, count },
    begin,
    places: steps,
    centers: observation.centers,
    figure(place, f) {
      if (f < size) return program.sgd(place, f);
      if (f >= simulated) return program.plain(place, f - simulated);
      const rest = f - size;
      const { c } = beside[Math.floor(rest / (size * figuresPerValue))]!;
      return program.companion(c, place, Math.floor(rest / figuresPerValue) % size, rest % figuresPerValue);
    },
    fixed,
    overflowed,
    walkers,
    numbers,
    tables: halves.flatMap(({ polynomials, batch }) => polynomials?.tables ?? batch?.tables ?? []),
    beyond: plan && halves.map(({ polynomials }) => polynomials!.beyond),
    singles: controls.flatMap((control) => control?.singles ?? []),
  });
}

/** A list of values as vectors of length d. */
function vectors<T>(values: readonly T[], d: number): T[][] {
  return Array.from({ length: values.length / d }, (_, j) => values.slice(j * d, (j + 1) * d));
}
