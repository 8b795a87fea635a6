// A program as a WebAssembly module of our own making: one function a piece of the program, one for each elementary function that is
// called, and a loop over points. Inputs and outputs lie in the module's memory. Large programs are cut into several functions, since
// engines limit a function's size and compile large ones in more than linear time; what one piece hands to later ones lies in memory, too.
import { elementaryProgram } from "./elementary-programs.ts";
import { isCondition, operandsOf, type Program, type Value } from "./program.ts";
import { type BodyContext, findRoots, type Roots, writeTree } from "./wasm-body.ts";
import {
  type ByteWriter,
  byteWriter,
  encodeModule,
  type FunctionBody,
  type FunctionType,
  opcode as op,
  signedLeb128,
} from "./wasm-encoder.ts";

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
  const functions = functionNames.map((name) => elementaryBody(elementaryProgram(name), functionIndex));
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
function elementaryBody(program: Program, functionIndex: (name: string) => number): FunctionBody {
  const { instructions, inputCount } = program;
  const output = program.outputs[0]!;
  const { isRoot } = findRoots(program);
  const roots = [...instructions.keys()].filter((v) => isRoot[v] === 1 && v !== output && instructions[v]!.operation !== "input");
  const { index, locals } = localsFor(roots, program, inputCount);
  const out = byteWriter(2048);
  const context: BodyContext = {
    program,
    functionIndex,
    readKnown(v, w) {
      const instruction = instructions[v]!;
      const local = instruction.operation === "input" ? instruction.value : index.get(v);
      if (local === undefined) return false;
      w.byte(op.localGet);
      w.unsigned(local);
      return true;
    },
  };
  for (const v of roots) {
    writeTree(v, context, out);
    out.byte(op.localSet);
    out.unsigned(index.get(v)!);
  }
  writeTree(output, context, out);
  return { type: inputCount - 1, locals, code: out.written() };
}

interface Cut {
  readonly roots: readonly Value[];
  /** Values of earlier pieces. */
  readonly imports: ReadonlySet<Value>;
}

/** The pieces of a program, and where in memory lies what later pieces read. */
function cut(program: Program, { isRoot, owner, size }: Roots, piece: number): { cuts: Cut[]; slots: Map<Value, number> } {
  const { instructions } = program;
  const pieceOf = new Int32Array(instructions.length);
  const roots: Value[][] = [[]];
  let filled = 0;
  for (const v of instructions.keys()) {
    if (isRoot[v] === 0) continue;
    if (filled > 0 && filled + size[v]! > piece) {
      roots.push([]);
      filled = 0;
    }
    filled += size[v]!;
    roots[roots.length - 1]!.push(v);
    pieceOf[v] = roots.length - 1;
  }
  const imports = roots.map(() => new Set<Value>());
  const slots = new Map<Value, number>();
  for (const [v, instruction] of instructions.entries()) {
    const here = pieceOf[owner[v]!]!;
    for (const operand of operandsOf(instruction)) {
      if (isRoot[operand] === 0 || pieceOf[operand] === here) continue;
      imports[here]!.add(operand);
      if (!slots.has(operand)) slots.set(operand, slots.size);
    }
  }
  return { cuts: roots.map((list, i) => ({ roots: list, imports: imports[i]! })), slots };
}

function pointBodies(
  program: Program,
  functionIndex: (name: string) => number,
  piece: number,
): { pieces: FunctionBody[]; scratchBytes: number } {
  const { instructions, outputs } = program;
  const found = findRoots(program);
  const { cuts, slots } = cut(program, found, piece);
  const places = new Map<Value, number[]>();
  for (const [place, v] of outputs.entries()) places.set(v, [...(places.get(v) ?? []), place]);
  const constants = [...places.keys()].filter((v) => instructions[v]!.operation === "constant");

  const pieces = cuts.map(({ roots, imports }, i): FunctionBody => {
    const out = byteWriter(1 << 14);
    const { index, locals } = localsFor([...imports, ...roots], program, 2);
    const context: BodyContext = {
      program,
      functionIndex,
      readKnown(v, w) {
        const local = index.get(v);
        if (local !== undefined) {
          w.byte(op.localGet);
          w.unsigned(local);
        } else if (instructions[v]!.operation === "input") load(w, op.f64Load, 0, 8 * instructions[v]!.value);
        else return false;
        return true;
      },
    };
    for (const v of imports) {
      out.bytes([op.i32Const, 0]);
      out.bytes(memoryAccess(isCondition.has(instructions[v]!.operation) ? op.i32Load : op.f64Load, 8 * slots.get(v)!));
      out.byte(op.localSet);
      out.unsigned(index.get(v)!);
    }
    for (const v of roots) {
      const instruction = instructions[v]!;
      if (instruction.operation === "input") load(out, op.f64Load, 0, 8 * instruction.value);
      else writeTree(v, context, out);
      out.byte(op.localSet);
      out.unsigned(index.get(v)!);
      if (slots.has(v)) {
        out.bytes([op.i32Const, 0, op.localGet]);
        out.unsigned(index.get(v)!);
        out.bytes(memoryAccess(isCondition.has(instruction.operation) ? op.i32Store : op.f64Store, 8 * slots.get(v)!));
      }
      for (const place of places.get(v) ?? []) {
        out.bytes([op.localGet, 1, op.localGet]);
        out.unsigned(index.get(v)!);
        out.bytes(memoryAccess(op.f64Store, 8 * place));
      }
    }
    if (i === 0)
      for (const v of constants)
        for (const place of places.get(v)!) {
          out.bytes([op.localGet, 1, op.f64Const]);
          out.float64(instructions[v]!.value);
          out.bytes(memoryAccess(op.f64Store, 8 * place));
        }
    return { type: ofPoint, locals, code: out.written() };
  });
  return { pieces, scratchBytes: 8 * slots.size };
}

/** A load from the address in a parameter, at an offset. */
function load(w: ByteWriter, operation: number, parameter: number, offset: number): void {
  w.bytes([op.localGet, parameter]);
  w.bytes(memoryAccess(operation, offset));
}

/** Operation, alignment (8 bytes; 4 for truth values) and offset. */
function memoryAccess(operation: number, offset: number): Uint8Array {
  const w = byteWriter(8);
  w.byte(operation);
  w.unsigned(operation === op.i32Load || operation === op.i32Store ? 2 : 3);
  w.unsigned(offset);
  return w.written();
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
