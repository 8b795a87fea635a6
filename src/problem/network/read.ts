// {"network": ...} -> objective: features, targets or classes, the shape, and weights from a file (interface.md, "Data" and "Networks").
import type { Warning } from "../../answer/warning.ts";
import { tileKernels as standardKernels } from "../../codegen/network/simd.ts";
import { InputError } from "../../errors.ts";
import type { Vector } from "../../numerics/arrays.ts";
import { createStream } from "../../numerics/random.ts";
import { type Loaders, needLoader } from "../loaders.ts";
import type { Objective } from "../objective.ts";
import type { NetworkFile } from "../schema.ts";
import { fieldError } from "../schema-errors.ts";
import { readTable, selectClasses, selectFeatures } from "../table.ts";
import { denseLayers, parametersFrom } from "../tensors.ts";
import { networkObjective } from "./objective.ts";
import { type NetworkShape, networkShape } from "./shape.ts";

const field = "objective.network";

export function readNetwork(file: NetworkFile, load: Loaders): { objective: Objective; warnings: readonly Warning[] } {
  const table = readTable(file.data, `${field}.data`, load);
  const { hidden = [], activation = "tanh", loss, l2 = 0 } = file;
  const kernels = load.tileKernels ?? standardKernels;
  const choice = { target: file.target, ...(file.features ? { features: file.features } : {}), standardize: file.standardize === true };
  if (loss === "squared-error") {
    const { n, a, y, d, warnings } = selectFeatures(table, choice, field);
    const shape = networkShape(d, hidden, 1, activation, loss);
    return { objective: networkObjective(shape, { n, features: a, targets: y }, { l2, kernels }), warnings };
  }
  const { n, a, d, classes, classOf, warnings } = selectClasses(table, choice, field);
  const shape = networkShape(d, hidden, classes.length, activation, loss);
  const targets = new Float64Array(n * classes.length);
  for (let i = 0; i < n; i++) targets[i * classes.length + classOf[i]!] = 1;
  return { objective: networkObjective(shape, { n, features: a, targets }, { l2, classes, kernels }), warnings };
}

/** The start "weights" or {"seed": n}. */
export function networkStart(start: "weights" | { readonly seed: number }, file: NetworkFile, objective: Objective, load: Loaders): Vector {
  const { shape } = objective.network!.passes;
  if (start !== "weights") return randomWeights(shape, start.seed);
  const path = file.weights;
  if (path === undefined)
    throw fieldError(
      "start",
      "names weights, but the network names no file of them",
      `numbers, {"seed": n}, or a file in ${field}.weights`,
    );
  if (!/\.(safetensors|npz)$/i.test(path))
    throw new InputError("problem/weights", `${field}.weights: ${path}: found another ending; allowed: .safetensors, .npz`, {
      field,
      path,
    });
  const tensors = needLoader(load.loadTensors, `${field}.weights`, path, "give the start as numbers")(path);
  const widths = [shape.inputs, ...shape.layers.map((layer) => layer.outputs)];
  return parametersFrom(tensors, denseLayers(widths), path);
}

/** Weights of variance 1/inputs (LeCun et al., "Efficient BackProp", 1998), biases 0; the seed's own, whatever else it is used for. */
export function randomWeights(shape: NetworkShape, seed: number): Vector {
  const stream = createStream(seed).moveTo(0, 0, "start");
  const x = new Float64Array(shape.d);
  for (const { weights, biases, inputs } of shape.layers) {
    const scale = 1 / Math.sqrt(inputs);
    for (let i = weights; i < biases; i++) x[i] = scale * stream.normal();
  }
  return x;
}
