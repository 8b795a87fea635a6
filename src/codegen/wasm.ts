// A program as a WebAssembly module of our own making: one function a piece of the program, one for each elementary function that is
// called, and a loop over points. Inputs and outputs lie in the module's memory, as does what one piece hands to later ones.
import { elementaryProgram } from "./elementary-programs.ts";
import { isCondition, type Program, type Value } from "./program.ts";
import { type BodyContext, findRoots, writeTree } from "./wasm-body.ts";
import {
  type ByteWriter,
  byteWriter,
  encodeModule,
  type FunctionBody,
  type FunctionType,
  opcode as op,
  signedLeb128,
} from "./wasm-encoder.ts";
import { cutProgram, type Piece } from "./wasm-pieces.ts";

const defaults = { piece: 3000 };

const types: readonly FunctionType[] = [
  { parameters: ["f64"], results: ["f64"] },
  { parameters: ["f64", "f64"], results: ["f64"] },
  { parameters: ["i32", "i32"], results: [] },
  { parameters: ["i32", "i32", "i32"], results: [] },
];
const ofPoint = 2;
const ofBatch = 3;

export interface WasmText {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Bytes of memory, from address 0, that the functions need for themselves. */
  readonly scratchBytes: number;
}

/**
 * The module of a program. Exports: `point(in, out)`, `batch(in, out, count)` with addresses of doubles, inputs and outputs of one point
 * side by side, and `memory`, large enough for `dataBytes` behind the scratch space.
 */
export function encodeProgram(program: Program, dataBytes: number, piece = defaults.piece): WasmText {
  const functionNames = calledFunctions(program);
  const indexOf = new Map(functionNames.map((name, i) => [name, i]));
  const functionIndex = (name: string): number => indexOf.get(name)!;
  const functions = functionNames.map((name) => elementaryBody(name, functionIndex));
  const { pieces, scratchBytes } = pointBodies(program, functionIndex, piece);
  let point = functions.length;
  functions.push(...pieces);
  if (pieces.length > 1) {
    const first = point;
    point = functions.length;
    functions.push(callInTurn(pieces.map((_, i) => first + i)));
  }
  functions.push(batchBody(point, program));
  const memoryPages = Math.ceil((scratchBytes + dataBytes) / 65536);
  const exports = new Map([
    ["point", point],
    ["batch", functions.length - 1],
  ]);
  return { bytes: encodeModule({ types, functions, memoryPages, exports }), scratchBytes };
}

/** These elementary functions and those that they call. */
export function elementaryNames(names: readonly string[]): string[] {
  return [...new Set([...names, ...names.flatMap((name) => calledFunctions(elementaryProgram(name)))])];
}

/** Every elementary function that the program reaches, those that others call included. */
function calledFunctions(program: Program): string[] {
  const names = new Set<string>();
  const todo = [program];
  for (let next = todo.pop(); next !== undefined; next = todo.pop())
    for (const { callee } of next.instructions)
      if (callee !== "" && !names.has(callee)) {
        names.add(callee);
        todo.push(elementaryProgram(callee));
      }
  return [...names];
}

/** Locals by type: doubles first, then truth values, behind the parameters. */
function localsFor(values: readonly Value[], program: Program, parameterCount: number) {
  const isTruth = (v: Value): boolean => isCondition.has(program.instructions[v]!.operation);
  const doubles = values.filter((v) => !isTruth(v));
  const truths = values.filter(isTruth);
  const index = new Map<Value, number>();
  for (const v of [...doubles, ...truths]) index.set(v, parameterCount + index.size);
  const locals: FunctionBody["locals"] = [
    { type: "f64", count: doubles.length },
    { type: "i32", count: truths.length },
  ];
  return { index, locals: locals.filter(({ count }) => count > 0) };
}

/** An elementary function: its parameters are the inputs, its result stays on the stack. */
export function elementaryBody(name: string, functionIndex: (name: string) => number): FunctionBody {
  const program = elementaryProgram(name);
  const { instructions, inputCount } = program;
  const output = program.outputs[0]!;
  const { isRoot } = findRoots(program);
  const roots = [...instructions.keys()].filter((v) => isRoot[v] === 1 && v !== output && instructions[v]!.operation !== "input");
  const { index, locals } = localsFor(roots, program, inputCount);
  const done = new Set<Value>();
  const out = byteWriter(2048);
  const context: BodyContext = {
    program,
    functionIndex,
    readKnown(v) {
      const { operation, value } = instructions[v]!;
      if (operation !== "input" && !done.has(v)) return false;
      out.byte(op.localGet);
      out.unsigned(operation === "input" ? value : index.get(v)!);
      return true;
    },
  };
  for (const v of roots) {
    writeTree(v, context, out);
    out.byte(op.localSet);
    out.unsigned(index.get(v)!);
    done.add(v);
  }
  writeTree(output, context, out);
  return { type: inputCount - 1, locals, code: out.written() };
}

