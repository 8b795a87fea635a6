// One process by its scheme (ensemble/single.ts) as a kernel: random numbers and step in one map over blocks, so that normals never go through
// memory.
import type { SgdProblem } from "../../problem/problem.ts";
import type { SingleJob } from "../job-spec.ts";
import { startState, stateDimension } from "../momentum-sgd.ts";
import { drivenByAtoms, drivenByRows, processOf } from "../process.ts";
import { minibatchColumns, minibatches } from "./minibatch.ts";
import { figureMap, observationColumns } from "./observe.ts";
import { mapNode, operands, partsFor } from "./parts.ts";
import type { PathKernel } from "./path-kernel.ts";
import { meets, processStep, sdeSubstep } from "./steps.ts";
import { kernelOf } from "./whole.ts";

export function singleKernel(problem: SgdProblem, job: SingleJob): PathKernel {
  const { d } = problem.objective;
  const process = processOf(job.process);
  const model = typeof process === "string" ? undefined : process;
  const met = model ? meets(problem, model) : { z: undefined, defect: undefined };
  const size = stateDimension(problem);
  const width = size + (met.z ? 1 : 0) + (met.defect ? 1 : 0);
  const byRows = drivenByRows(problem, job.process);
  const random = drivenByAtoms(problem, job.process) ? "uniform" : job.normals;
  const parts = partsFor(d, byRows ? "elsewhere" : random, width + (byRows ? minibatchColumns(problem) : 0));
  const { sharing, blocks, paths } = parts;
  const state = parts.columns(width);
  const z = met.z && state + d * paths;
  const defect = met.defect && state + (width - 1) * paths;

  const batch = byRows ? minibatches(parts, problem, state) : undefined;
  const before = batch?.nodes ?? parts.random;
  const drivers = batch?.sums ?? parts.rawInputs;

  // the columns of every member of a block, one member after another
  const columns = Array.from({ length: sharing }, (_, v) => operands(state + v * blocks, width, paths)).flat();
  const members = mapNode("blocks", [...columns, ...drivers], columns, (m, inputs) => {
    const given = inputs.slice(columns.length);
    const drives = batch ? [{ gradient: batch.gradient(m, inputs.slice(0, d), given) }] : parts.drives(m, given);
    return drives.flatMap((drive, v) => {
      const own = inputs.slice(v * width, (v + 1) * width);
      const x = own.slice(0, size);
      if (!model || !("normals" in drive)) return processStep(m, problem, x, drive);
      const known = { z: met.z && own[d], defect: met.defect && own[width - 1] };
      const after = sdeSubstep(m, problem, model, { fine: job.substeps, level: job.substeps }, x, known, [drive.normals]);
      return [...after.x, ...(met.z ? [after.met.z!] : []), ...(met.defect ? [after.met.defect!] : [])];
    });
  });
  const step = { ...members, members: sharing };
  const observation = observationColumns(parts, problem, job.observation, job.steps, 1);
  const figures = parts.columns(observation.size);
  const observe = figureMap(parts, problem, job.observation, observation, [[state]], figures, (_m, [[values]]) => values!);
  return kernelOf(parts, job, {
    ways: [[{ kind: "repeat", times: job.substeps, body: [...before, step] }]],
    observe: [observe],
    figures: { at: figures, count: observation.size },
    begin: [
      ...operands(state, size, paths).map(({ at }, i) => ({ at, value: startState(problem)[i]! })),
      ...(z === undefined ? [] : [{ at: z, value: Number.NEGATIVE_INFINITY }]),
      ...(defect === undefined ? [] : [{ at: defect, value: 0 }]),
    ],
    places: job.steps,
    centers: observation.centers,
    figure: (place, f) => place * observation.size + f,
    fixed: [],
    overflowed: [],
    walkers: [{ process: 0, state, z, defect }],
    tables: batch?.tables,
    orders: batch?.orders,
  });
}
