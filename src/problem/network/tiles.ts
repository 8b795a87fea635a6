// Samples in tiles on the kernels' heap: features and targets of sample 32 t + s stand in column s of tile t. The last tile is filled up with
// zeros, which weigh nothing. A batch of chosen samples is gathered into tiles of its own.
import { type TileKernels, tileWidth } from "../../codegen/network/tile.ts";

export interface NetworkData {
  readonly n: number;
  /** n x inputs, row-major. */
  readonly features: Float64Array;
  /** n x outputs, row-major: numbers, or a one where the class is. */
  readonly targets: Float64Array;
}

/** Takes places on a heap, one after the other. */
export interface Places {
  take(doubles: number): number;
  readonly used: number;
}

export function places(): Places {
  let used = 0;
  return {
    take(doubles) {
      const place = used;
      // even, so that vectors of two doubles lie on 16 bytes
      used += doubles + (doubles % 2);
      return place;
    },
    get used() {
      return used;
    },
  };
}

export interface Tile {
  /** inputs x tileWidth and outputs x tileWidth. */
  readonly features: number;
  readonly targets: number;
  /** First sample, and how many. */
  readonly first: number;
  readonly count: number;
}

export interface Tiles {
  readonly all: readonly Tile[];
  /** The tile in which a batch is gathered. */
  readonly batch: Tile;
  /** Copies the samples; once, when the heap is there. */
  fill(kernels: TileKernels): void;
  /** Gathers picked[from .. from + count), count <= tileWidth, into `batch`; the columns behind keep what they had. */
  gather(kernels: TileKernels, picked: ArrayLike<number>, from: number, count: number): void;
}

export function layTiles({ n, features, targets }: NetworkData, inputs: number, outputs: number, on: Places): Tiles {
  const tile = (first: number, count: number): Tile => ({
    features: on.take(inputs * tileWidth),
    targets: on.take(outputs * tileWidth),
    first,
    count,
  });
  const all: Tile[] = [];
  for (let first = 0; first < n; first += tileWidth) all.push(tile(first, Math.min(tileWidth, n - first)));
  const batch = tile(0, tileWidth);
  return {
    all,
    batch,
    fill({ heap }) {
      for (const each of all)
        for (let s = 0; s < each.count; s++) {
          const i = each.first + s;
          for (let k = 0; k < inputs; k++) heap[each.features + k * tileWidth + s] = features[i * inputs + k]!;
          for (let j = 0; j < outputs; j++) heap[each.targets + j * tileWidth + s] = targets[i * outputs + j]!;
        }
    },
    gather({ heap }, picked, from, count) {
      for (let s = 0; s < count; s++) {
        const i = picked[from + s]!;
        const lane = i % tileWidth;
        const source = all[(i - lane) / tileWidth]!;
        let to = batch.features + s;
        for (let at = source.features + lane, end = at + inputs * tileWidth; at < end; at += tileWidth, to += tileWidth)
          heap[to] = heap[at]!;
        to = batch.targets + s;
        for (let at = source.targets + lane, end = at + outputs * tileWidth; at < end; at += tileWidth, to += tileWidth)
          heap[to] = heap[at]!;
      }
    },
  };
}
