// What a finite sum over a network's samples is asked for: losses, gradients, Hessian-vector and third-derivative products, all by reverse
// and forward-over-reverse passes over tiles (tile-pass.ts), none by finite differences. f_i is the loss of sample i WITHOUT any regulariser.
// Sums over tiles run in order, so that figures do not depend on the engine. One call at a time: the heap is shared.
import { type MakeTileKernels, type TileKernels, tileWidth } from "../../codegen/network/tile.ts";
import type { Vector } from "../../numerics/arrays.ts";
import { type Order, partsOf, topOf } from "./jets.ts";
import type { NetworkShape } from "./shape.ts";
import { layTilePass, type TilePass } from "./tile-pass.ts";
import { layTiles, type NetworkData, places, type Tile } from "./tiles.ts";

export interface NetworkPasses {
  readonly shape: NetworkShape;
  readonly n: number;
  /** Bytes that the samples and the passes take. */
  readonly bytes: number;
  readonly backend: TileKernels["backend"];
  /** f_i(x), n of them. */
  losses(x: Vector, out: Vector): Vector;
  /** sum_i c_i grad f_i(x); c: n weights, or none for 1/n each. */
  gradient(x: Vector, c: Vector | undefined, out: Vector): Vector;
  /** The mean of grad f_i over the samples picked, repeats included. */
  batchGradient(x: Vector, picked: ArrayLike<number>, out: Vector): Vector;
  /** grad f_i(x) . v, n of them. */
  slopes(x: Vector, v: Vector, out: Vector): Vector;
  /** |grad f_i(x)|^2, n of them. */
  squares(x: Vector, out: Vector): Vector;
  /** All grad f_i(x): n x d, row-major. */
  sampleGradients(x: Vector, out: Float64Array): Float64Array;
  /** All (Hessian of f_i) v: n x d, row-major. */
  sampleHessianTimes(x: Vector, v: Vector, out: Float64Array): Float64Array;
  /**
   * Diagonal of the Hessian of (1/n) sum_i f_i, exactly: Z is linear in its layer's parameters, so the entry of weight (j, k) is the mean of
   * d^2 f_i/dZ_j^2 A_k^2, and to move the bias of unit j is to move Z_j. One pass for each unit of the network.
   */
  hessianDiagonal(x: Vector, out: Vector): Vector;
  /** sum_i c_i (Hessian of f_i) v; c as for the gradient. */
  hessianTimes(x: Vector, v: Vector, c: Vector | undefined, out: Vector): Vector;
  /** out_a = (1/n) sum_i sum_bc d_abc f_i u_b v_c. */
  third(x: Vector, u: Vector, v: Vector, out: Vector): Vector;
}

