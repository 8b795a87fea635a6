// An elementwise function as a WebAssembly loop over two doubles at a time. Its formula is built as a program (elementary functions are
// written out in place) and every value gets a local: which of them become registers is the engine's business.
import { InternalError } from "../../errors.ts";
import { elementaryFunctions } from "../../numerics/elementary/list.ts";
import { buildProgram, type Operation, type Program, type Value } from "../program.ts";
import { type FunctionBody, opcode as op } from "../wasm-encoder.ts";
import type { CalledFunction, Elementwise } from "./elementwise.ts";
import { type Assembler, assembler, type Local, vectorOpcode as v } from "./simd-assembler.ts";

const simple: ReadonlyMap<Operation, number> = new Map<Operation, number>([
  ["add", v.add],
  ["subtract", v.subtract],
  ["multiply", v.multiply],
  ["divide", v.divide],
  ["sqrt", v.sqrt],
  ["negate", v.negate],
  ["abs", v.abs],
  ["less", v.less],
  ["lessEqual", v.lessEqual],
  ["equal", v.equal],
  ["and", v.and],
  ["or", v.or],
  ["not", v.not],
]);

const signBit = 0x8000000000000000n;
/** 2^52 + 1023: a small integer plus this has the integer plus 1023 at the end of its bits. */
const exponentShift = 4503599627371519;

/** Body of f(count, address of each input .., address of each output ..); `count` doubles, a multiple of 2. */
export function elementwiseBody(f: Elementwise, type: number): FunctionBody {
  const program = elementwiseProgram(f);
  const operands = f.inputs + f.outputs;
  const w = assembler(1 + operands);
  const offset = w.local("i32");
  const place = program.instructions.map(({ operation }) => (operation === "constant" ? -1 : w.local("v128")));
  const address = (operand: number): void => {
    w.get(1 + operand);
    w.get(offset);
    w.op(op.i32Add);
  };
  w.countDown(0, 2, () => {
    for (const [value, { operation, value: index }] of program.instructions.entries()) {
      if (operation === "constant") continue;
      if (operation === "input") {
        address(index);
        w.access(v.load, 0);
      } else writeOperation(w, program, value, place);
      w.set(place[value]!);
    }
    for (const [i, output] of program.outputs.entries()) {
      address(f.inputs + i);
      read(w, program, output, place);
      w.access(v.store, 0);
    }
    w.addConstant(offset, 16);
  });
  return w.finish(type);
}

/** The function as a program, elementary functions written out. */
export function elementwiseProgram(f: Elementwise): Program {
  const builder = buildProgram(f.inputs);
  const m = {
    ...builder,
    call: (name: CalledFunction, x: Value): Value => {
      const called = elementaryFunctions.get(name)!;
      if (called.arity !== 1) throw new InternalError("codegen/function", `"${name}" has two arguments`);
      return called.define(builder, x);
    },
  };
  const inputs = Array.from({ length: f.inputs }, (_, i) => builder.input(i));
  return builder.finish(f.define<Value, Value>(m, inputs));
}

function read(w: Assembler, program: Program, value: Value, place: readonly Local[]): void {
  const { operation, value: constant } = program.instructions[value]!;
  if (operation === "constant") w.vectorConstant(constant);
  else w.get(place[value]!);
}

function writeOperation(w: Assembler, program: Program, value: Value, place: readonly Local[]): void {
  const { operation, operands } = program.instructions[value]!;
  const operand = (i: number): void => read(w, program, operands[i]!, place);
  const code = simple.get(operation);
  if (code !== undefined) {
    for (let i = 0; i < operands.length; i++) operand(i);
    w.vector(code);
    return;
  }
  switch (operation) {
    case "select":
      operand(1);
      operand(2);
      operand(0);
      w.vector(v.bitselect);
      return;
    case "copysign":
      operand(1);
      operand(0);
      w.vectorConstant(signBit);
      w.vector(v.bitselect);
      return;
    case "pow2":
      operand(0);
      w.vectorConstant(exponentShift);
      w.vector(v.add);
      w.i32(52);
      w.vector(v.shiftLeft64);
      return;
    case "exponentOf":
      operand(0);
      w.i32(52);
      w.vector(v.shiftRight64);
      w.vectorConstant(0x7ffn);
      w.vector(v.and);
      w.vectorConstant(0x4330000000000000n);
      w.vector(v.or);
      w.vectorConstant(exponentShift);
      w.vector(v.subtract);
      return;
    case "mantissaOf":
      operand(0);
      w.vectorConstant(0xfffffffffffffn);
      w.vector(v.and);
      w.vectorConstant(0x3ff0000000000000n);
      w.vector(v.or);
      return;
    default:
      throw new InternalError("codegen/vector", `no vector instruction for "${operation}"`);
  }
}
