// Samples in tiles on the kernels' heap: features and targets of sample 32 t + s stand in column s of tile t. The last tile is filled up with
// zeros, which weigh nothing. A batch of chosen samples is gathered into tiles of its own.
import { tileWidth } from "../../codegen/network/tile.ts";

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
  /** Its place on the heap: features, inputs x tileWidth, then targets, outputs x tileWidth. */
  readonly at: number;
  /** First sample, and how many. */
  readonly first: number;
  readonly count: number;
}

export interface Tiles {
  readonly all: readonly Tile[];
  /** The tile in which a batch is gathered. */
  readonly batch: Tile;
  /** Copies the samples; once, when the heap is there. */
  fill(heap: Float64Array): void;
  /** Gathers picked[from .. from + count), count <= tileWidth, into `batch`; the columns behind keep what they had. */
  gather(heap: Float64Array, picked: ArrayLike<number>, from: number, count: number): void;
}

export function layTiles({ n, features, targets }: NetworkData, inputs: number, outputs: number, on: Places): Tiles {
  const tile = (first: number, count: number): Tile => ({ at: on.take((inputs + outputs) * tileWidth), first, count });
  const all: Tile[] = [];
  for (let first = 0; first < n; first += tileWidth) all.push(tile(first, Math.min(tileWidth, n - first)));
  const batch = tile(0, tileWidth);
  /** Sample i into column s of the tile that lies at `at`. */
  const put = (heap: Float64Array, i: number, at: number, s: number): void => {
    let to = at + s;
    for (let from = i * inputs, end = from + inputs; from < end; from++, to += tileWidth) heap[to] = features[from]!;
    for (let from = i * outputs, end = from + outputs; from < end; from++, to += tileWidth) heap[to] = targets[from]!;
  };
  return {
    all,
    batch,
    fill(heap) {
      for (const { at, first, count } of all) for (let s = 0; s < count; s++) put(heap, first + s, at, s);
    },
    gather(heap, picked, from, count) {
      for (let s = 0; s < count; s++) put(heap, picked[from + s]!, batch.at, s);
    },
  };
}
