// Named tensors: weights of a network as other programs keep them, laid into one parameter vector. Names are Escapement's own
// (`layers.0.weight`, `layers.0.bias`, ..) or any program's that says weight and bias and tells the order of the layers by numbers
// (PyTorch's nn.Sequential: `0.weight`, `2.weight`; `fc1.weight`, `fc2.weight`; `model.net.0.weight`). Shapes are PyTorch's: a weight
// is [outputs, inputs], row-major. What the file format was is not known here (node/safetensors.ts, node/npz.ts).
import { InputError } from "../errors.ts";
import type { Vector } from "../numerics/arrays.ts";

export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Row-major, in full double precision; NaN or infinite entries as the file has them. */
  readonly values: Float64Array;
}

export interface ExpectedTensor {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Weights and biases of dense layers, `layers.0.weight` [outputs, inputs] and so on, in the order of the parameter vector. */
export function denseLayers(widths: readonly number[]): ExpectedTensor[] {
  return widths.slice(1).flatMap((outputs, k) => [
    { name: `layers.${k}.weight`, shape: [outputs, widths[k]!] },
    { name: `layers.${k}.bias`, shape: [outputs] },
  ]);
}

/**
 * The parameter vector: each expected tensor's entries, one after another.
 * @param source  the file, named in messages
 * @throws InputError `problem/tensors` naming the tensor that is missing, too many, of the wrong shape or not finite
 */
export function parametersFrom(tensors: readonly Tensor[], expected: readonly ExpectedTensor[], source: string): Vector {
  const found = match(tensors, expected, source);
  const out = new Float64Array(expected.reduce((n, { shape }) => n + sizeOf(shape), 0));
  let at = 0;
  expected.forEach(({ name, shape }, k) => {
    const tensor = found[k]!;
    const as = tensor.name === name ? "" : ` (as ${name})`;
    if (!sameShape(tensor.shape, shape)) {
      const turned = sameShape([...tensor.shape].reverse(), shape) ? "; it is the transpose: weights are [outputs, inputs]" : "";
      throw refuse(
        source,
        tensor.name,
        `tensor ${quote(tensor.name)}${as} has shape ${shapeText(tensor.shape)}${turned}`,
        shapeText(shape),
      );
    }
    const wrong = tensor.values.findIndex((v) => !Number.isFinite(v));
    if (wrong >= 0)
      throw refuse(source, tensor.name, `tensor ${quote(tensor.name)}${as}: entry ${wrong} is ${tensor.values[wrong]}`, "finite numbers");
    out.set(tensor.values, at);
    at += tensor.values.length;
  });
  return out;
}

/** The parameter vector as named tensors, to be written. */
export function tensorsOf(parameters: Vector, expected: readonly ExpectedTensor[]): Tensor[] {
  let at = 0;
  return expected.map(({ name, shape }) => ({ name, shape, values: parameters.slice(at, (at += sizeOf(shape))) }));
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((n, m) => n * m, 1);

function match(tensors: readonly Tensor[], expected: readonly ExpectedTensor[], source: string): Tensor[] {
  const byName = new Map(tensors.map((t) => [t.name, t]));
  const twice = tensors.find((t, i) => byName.get(t.name) !== tensors[i]);
  if (twice) throw refuse(source, twice.name, `two tensors are named ${quote(twice.name)}`, "one of each name");
  const ours = expected.every((e) => byName.has(e.name));
  const named = ours ? expected.map((e) => byName.get(e.name)!) : inOrder(tensors, expected, source);
  if (tensors.length === expected.length) return named;
  const used = new Set(named);
  const extra = tensors.find((t) => !used.has(t))!;
  throw refuse(
    source,
    extra.name,
    `${tensors.length} tensors, ${quote(extra.name)} ${shapeText(extra.shape)} among them`,
    listing(expected),
  );
}

/** Weights and biases by the numbers in their names, where these alone tell the layers apart. */
function inOrder(tensors: readonly Tensor[], expected: readonly ExpectedTensor[], source: string): Tensor[] {
  const layers = new Map<string, { numbers: number[]; weight?: Tensor; bias?: Tensor }>();
  let skeleton: string | undefined;
  for (const tensor of tensors) {
    const [, prefix, role] = /^(.*?)\.?(weight|bias)$/s.exec(tensor.name) ?? [];
    if (prefix === undefined || role === undefined)
      throw refuse(source, tensor.name, `tensor ${quote(tensor.name)} is no layer's weight or bias`, listing(expected));
    const shape = prefix.replace(/\d+/g, "#");
    skeleton ??= shape;
    if (shape !== skeleton)
      throw refuse(
        source,
        tensor.name,
        `the names do not tell the order of the layers: ${quote(tensor.name)} beside ${quote(tensors[0]!.name)}`,
        listing(expected),
      );
    const layer = layers.get(prefix) ?? { numbers: (prefix.match(/\d+/g) ?? []).map(Number) };
    layer[role as "weight" | "bias"] = tensor;
    layers.set(prefix, layer);
  }
  const sorted = [...layers].sort(([, a], [, b]) => compareLists(a.numbers, b.numbers));
  const found = sorted.flatMap(([prefix, { weight, bias }]) => {
    if (!weight || !bias)
      throw refuse(
        source,
        prefix,
        `tensor ${quote(`${prefix ? `${prefix}.` : ""}${weight ? "bias" : "weight"}`)} is missing`,
        listing(expected),
      );
    return [weight, bias];
  });
  if (found.length < expected.length) {
    const missing = expected[found.length]!;
    throw refuse(source, missing.name, `tensor ${quote(missing.name)} is missing: ${found.length / 2} layers`, listing(expected));
  }
  return found.slice(0, expected.length);
}

function compareLists(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((v, i) => v !== b[i]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}

const sameShape = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((m, i) => m === b[i]);
const shapeText = (shape: readonly number[]): string => `[${shape.join(", ")}]`;
const quote = (name: string): string => JSON.stringify(name);
const listing = (expected: readonly ExpectedTensor[]): string => expected.map((e) => `${e.name} ${shapeText(e.shape)}`).join(", ");

function refuse(source: string, tensor: string, found: string, allowed: string): InputError {
  return new InputError("problem/tensors", `${source}: ${found}; allowed: ${allowed}`, { source, tensor });
}
