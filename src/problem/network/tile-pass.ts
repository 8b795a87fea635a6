// One tile through the network and back, with derivatives along up to two directions (jets.ts): forward through the layers, the loss, back
// to every layer's Z. What it leaves on the heap is read by passes.ts: each layer's activations A and deltas D = d loss/d Z, per sample.
//   forward   Z = W A + b,  A' = sigma(Z)          backward   B = W^T D',  D = B sigma'(Z)
// Cross-entropy is softmax: D = (p - y) weight; squared error: D = (Z - y) weight. Samples of weight 0 leave no trace in any sum.
import type { ElementwiseName } from "../../codegen/network/elementwise.ts";
import { onTile, type TileCalls, tileWidth } from "../../codegen/network/tile.ts";
import { type Component, componentsOf, type Order, partsOf } from "./jets.ts";
import type { NetworkShape } from "./shape.ts";
import type { Places } from "./tiles.ts";

/** Places of one layer's quantities, one for each component. */
export interface LayerPlaces {
  readonly z: readonly number[];
  /** Activations behind the layer; none behind the last. */
  readonly a: readonly number[];
  readonly deltas: readonly number[];
  readonly b: readonly number[];
  readonly slopes: readonly number[];
}

export interface TilePass {
  readonly layers: readonly LayerPlaces[];
  /** Places of x, u, v: d doubles each. */
  readonly parameters: readonly [number, number, number];
  /** Weights of the samples, tileWidth doubles; and ones. */
  readonly weights: number;
  readonly ones: number;
  /** Losses of the samples, unweighted. */
  readonly losses: number;
  /** Room for a row of sums by sample. */
  readonly row: number;
  forward(calls: TileCalls, order: Order): void;
  /** The losses and the last layer's deltas, of components up to the order. */
  loss(calls: TileCalls, order: Order): void;
  backward(calls: TileCalls, order: Order): void;
}

export function layTilePass(shape: NetworkShape, on: Places): TilePass {
  const four = (rows: number): number[] => [0, 1, 2, 3].map(() => on.take(rows * tileWidth));
  const layers = shape.layers.map(({ outputs }, l): LayerPlaces => {
    const last = l === shape.layers.length - 1;
    return {
      z: four(outputs),
      a: last ? [] : four(outputs),
      deltas: four(outputs),
      b: last ? [] : four(outputs),
      slopes: last ? [] : four(outputs).slice(1),
    };
  });
  const parameters = [on.take(shape.d), on.take(shape.d), on.take(shape.d)] as const;
  const takeRow = (): number => on.take(tileWidth);
  const [weights, ones, losses, row] = [takeRow(), takeRow(), takeRow(), takeRow()];
  const softmax = {
    p: four(shape.outputs),
    largest: takeRow(),
    sum: takeRow(),
    means: [0, 1, 2, 3].map(takeRow),
  };
  const places = { layers, parameters, weights, ones, losses, row };
  return {
    ...places,
    forward: (calls, order) => forward(shape, places, calls, order),
    loss(calls, order) {
      if (shape.loss === "squared-error") squaredError(shape, places, calls, order);
      else crossEntropy(shape, places, softmax, calls, order);
    },
    backward: (calls, order) => backward(shape, places, calls, order),
  };
}

/** Where the tile's features and targets lie (tiles.ts). */
export const featuresOnTile = onTile;
const targetsOnTile = (shape: NetworkShape): number => onTile + shape.inputs * tileWidth;

type Where = Omit<TilePass, "forward" | "loss" | "backward">;

function forward(shape: NetworkShape, { layers, parameters, ones }: Where, { product, map }: TileCalls, order: Order): void {
  for (const [l, layer] of shape.layers.entries()) {
    const { z, a, slopes } = layers[l]!;
    const count = layer.outputs * tileWidth;
    for (const c of componentsOf[order]!) {
      map("zero", count, z[c]!);
      if (c < 3) product(parameters[c as 0 | 1 | 2] + layer.biases, 1, 1, layer.outputs, 1, ones, z[c]!);
      for (const [moved, rest] of partsOf[c]!) {
        // parameters move along straight lines, and features do not move
        if (moved === 3 || (l === 0 && rest !== 0)) continue;
        const from = l === 0 ? featuresOnTile : layers[l - 1]!.a[rest]!;
        product(parameters[moved] + layer.weights, layer.inputs, 1, layer.outputs, layer.inputs, from, z[c]!);
      }
    }
    if (l === shape.layers.length - 1) return;
    map(`${shape.activation}${order}` as ElementwiseName, count, z[0]!, a[0]!, ...slopes.slice(0, order + 1));
    if (order > 0) map("multiply", count, slopes[0]!, z[1]!, a[1]!);
    if (order > 1) {
      map("multiply", count, slopes[0]!, z[2]!, a[2]!);
      map("forward2", count, slopes[0]!, slopes[1]!, z[1]!, z[2]!, z[3]!, a[3]!);
    }
  }
}

