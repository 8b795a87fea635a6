// SGD and companions on the same normals (ensemble/coupled.ts) as a kernel: a step's normals are made first, then every walker moves. Models
// without noise have one path only and are no part of it: their values are constants.
import type { KernelNode } from "../../codegen/kernel/kernel.ts";
import { isDeterministic } from "../../model/define.ts";
import { type CoupledProgram, correctionFigure, differenceFigure, figuresPerValue, valueFigure } from "../coupled.ts";
import type { CoupledJob } from "../job-spec.ts";
import { levelsFor } from "../levels.ts";
import { companionOf } from "../process.ts";
import { figureMap, observationColumns } from "./observe.ts";
import { mapNode, normalNodes, operands, partsFor } from "./parts.ts";
import type { Encountered, PathKernel } from "./path-kernel.ts";
import { coupledSgdStep, meets, sdeSubstep } from "./steps.ts";
import { kernelOf } from "./whole.ts";

export function coupledKernel(program: CoupledProgram): PathKernel {
  const { problem } = program;
  const job = program.spec as CoupledJob;
  const { d } = problem.objective;
  const { fine, steps } = job;
  const levels = levelsFor(fine, "stochastic", job.eliminations);
  const companions = job.companions.map(companionOf);
  const models = companions.flatMap((companion, c) =>
    companion === "sgd-gaussian" || isDeterministic(companion) ? [] : [{ model: companion, c }],
  );
  const parts = partsFor(d, job.normals, (1 + models.length * levels.substeps.length) * (d + 1) + fine * d);
  const { paths } = parts;
  const normals = parts.columns(fine * d);
  const sgd = parts.columns(d);
  const nodes: KernelNode[] = [normalNodes(parts, d, fine, normals)];
  const sgdColumns = operands(sgd, d, paths);
  nodes.push(
    mapNode("paths", [...sgdColumns, ...operands(normals, fine * d, paths)], sgdColumns, (m, inputs) =>
      coupledSgdStep(m, problem, inputs.slice(0, d), vectors(inputs.slice(d), d)),
    ),
  );
  const begin = sgdColumns.map(({ at }, i) => ({ at, value: problem.start[i]! }));
  const walkers: Encountered[] = [{ process: 0, state: sgd, z: undefined, defect: undefined }];
  const states: number[][] = [[sgd]];
  for (const { model, c } of models) {
    const met = meets(problem, model);
    const width = d + (met.z ? 1 : 0) + (met.defect ? 1 : 0);
    states.push(
      levels.substeps.map((level) => {
        const state = parts.columns(width);
        const pieces = fine / level;
        const own = operands(state, width, paths);
        const drive = operands(normals, pieces * d, paths, pieces * d * paths);
        const substep = mapNode("paths", [...own, ...drive], own, (m, inputs) => {
          const before = { z: met.z && inputs[d], defect: met.defect && inputs[width - 1] };
          const after = sdeSubstep(m, problem, model, { fine, level }, inputs.slice(0, d), before, vectors(inputs.slice(width), d));
          return [...after.x, ...(met.z ? [after.met.z!] : []), ...(met.defect ? [after.met.defect!] : [])];
        });
        nodes.push({ kind: "repeat", times: level, body: [substep] });
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
  const processes = [0, ...models.map(({ c }) => 1 + c)];
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
  const count = size * (1 + figuresPerValue * models.length);
  const figures = parts.columns(count);
  const observe = figureMap(parts, problem, chosen, observation, states, figures, (m, [[own], ...others]) => [
    ...own!,
    ...others.flatMap((byLevel) =>
      own!.flatMap((reference, v) => {
        const weighted = (weights: readonly number[]) =>
          byLevel.map((values, l) => m.multiply(m.constant(weights[l]!), values[v]!)).reduce((a, b) => m.add(a, b));
        const value = weighted(levels.value);
        return [value, m.subtract(value, reference), weighted(levels.correction)];
      }),
    ),
  ]);
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
      const rest = f - size;
      const model = models[Math.floor(rest / (size * figuresPerValue))]!;
      return program.companion(model.c, place, Math.floor(rest / figuresPerValue) % size, rest % figuresPerValue);
    },
    fixed,
    overflowed,
    walkers,
  });
}

/** A list of values as vectors of length d. */
function vectors<T>(values: readonly T[], d: number): T[][] {
  return Array.from({ length: values.length / d }, (_, j) => values.slice(j * d, (j + 1) * d));
}
