// WebAssembly and native code against the plain twin: the same bits, for every kernel and odd sizes, and with places on a tile.
import { expect, it } from "vitest";
import { type ElementwiseName, elementwiseFunctions } from "../../../src/codegen/network/elementwise.ts";
import { plainTileKernels } from "../../../src/codegen/network/plain.ts";
import { encodeWay } from "../../../src/codegen/network/print-c.ts";
import { simdTileKernels } from "../../../src/codegen/network/simd.ts";
import { onTile, recordWay, type TileCalls, type TileKernels, tileWidth } from "../../../src/codegen/network/tile.ts";
import { nativeTileKernels } from "../../../src/node/native-network.ts";
import { createStream } from "../../../src/numerics/random.ts";

const size = 1 << 14;
const refusals: string[] = [];
const native = await nativeTileKernels((why) => refusals.push(why));

/** The same numbers on every backend's heap, then the calls on the tile that begins at 64. */
function run(write: (calls: TileCalls) => void, prepare: (heap: Float64Array) => void = () => {}) {
  const ways = [recordWay(write)];
  const all: TileKernels[] = [plainTileKernels(size, ways), simdTileKernels(size, ways), native(size, ways)];
  const stream = createStream(7);
  const start = Float64Array.from({ length: size }, () => 3 * stream.normal());
  prepare(start);
  for (const { heap } of all) heap.set(start);
  for (const kernels of all) kernels.run(0, 64);
  const [plain, ...others] = all as [TileKernels, ...TileKernels[]];
  for (const other of others) {
    // bit by bit: Object.is tells -0 from 0 and takes NaN for NaN
    const differing = Array.from(start.keys()).filter((i) => !Object.is(plain.heap[i], other.heap[i]));
    expect(differing, other.backend).toEqual([]);
  }
  expect(plain.heap).not.toEqual(start);
  return { before: start, after: plain.heap };
}

it("has native code to compare with", () => {
  expect(refusals).toEqual([]);
  expect(native(size, []).backend).toBe("native");
});

it.each([
  [1, 1],
  [4, 3],
  [7, 5],
  [10, 32],
])("products of %i rows, %i terms", (rows, inner) => {
  const { before, after } = run(({ product }) => {
    product(0, inner, 1, rows, inner, 1000, 6000);
    product(0, 1, rows, rows, inner, 1000, 9000); // transposed
    product(0, 1, rows, rows, inner, onTile + 936, 12000); // on the tile, the same place
  });
  const last = tileWidth * (rows - 1) + 3;
  let sum = before[6000 + last]!;
  for (let k = 0; k < inner; k++) sum += before[(rows - 1) * inner + k]! * before[1000 + k * tileWidth + 3]!;
  expect(after[6000 + last]).toBe(sum);
  sum = before[12000 + last]!;
  for (let k = 0; k < inner; k++) sum += before[rows - 1 + k * rows]! * before[1000 + k * tileWidth + 3]!;
  expect(after[12000 + last]).toBe(sum);
});

it.each([
  [1, 1],
  [4, 3],
  [7, 5],
  [10, 33],
  [9, 16],
])("outer products of %i x %i", (rows, columns) => {
  const { before, after } = run(({ outer }) => outer(0, rows, onTile + 936, columns, 6000, columns + 2));
  let sum = 0;
  for (let s = 0; s < tileWidth; s++) sum += before[(rows - 1) * tileWidth + s]! * before[1000 + (columns - 1) * tileWidth + s]!;
  const at = 6000 + (rows - 1) * (columns + 2) + columns - 1;
  expect(after[at]! - before[at]!).toBeCloseTo(sum, 10);
  // what lies between the rows stays
  if (rows > 1) expect(after[6000 + columns]).toBe(before[6000 + columns]);
});

it.each(Object.keys(elementwiseFunctions) as ElementwiseName[])("elementwise %s", (name) => {
  const { inputs, outputs } = elementwiseFunctions[name];
  const specials = [0, -0, 1e-310, 800, -800, 1e300, Number.POSITIVE_INFINITY, Number.NaN, 0.55, -0.55];
  const places = Array.from({ length: inputs + outputs }, (_, i) => 512 * i);
  run(
    ({ map }) => map(name, 480, ...places),
    (heap) => heap.set(specials, 0),
  );
});

it("encodes places on the tile as negative numbers", () => {
  const way = recordWay(({ map }) => map("copy", tileWidth, onTile + 5, 7));
  expect(Array.from(encodeWay(way)).slice(1)).toEqual([tileWidth, -6, 7]);
});
