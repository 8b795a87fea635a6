// WebAssembly against the plain twin: the same bits, for every kernel and odd sizes.
import { expect, it } from "vitest";
import { type ElementwiseName, elementwiseFunctions } from "../../../src/codegen/network/elementwise.ts";
import { plainTileKernels } from "../../../src/codegen/network/plain.ts";
import { simdTileKernels } from "../../../src/codegen/network/simd.ts";
import { type TileKernels, tileWidth } from "../../../src/codegen/network/tile.ts";
import { createStream } from "../../../src/numerics/random.ts";

const size = 1 << 14;

function both(): [TileKernels, TileKernels] {
  const kernels: [TileKernels, TileKernels] = [plainTileKernels(size), simdTileKernels(size)];
  const stream = createStream(7);
  for (let i = 0; i < size; i++) kernels[0].heap[i] = 3 * stream.normal();
  kernels[1].heap.set(kernels[0].heap.subarray(0, size));
  return kernels;
}

function expectSame([plain, simd]: [TileKernels, TileKernels]): void {
  // bit by bit: Object.is tells -0 from 0 and takes NaN for NaN
  const differing = Array.from(plain.heap.keys()).filter((i) => !Object.is(plain.heap[i], simd.heap[i]));
  expect(differing).toEqual([]);
}

it.each([
  [1, 1],
  [4, 3],
  [7, 5],
  [10, 32],
])("products of %i rows, %i terms", (rows, inner) => {
  const pair = both();
  const before = pair[0].heap.slice();
  for (const { product } of pair) {
    product(0, inner, 1, rows, inner, 1000, 6000);
    product(0, 1, rows, rows, inner, 1000, 9000); // transposed
  }
  expectSame(pair);
  expect(pair[0].heap).not.toEqual(before);
  let sum = before[6000 + tileWidth * (rows - 1) + 3]!;
  for (let k = 0; k < inner; k++) sum += before[(rows - 1) * inner + k]! * before[1000 + k * tileWidth + 3]!;
  expect(pair[0].heap[6000 + tileWidth * (rows - 1) + 3]).toBe(sum);
});

it.each([
  [1, 1],
  [4, 3],
  [7, 5],
  [10, 33],
])("outer products of %i x %i", (rows, columns) => {
  const pair = both();
  const before = pair[0].heap.slice();
  for (const { outer } of pair) outer(0, rows, 1000, columns, 6000, columns + 2);
  expectSame(pair);
  let sum = 0;
  for (let s = 0; s < tileWidth; s++) sum += before[(rows - 1) * tileWidth + s]! * before[1000 + (columns - 1) * tileWidth + s]!;
  const at = 6000 + (rows - 1) * (columns + 2) + columns - 1;
  expect(pair[0].heap[at]! - before[at]!).toBeCloseTo(sum, 10);
});

it.each(Object.keys(elementwiseFunctions) as ElementwiseName[])("elementwise %s", (name) => {
  const { inputs, outputs } = elementwiseFunctions[name];
  const pair = both();
  const count = 500;
  const specials = [0, -0, 1e-310, 800, -800, 1e300, Number.POSITIVE_INFINITY, Number.NaN, 0.55, -0.55];
  const addresses = Array.from({ length: inputs + outputs }, (_, i) => 512 * i);
  for (const { heap, map } of pair) {
    heap.set(specials, 0);
    map(name, count, ...addresses);
  }
  expectSame(pair);
});
