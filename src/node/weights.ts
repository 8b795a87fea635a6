// Weights of a network in files: .safetensors or .npz by the ending, read from PyTorch, NumPy or this program, written as doubles.
import { InputError } from "../errors.ts";
import { denseLayers, type Tensor, tensorsOf } from "../problem/tensors.ts";
import { readBytes, writeBytes } from "./bytes.ts";
import { readNpz, writeNpz } from "./npz.ts";
import { readSafetensors, writeSafetensors } from "./safetensors.ts";

/**
 * The tensors of a file.
 * @param path    the file
 * @param source  what messages call it; default: the path
 */
export function readTensors(path: string, source: string = path): Tensor[] {
  if (endingOf(path) === "safetensors") return readSafetensors(readBytes(path, source), source);
  return readNpz(readBytes(path, source), source).map(({ name, shape, values }) => {
    if (values instanceof Float64Array) return { name, shape, values };
    throw new InputError("node/npz", `${source}: array ${JSON.stringify(name)} holds texts; allowed: numbers`, { source, array: name });
  });
}

export function writeTensors(path: string, tensors: readonly Tensor[]): void {
  writeBytes(path, endingOf(path) === "safetensors" ? writeSafetensors(tensors) : writeNpz(tensors));
}

/**
 * Writes the parameters of a network of dense layers as `layers.0.weight`, `layers.0.bias`, ..
 * @param widths  inputs, hidden layers, outputs
 */
export function writeWeights(path: string, parameters: Float64Array, widths: readonly number[]): void {
  writeTensors(path, tensorsOf(parameters, denseLayers(widths)));
}

function endingOf(path: string): "safetensors" | "npz" {
  const ending = /\.(safetensors|npz)$/i.exec(path)?.[1]?.toLowerCase();
  if (ending === undefined)
    throw new InputError("node/weights", `${path}: found another ending; allowed for weights: .safetensors, .npz`, { path });
  return ending as "safetensors" | "npz";
}