export function networkPasses(shape: NetworkShape, data: NetworkData, make: MakeTileKernels): NetworkPasses {
  const on = places();
  const pass = layTilePass(shape, on);
  const sums = on.take(shape.d);
  const tiles = layTiles(data, shape.inputs, shape.outputs, on);
  const kernels = make(on.used);
  tiles.fill(kernels);
  const { heap } = kernels;
  heap.fill(1, pass.ones, pass.ones + tileWidth);
  const { d } = shape;
  const { n } = data;

  const load = (...vectors: Vector[]): void => {
    for (const [i, vector] of vectors.entries()) heap.set(vector, pass.parameters[i as 0 | 1 | 2]);
  };
  const weigh = (tile: Tile, weight: (s: number) => number): void => {
    for (let s = 0; s < tileWidth; s++) heap[pass.weights + s] = s < tile.count ? weight(s) : 0;
  };
  const through = (tile: Tile, order: Order): void => {
    pass.forward(kernels, tile, order);
    pass.loss(kernels, tile, order);
    pass.backward(kernels, order);
  };
  const collect = (out: Vector): Vector => {
    out.set(heap.subarray(sums, sums + d));
    return out;
  };
  /** The gradient's top component, summed over all tiles. */
  const summed = (order: Order, c: Vector | undefined, out: Vector): Vector => {
    heap.fill(0, sums, sums + d);
    for (const tile of tiles.all) {
      weigh(tile, c ? (s) => c[tile.first + s]! : () => 1 / n);
      through(tile, order);
      addGradient(shape, pass, kernels, tile, order, sums);
    }
    return collect(out);
  };
  /** Calls `visit` after each tile went through with weights 1. */
  const eachTile = (order: Order, visit: (tile: Tile) => void): void => {
    for (const tile of tiles.all) {
      weigh(tile, () => 1);
      through(tile, order);
      visit(tile);
    }
  };

  return {
    shape,
    n,
    bytes: 8 * on.used,
    backend: kernels.backend,
    losses(x, out) {
      load(x);
      for (const tile of tiles.all) {
        weigh(tile, () => 1);
        pass.forward(kernels, tile, 0);
        pass.loss(kernels, tile, 0);
        out.set(heap.subarray(pass.losses, pass.losses + tile.count), tile.first);
      }
      return out;
    },
    gradient(x, c, out) {
      load(x);
      return summed(0, c, out);
    },
    batchGradient(x, picked, out) {
      load(x);
      heap.fill(0, sums, sums + d);
      for (let from = 0; from < picked.length; from += tileWidth) {
        const tile = { ...tiles.batch, count: Math.min(tileWidth, picked.length - from) };
        tiles.gather(kernels, picked, from, tile.count);
        weigh(tile, () => 1 / picked.length);
        through(tile, 0);
        addGradient(shape, pass, kernels, tile, 0, sums);
      }
      return collect(out);
    },
    slopes(x, v, out) {
      load(x, v);
      const last = pass.layers[shape.layers.length - 1]!;
      for (const tile of tiles.all) {
        weigh(tile, () => 1);
        pass.forward(kernels, tile, 1);
        pass.loss(kernels, tile, 0);
        heap.fill(0, pass.row, pass.row + tileWidth);
        for (let j = 0; j < shape.outputs; j++) {
          const at = j * tileWidth;
          kernels.map("addProduct", tileWidth, pass.row, last.deltas[0]! + at, last.z[1]! + at, pass.row);
        }
        out.set(heap.subarray(pass.row, pass.row + tile.count), tile.first);
      }
      return out;
    },
    squares(x, out) {
      load(x);
      eachTile(0, (tile) => {
        for (let s = 0; s < tile.count; s++) out[tile.first + s] = 0;
        for (const [l, layer] of shape.layers.entries()) {
          const before = activationsBefore(pass, tile, l, 0);
          for (let s = 0; s < tile.count; s++) {
            let inputs = 1;
            for (let k = 0; k < layer.inputs; k++) inputs += square(heap[before + k * tileWidth + s]!);
            let deltas = 0;
            for (let j = 0; j < layer.outputs; j++) deltas += square(heap[pass.layers[l]!.deltas[0]! + j * tileWidth + s]!);
            out[tile.first + s]! += inputs * deltas;
          }
        }
      });
      return out;
    },
    sampleGradients(x, out) {
      load(x);
      eachTile(0, (tile) => writeSamples(shape, pass, heap, tile, 0, out));
      return out;
    },
    sampleHessianTimes(x, v, out) {
      load(x, v);
      eachTile(1, (tile) => writeSamples(shape, pass, heap, tile, 1, out));
      return out;
    },
    hessianDiagonal(x, out) {
      out.fill(0);
      const unit = new Float64Array(d);
      for (const [l, layer] of shape.layers.entries())
        for (let j = 0; j < layer.outputs; j++) {
          unit[layer.biases + j] = 1;
          load(x, unit);
          unit[layer.biases + j] = 0;
          eachTile(1, (tile) => {
            const curvatures = pass.layers[l]!.deltas[1]! + j * tileWidth;
            const before = activationsBefore(pass, tile, l, 0);
            const row = layer.weights + j * layer.inputs;
            for (let s = 0; s < tile.count; s++) {
              const curvature = heap[curvatures + s]! / n;
              out[layer.biases + j]! += curvature;
              for (let k = 0; k < layer.inputs; k++) out[row + k]! += curvature * square(heap[before + k * tileWidth + s]!);
            }
          });
        }
      return out;
    },
    hessianTimes(x, v, c, out) {
      load(x, v);
      return summed(1, c, out);
    },
    third(x, u, v, out) {
      load(x, u, v);
      return summed(2, undefined, out);
    },
  };
}

const square = (x: number): number => x * x;

/** Where the inputs of layer l lie: the features, or the activations of the layer below. */
function activationsBefore(pass: TilePass, tile: Tile, l: number, component: number): number {
  return l === 0 ? tile.features : pass.layers[l - 1]!.a[component]!;
}

/** Adds the tile's gradient, or its top component, to `sums`: D A^T for the weights, D summed for the biases. */
function addGradient(shape: NetworkShape, pass: TilePass, kernels: TileKernels, tile: Tile, order: Order, sums: number): void {
  for (const [l, layer] of shape.layers.entries()) {
    const { deltas } = pass.layers[l]!;
    for (const [left, right] of partsOf[topOf[order]!]!) {
      if (l === 0 && right !== 0) continue;
      const a = activationsBefore(pass, tile, l, right);
      kernels.outer(deltas[left]!, layer.outputs, a, layer.inputs, sums + layer.weights, layer.inputs);
    }
    kernels.outer(deltas[topOf[order]!]!, layer.outputs, pass.ones, 1, sums + layer.biases, 1);
  }
}

/** The gradients (or their top components) of the tile's samples, each in its row of `out`. */
function writeSamples(shape: NetworkShape, pass: TilePass, heap: Float64Array, tile: Tile, order: Order, out: Float64Array): void {
  const { d } = shape;
  for (let s = 0; s < tile.count; s++) {
    const row = (tile.first + s) * d;
    for (const [l, layer] of shape.layers.entries()) {
      const { deltas } = pass.layers[l]!;
      for (let j = 0; j < layer.outputs; j++) {
        const at = row + layer.weights + j * layer.inputs;
        for (let k = 0; k < layer.inputs; k++) {
          let sum = 0;
          for (const [left, right] of partsOf[topOf[order]!]!) {
            if (l === 0 && right !== 0) continue;
            sum += heap[deltas[left]! + j * tileWidth + s]! * heap[activationsBefore(pass, tile, l, right) + k * tileWidth + s]!;
          }
          out[at + k] = sum;
        }
        out[row + layer.biases + j] = heap[deltas[topOf[order]!]! + j * tileWidth + s]!;
      }
    }
  }
}
