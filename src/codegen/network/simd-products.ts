// The two products of tiles as WebAssembly on two doubles at a time. Blocks of 4 rows by 4 samples (product) and of 4 x 2 sums (outer) keep
// eight sums in registers beside what they are made of: 16 vector registers is what x86 and ARM have. What is left of the rows and columns
// is done in blocks of one. No fused multiply-add: it would round differently.
import { type FunctionBody, opcode as op } from "../wasm-encoder.ts";
import { type Assembler, assembler, type Local, vectorOpcode as v } from "./simd-assembler.ts";
import { tileWidth } from "./tile.ts";

/** Bytes of a row of a tile. */
const row = 8 * tileWidth;
const defaults = { rows: 4, vectors: 2, columns: 2 };

/** f(w, rowStride, columnStride, rows, inner, a, out); strides and addresses in bytes. */
export function productBody(type: number): FunctionBody {
  const w = assembler(7);
  const [weights, rowStride, columnStride, rows, inner, a, out] = [0, 1, 2, 3, 4, 5, 6];
  const { vectors } = defaults;
  const pointers = w.locals("i32", defaults.rows);
  const sums = w.locals("v128", defaults.rows * vectors);
  const samples = w.locals("v128", vectors);
  const weight = w.local("v128");
  const [count, k, from, to] = [w.local("i32"), w.local("i32"), w.local("i32"), w.local("i32")];
  const [fromBlock, toBlock] = [w.local("i32"), w.local("i32")];
  const block = (height: number): void => {
    w.i32(tileWidth);
    w.set(count);
    w.addConstant(a, 0, fromBlock);
    w.addConstant(out, 0, toBlock);
    w.countDown(count, 2 * vectors, () => {
      w.addConstant(weights, 0, pointers[0]!);
      for (let r = 1; r < height; r++) w.addLocals(pointers[r - 1]!, rowStride, pointers[r]!);
      w.addConstant(fromBlock, 0, from);
      w.addConstant(toBlock, 0, to);
      for (let r = 0; r < height; r++) for (let q = 0; q < vectors; q++) load(w, to, r * row + 16 * q, sums[r * vectors + q]!);
      w.addConstant(inner, 0, k);
      w.countDown(k, 1, () => {
        for (let q = 0; q < vectors; q++) load(w, from, 16 * q, samples[q]!);
        for (let r = 0; r < height; r++) {
          w.get(pointers[r]!);
          w.access(v.load64Splat, 0);
          w.set(weight);
          for (let q = 0; q < vectors; q++) addProduct(w, sums[r * vectors + q]!, weight, samples[q]!);
          w.addLocals(pointers[r]!, columnStride);
        }
        w.addConstant(from, row);
      });
      for (let r = 0; r < height; r++)
        for (let q = 0; q < vectors; q++) {
          w.get(to);
          w.get(sums[r * vectors + q]!);
          w.access(v.store, r * row + 16 * q);
        }
      w.addConstant(fromBlock, 16 * vectors);
      w.addConstant(toBlock, 16 * vectors);
    });
    for (let r = 0; r < height; r++) w.addLocals(weights, rowStride);
    w.addConstant(out, height * row);
  };
  for (const height of [defaults.rows, 1]) w.countDown(rows, height, () => block(height));
  return w.finish(type);
}

/** f(d, rows, a, columns, out, rowStride); stride and addresses in bytes. */
export function outerBody(type: number): FunctionBody {
  const w = assembler(6);
  const [d, rows, a, columns, out, rowStride] = [0, 1, 2, 3, 4, 5];
  const pointers = w.locals("i32", defaults.rows);
  const sums = w.locals("v128", defaults.rows * defaults.columns);
  const right = w.locals("v128", defaults.columns);
  const left = w.local("v128");
  const [columnsLeft, fromA, toColumn, count, dAt, aAt] = w.locals("i32", 6) as [Local, Local, Local, Local, Local, Local];
  const block = (height: number, width: number): void => {
    for (const sum of sums.slice(0, height * width)) {
      w.vectorConstant(0);
      w.set(sum);
    }
    w.addConstant(d, 0, dAt);
    w.addConstant(fromA, 0, aAt);
    w.i32(tileWidth);
    w.set(count);
    w.countDown(count, 2, () => {
      for (let c = 0; c < width; c++) load(w, aAt, c * row, right[c]!);
      for (let r = 0; r < height; r++) {
        load(w, dAt, r * row, left);
        for (let c = 0; c < width; c++) addProduct(w, sums[r * width + c]!, left, right[c]!);
      }
      w.addConstant(dAt, 16);
      w.addConstant(aAt, 16);
    });
    w.addConstant(toColumn, 0, pointers[0]!);
    for (let r = 1; r < height; r++) w.addLocals(pointers[r - 1]!, rowStride, pointers[r]!);
    for (let r = 0; r < height; r++)
      for (let c = 0; c < width; c++) {
        w.get(pointers[r]!);
        w.get(pointers[r]!);
        w.scalarAccess(op.f64Load, 8 * c);
        for (const lane of [0, 1]) {
          w.get(sums[r * width + c]!);
          w.vector(v.extractLane, lane);
        }
        w.op(op.f64Add);
        w.op(op.f64Add);
        w.scalarAccess(op.f64Store, 8 * c);
      }
    w.addConstant(fromA, width * row);
    w.addConstant(toColumn, 8 * width);
  };
  for (const height of [defaults.rows, 1])
    w.countDown(rows, height, () => {
      w.addConstant(columns, 0, columnsLeft);
      w.addConstant(a, 0, fromA);
      w.addConstant(out, 0, toColumn);
      for (const width of [defaults.columns, 1]) w.countDown(columnsLeft, width, () => block(height, width));
      w.addConstant(d, height * row);
      for (let r = 0; r < height; r++) w.addLocals(out, rowStride);
    });
  return w.finish(type);
}

function load(w: Assembler, address: Local, offset: number, target: Local): void {
  w.get(address);
  w.access(v.load, offset);
  w.set(target);
}

/** sum += x y. */
function addProduct(w: Assembler, sum: Local, x: Local, y: Local): void {
  w.get(sum);
  w.get(x);
  w.get(y);
  w.vector(v.multiply);
  w.vector(v.add);
  w.set(sum);
}