/** Where a program's values lie in memory. */
interface Layout {
  /** Slots, from address 0, for what is read in other pieces than that which computes it. */
  readonly slots: ReadonlyMap<Value, number>;
  /** Numbers of the outputs that a value is. */
  readonly places: ReadonlyMap<Value, readonly number[]>;
}

function pointBodies(
  program: Program,
  functionIndex: (name: string) => number,
  piece: number,
): { pieces: FunctionBody[]; scratchBytes: number } {
  const { pieces, slots } = cutProgram(program, piece);
  const places = new Map<Value, number[]>();
  for (const [place, v] of program.outputs.entries()) places.set(v, [...(places.get(v) ?? []), place]);
  const layout = { slots, places };
  const bodies = pieces.map((cut) => pieceBody(program, cut, layout, functionIndex));
  // Constants are no roots: outputs that are constant are written by a piece of their own.
  const constants = [...places.keys()].filter((v) => program.instructions[v]!.operation === "constant");
  if (constants.length > 0) bodies.push(pieceBody(program, { roots: constants, imports: new Set() }, layout, functionIndex));
  return { pieces: bodies, scratchBytes: 8 * slots.size };
}

/** Reads the imports from their slots, computes the roots in order, writes those that others read and those that are outputs. */
function pieceBody(
  program: Program,
  { roots, imports }: Piece,
  { slots, places }: Layout,
  functionIndex: (name: string) => number,
): FunctionBody {
  const { instructions } = program;
  const out = byteWriter(1 << 14);
  const { index, locals } = localsFor([...imports, ...roots], program, 2);
  const isTruth = (v: Value): boolean => isCondition.has(instructions[v]!.operation);
  const local = (operation: number, v: Value): void => {
    out.byte(operation);
    out.unsigned(index.get(v)!);
  };
  const done = new Set<Value>(imports);
  const context: BodyContext = {
    program,
    functionIndex,
    readKnown(v) {
      const { operation, value } = instructions[v]!;
      if (done.has(v)) local(op.localGet, v);
      else if (operation === "input") {
        out.bytes([op.localGet, 0]);
        memoryAccess(out, op.f64Load, 8 * value);
      } else return false;
      return true;
    },
  };
  for (const v of imports) {
    out.bytes([op.i32Const, 0]);
    memoryAccess(out, isTruth(v) ? op.i32Load : op.f64Load, 8 * slots.get(v)!);
    local(op.localSet, v);
  }
  for (const v of roots) {
    writeTree(v, context, out);
    local(op.localSet, v);
    done.add(v);
    const slot = slots.get(v);
    if (slot !== undefined) {
      out.bytes([op.i32Const, 0]);
      local(op.localGet, v);
      memoryAccess(out, isTruth(v) ? op.i32Store : op.f64Store, 8 * slot);
    }
    for (const place of places.get(v) ?? []) {
      out.bytes([op.localGet, 1]);
      local(op.localGet, v);
      memoryAccess(out, op.f64Store, 8 * place);
    }
  }
  return { type: ofPoint, locals, code: out.written() };
}

/** Operation, alignment (8 bytes; 4 for truth values) and offset. */
function memoryAccess(w: ByteWriter, operation: number, offset: number): void {
  w.byte(operation);
  w.unsigned(operation === op.i32Load || operation === op.i32Store ? 2 : 3);
  w.unsigned(offset);
}

function callInTurn(indices: readonly number[]): FunctionBody {
  const out = byteWriter();
  for (const index of indices) {
    out.bytes([op.localGet, 0, op.localGet, 1, op.call]);
    out.unsigned(index);
  }
  return { type: ofPoint, locals: [], code: out.written() };
}

/** do { point(in, out); in += 8 n; out += 8 m } while (--count), for count >= 1. */
function batchBody(point: number, { inputCount, outputs }: Program): FunctionBody {
  const out = byteWriter();
  out.bytes([op.loop, 0x40, op.localGet, 0, op.localGet, 1, op.call]);
  out.unsigned(point);
  for (const [local, step] of [
    [0, 8 * inputCount],
    [1, 8 * outputs.length],
  ] as const) {
    out.bytes([op.localGet, local, op.i32Const]);
    out.bytes(signedLeb128(BigInt(step)));
    out.bytes([op.i32Add, op.localSet, local]);
  }
  out.bytes([op.localGet, 2, op.i32Const, 1, op.i32Sub, op.localTee, 2, op.brIf, 0, op.end]);
  return { type: ofBatch, locals: [], code: out.written() };
}
