// What a finite sum over a network's samples is asked for: losses, gradients, Hessian-vector and third-derivative products, all by reverse
// and forward-over-reverse passes over tiles (tile-pass.ts), none by finite differences. f_i is the loss of sample i WITHOUT any regulariser.
// Sums over tiles run in order, so that figures do not depend on the engine. One call at a time: the heap is shared.
import { type MakeTileKernels, recordWay, type TileCalls, type TileKernels, tileWidth, type Way } from "../../codegen/network/tile.ts";
import type { Vector } from "../../numerics/arrays.ts";
import { type Order, partsOf, topOf } from "./jets.ts";
import type { NetworkShape } from "./shape.ts";
import { featuresOnTile, layTilePass, type TilePass } from "./tile-pass.ts";
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
  /** (Hessian of f_i) v of one sample: a pass over one tile. */
  oneHessianTimes(x: Vector, v: Vector, i: number, out: Vector): Vector;
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
  const ways = waysOf(shape, pass, sums);
  const kernels = make(on.used, Object.values(ways));
  const wayNames = Object.keys(ways) as WayName[];
  const numberOf = Object.fromEntries(wayNames.map((name, w) => [name, w])) as { [name in WayName]: number };
  const { heap } = kernels;
  tiles.fill(heap);
  heap.fill(1, pass.ones, pass.ones + tileWidth);
  const { d } = shape;
  const { n } = data;

  const load = (...vectors: Vector[]): void => {
    for (const [i, vector] of vectors.entries()) heap.set(vector, pass.parameters[i as 0 | 1 | 2]);
  };
  const run = (name: WayName, tile: Tile): void => kernels.run(numberOf[name], tile.at);
  /** The same weight for the tile's samples, none for the columns behind. */
  const weighAlike = (count: number, weight: number): void => {
    heap.fill(weight, pass.weights, pass.weights + count);
    if (count < tileWidth) heap.fill(0, pass.weights + count, pass.weights + tileWidth);
  };
  const collect = (out: Vector): Vector => {
    out.set(heap.subarray(sums, sums + d));
    return out;
  };
  /** The gradient's top component, summed over all tiles. */
  const summed = (order: Order, c: Vector | undefined, out: Vector): Vector => {
    heap.fill(0, sums, sums + d);
    for (const tile of tiles.all) {
      weighAlike(tile.count, 1 / n);
      if (c) heap.set(c.subarray(tile.first, tile.first + tile.count), pass.weights);
      run(`sum${order}`, tile);
    }
    return collect(out);
  };
  /** Calls `visit` after each tile went through with weights 1. */
  const eachTile = (way: WayName, visit: (tile: Tile) => void): void => {
    for (const tile of tiles.all) {
      weighAlike(tile.count, 1);
      run(way, tile);
      visit(tile);
    }
  };
  /** Where layer l has its inputs. */
  const inputsOf = (tile: Tile, l: number): number => (l === 0 ? tile.at : pass.layers[l - 1]!.a[0]!);

  return {
    shape,
    n,
    bytes: 8 * on.used,
    backend: kernels.backend,
    losses(x, out) {
      load(x);
      eachTile("losses", (tile) => out.set(heap.subarray(pass.losses, pass.losses + tile.count), tile.first));
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
        const count = Math.min(tileWidth, picked.length - from);
        tiles.gather(heap, picked, from, count);
        weighAlike(count, 1 / picked.length);
        run("sum0", tiles.batch);
      }
      return collect(out);
    },
    oneHessianTimes(x, v, i, out) {
      load(x, v);
      heap.fill(0, sums, sums + d);
      tiles.gather(heap, [i], 0, 1);
      weighAlike(1, 1);
      run("sum1", tiles.batch);
      return collect(out);
    },
    slopes(x, v, out) {
      load(x, v);
      eachTile("slopes", (tile) => out.set(heap.subarray(pass.row, pass.row + tile.count), tile.first));
      return out;
    },
    squares(x, out) {
      load(x);
      eachTile("through0", (tile) => {
        for (let s = 0; s < tile.count; s++) out[tile.first + s] = 0;
        for (const [l, layer] of shape.layers.entries()) {
          const before = inputsOf(tile, l);
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
      eachTile("through0", (tile) => writeSamples(shape, pass, heap, tile, 0, out));
      return out;
    },
    sampleHessianTimes(x, v, out) {
      load(x, v);
      eachTile("through1", (tile) => writeSamples(shape, pass, heap, tile, 1, out));
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
          eachTile("through1", (tile) => {
            const curvatures = pass.layers[l]!.deltas[1]! + j * tileWidth;
            const before = inputsOf(tile, l);
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

type WayName = "losses" | "slopes" | `through${0 | 1}` | `sum${Order}`;

/** What a tile can be asked for. */
function waysOf(shape: NetworkShape, pass: TilePass, sums: number): { [name in WayName]: Way } {
  const through = (calls: TileCalls, order: Order): void => {
    pass.forward(calls, order);
    pass.loss(calls, order);
    pass.backward(calls, order);
  };
  const summed = (order: Order): Way =>
    recordWay((calls) => {
      through(calls, order);
      addGradient(shape, pass, calls, order, sums);
    });
  return {
    losses: recordWay((calls) => {
      pass.forward(calls, 0);
      pass.loss(calls, 0);
    }),
    slopes: recordWay((calls) => {
      pass.forward(calls, 1);
      pass.loss(calls, 0);
      const last = pass.layers[shape.layers.length - 1]!;
      calls.map("zero", tileWidth, pass.row);
      for (let j = 0; j < shape.outputs; j++) {
        const at = j * tileWidth;
        calls.map("addProduct", tileWidth, pass.row, last.deltas[0]! + at, last.z[1]! + at, pass.row);
      }
    }),
    through0: recordWay((calls) => through(calls, 0)),
    through1: recordWay((calls) => through(calls, 1)),
    sum0: summed(0),
    sum1: summed(1),
    sum2: summed(2),
  };
}

const square = (x: number): number => x * x;

/** Adds the tile's gradient, or its top component, to `sums`: D A^T for the weights, D summed for the biases. */
function addGradient(shape: NetworkShape, pass: TilePass, { outer }: TileCalls, order: Order, sums: number): void {
  for (const [l, layer] of shape.layers.entries()) {
    const { deltas } = pass.layers[l]!;
    for (const [left, right] of partsOf[topOf[order]!]!) {
      // features do not move
      if (l === 0 && right !== 0) continue;
      const a = l === 0 ? featuresOnTile : pass.layers[l - 1]!.a[right]!;
      outer(deltas[left]!, layer.outputs, a, layer.inputs, sums + layer.weights, layer.inputs);
    }
    outer(deltas[topOf[order]!]!, layer.outputs, pass.ones, 1, sums + layer.biases, 1);
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
            sum +=
              heap[deltas[left]! + j * tileWidth + s]! * heap[(l === 0 ? tile.at : pass.layers[l - 1]!.a[right]!) + k * tileWidth + s]!;
          }
          out[at + k] = sum;
        }
        out[row + layer.biases + j] = heap[deltas[topOf[order]!]! + j * tileWidth + s]!;
      }
    }
  }
}