function backward(shape: NetworkShape, { layers, parameters }: Where, { product, map }: TileCalls, order: Order): void {
  for (let l = shape.layers.length - 2; l >= 0; l--) {
    const above = shape.layers[l + 1]!;
    const { z, deltas, b, slopes } = layers[l]!;
    const count = above.inputs * tileWidth;
    for (const c of componentsOf[order]!) {
      map("zero", count, b[c]!);
      for (const [moved, rest] of partsOf[c]!) {
        if (moved === 3) continue;
        const from = layers[l + 1]!.deltas[rest]!;
        product(parameters[moved] + above.weights, 1, above.inputs, above.inputs, above.outputs, from, b[c]!);
      }
    }
    const [s, s2, s3] = slopes as [number, number, number];
    map("multiply", count, b[0]!, s, deltas[0]!);
    if (order > 0) map("backward1", count, s, s2, z[1]!, b[0]!, b[1]!, deltas[1]!);
    if (order > 1) {
      map("backward1", count, s, s2, z[2]!, b[0]!, b[2]!, deltas[2]!);
      map("backward2", count, s, s2, s3, z[1]!, z[2]!, z[3]!, b[0]!, b[1]!, b[2]!, b[3]!, deltas[3]!);
    }
  }
}

function squaredError(shape: NetworkShape, where: Where, { map }: TileCalls, order: Order): void {
  const targets = targetsOnTile(shape);
  const { z, deltas } = where.layers[shape.layers.length - 1]!;
  map("zero", tileWidth, where.losses);
  for (let j = 0; j < shape.outputs; j++) {
    const at = j * tileWidth;
    map("halfSquare", tileWidth, where.losses, z[0]! + at, targets + at, where.losses);
    map("difference", tileWidth, z[0]! + at, targets + at, where.weights, deltas[0]! + at);
    for (const c of movingComponents(order)) map("multiply", tileWidth, z[c]! + at, where.weights, deltas[c]! + at);
  }
}

interface SoftmaxPlaces {
  readonly p: readonly number[];
  readonly largest: number;
  readonly sum: number;
  readonly means: readonly number[];
}

function crossEntropy(shape: NetworkShape, where: Where, softmax: SoftmaxPlaces, { map }: TileCalls, order: Order): void {
  const targets = targetsOnTile(shape);
  const { outputs } = shape;
  const { z, deltas } = where.layers[shape.layers.length - 1]!;
  const { p, largest, sum, means } = softmax;
  const rows = Array.from({ length: outputs }, (_, j) => j * tileWidth);
  map("copy", tileWidth, z[0]!, largest);
  for (const at of rows) map("larger", tileWidth, largest, z[0]! + at, largest);
  map("zero", tileWidth, sum);
  for (const at of rows) map("exponentials", tileWidth, z[0]! + at, largest, sum, p[0]! + at, sum);
  // Z of the class a sample has
  map("zero", tileWidth, where.losses);
  for (const at of rows) {
    map("addProduct", tileWidth, where.losses, z[0]! + at, targets + at, where.losses);
    map("divide", tileWidth, p[0]! + at, sum, p[0]! + at);
    map("difference", tileWidth, p[0]! + at, targets + at, where.weights, deltas[0]! + at);
  }
  map("crossEntropy", tileWidth, sum, largest, where.losses, where.losses);
  for (const c of movingComponents(order)) {
    const mean = means[c]!;
    map("zero", tileWidth, mean);
    for (const at of rows) {
      map("addProduct", tileWidth, mean, p[0]! + at, z[c]! + at, mean);
      if (c === 3) map("addProduct", tileWidth, mean, p[2]! + at, z[1]! + at, mean);
    }
    for (const at of rows) {
      if (c === 3) map("softmaxAlong2", tileWidth, p[2]! + at, z[1]! + at, means[1]!, p[0]! + at, z[3]! + at, mean, p[3]! + at);
      else map("softmaxAlong", tileWidth, p[0]! + at, z[c]! + at, mean, p[c]! + at);
      map("multiply", tileWidth, p[c]! + at, where.weights, deltas[c]! + at);
    }
  }
}

const movingComponents = (order: Order): readonly Component[] => componentsOf[order]!.slice(1);
