// Instructions of WebAssembly for the values of a program. A value that is used once is written where it is used, on the operand stack;
// the others ("roots") get a local. All operations are free of side effects, so that the place changes nothing. Iterative throughout.

import { InternalError } from "../errors.ts";
import type { Instruction, Operation, Program, Value } from "./program.ts";
import { type ByteWriter, opcode as op, signedLeb128 } from "./wasm-encoder.ts";

/** A tree larger than this is cut: so that a long sum, which is one tree, can be shared out over several functions. */
const largestTree = 500;

export interface Roots {
  readonly isRoot: Uint8Array;
  /** The root in whose tree a value is written; its own for a root. */
  readonly owner: Int32Array;
  /** Instructions written for a root. */
  readonly size: Int32Array;
}

/** Which values get a local: outputs, what is used more than once, and where a tree grows too large. Constants never do. */
export function findRoots({ instructions, outputs }: Program): Roots {
  const count = instructions.length;
  const uses = new Int32Array(count);
  const user = new Int32Array(count).fill(-1);
  for (let v = 0; v < count; v += 1)
    for (const operand of instructions[v]!.operands) {
      uses[operand]! += 1;
      user[operand] = v;
    }
  for (const output of outputs) uses[output]! += 2;
  const isRoot = new Uint8Array(count);
  const size = new Int32Array(count);
  for (let v = 0; v < instructions.length; v += 1) {
    const instruction = instructions[v]!;
    let total = 1;
    for (const operand of instruction.operands) if (isRoot[operand] === 0) total += size[operand]!;
    size[v] = total;
    isRoot[v] = instruction.operation !== "constant" && (uses[v] !== 1 || total > largestTree) ? 1 : 0;
  }
  const owner = new Int32Array(count);
  for (let v = count - 1; v >= 0; v -= 1) owner[v] = isRoot[v] === 1 || user[v]! < 0 ? v : owner[user[v]!]!;
  return { isRoot, owner, size };
}

const i64 = (value: bigint): number[] => [op.i64Const, ...signedLeb128(value)];
const bits = op.i64ReinterpretF64;

function float64Constant(value: number): number[] {
  return [op.f64Const, ...new Uint8Array(Float64Array.of(value).buffer)];
}

/** What is written after the operands, which come in order (`select` apart: its condition is last). */
const suffix: ReadonlyMap<Operation, readonly number[]> = new Map<Operation, readonly number[]>([
  ["add", [op.f64Add]],
  ["subtract", [op.f64Sub]],
  ["multiply", [op.f64Mul]],
  ["divide", [op.f64Div]],
  ["sqrt", [op.f64Sqrt]],
  ["negate", [op.f64Neg]],
  ["abs", [op.f64Abs]],
  ["less", [op.f64Lt]],
  ["lessEqual", [op.f64Le]],
  ["equal", [op.f64Eq]],
  ["and", [op.i32And]],
  ["or", [op.i32Or]],
  ["not", [op.i32Eqz]],
  ["select", [op.select]],
  ["copysign", [op.f64Copysign]],
  // the sign becomes that of a 1 that x is multiplied by
  [
    "flipSign",
    [...[bits, ...i64(-0x8000000000000000n), op.i64And], ...[...i64(0x3ff0000000000000n), op.i64Or, op.f64ReinterpretI64, op.f64Mul]],
  ],
  // n + 1.5 2^52 has n's parity in its last bit, which becomes the sign of a 1 that x is multiplied by
  [
    "flipOdd",
    [
      ...[...float64Constant(6755399441055744), op.f64Add, bits, ...i64(63n), op.i64Shl],
      ...[...i64(0x3ff0000000000000n), op.i64Or, op.f64ReinterpretI64, op.f64Mul],
    ],
  ],
  // k + (2^52 + 1023) has k + 1023, the exponent's bits, at its end
  ["pow2", [...float64Constant(4503599627371519), op.f64Add, bits, ...i64(52n), op.i64Shl, op.f64ReinterpretI64]],
  ["ldexp", [...float64Constant(4503599627371519), op.f64Add, bits, ...i64(52n), op.i64Shl, op.f64ReinterpretI64, op.f64Mul]],
  // the exponent's bits put at the end of 2^52, then 2^52 + 1023 taken off
  [
    "exponentOf",
    [
      ...[bits, ...i64(52n), op.i64ShrU, ...i64(0x7ffn), op.i64And, ...i64(0x4330000000000000n), op.i64Or, op.f64ReinterpretI64],
      ...[...float64Constant(4503599627371519), op.f64Sub],
    ],
  ],
  // what is sqrt(2) and more is moved to the next exponent, and the rest of x then back to where 1 is near its middle
  [
    "centredExponentOf",
    [
      ...[bits, ...i64(0x95f6200000000n), op.i64Add, ...i64(52n), op.i64ShrU, ...i64(0x4330000000000000n), op.i64Or, op.f64ReinterpretI64],
      ...[...float64Constant(4503599627371519), op.f64Sub],
    ],
  ],
  [
    "centredMantissaOf",
    [
      ...[bits, ...i64(0x95f6200000000n), op.i64Add, ...i64(0xfffffffffffffn), op.i64And],
      ...[...i64(0x3fe6a09e00000000n), op.i64Add, op.f64ReinterpretI64],
    ],
  ],
  ["mantissaOf", [bits, ...i64(0xfffffffffffffn), op.i64And, ...i64(0x3ff0000000000000n), op.i64Or, op.f64ReinterpretI64]],
]);

export interface BodyContext {
  readonly program: Program;
  /** Writes what reads a value that is not to be computed here (a root's local, an input), or returns false. */
  readKnown(v: Value): boolean;
  functionIndex(name: string): number;
}

/** Writes the tree of a value; the value itself may be a root that has no local yet. */
export function writeTree(root: Value, context: BodyContext, out: ByteWriter): void {
  const { instructions } = context.program;
  // What is left to write, the next item last: a value, or bytes.
  const todo: (Value | readonly number[])[] = [root];
  for (let item = todo.pop(); item !== undefined; item = todo.pop()) {
    if (typeof item !== "number") out.bytes(item);
    else if (instructions[item]!.operation === "constant") {
      out.byte(op.f64Const);
      out.float64(instructions[item]!.value);
    } else if (!context.readKnown(item)) expand(instructions[item]!, context, todo);
  }
}

/** Pushes the parts of an operation, the first one last. */
function expand({ operation, operands, callee }: Instruction, context: BodyContext, todo: (Value | readonly number[])[]): void {
  const [a, b, c] = operands;
  if (operation === "rarely") {
    // The call is behind a branch: its argument is computed in either case where it is a root, and only there where it is not.
    todo.push([op.end], c, [op.else], callOf(context.functionIndex(callee)), b, [op.if, 0x7c], a);
  } else if (operation === "select") todo.push([op.select], a, c, b);
  else {
    const written = callee === "" ? suffix.get(operation) : callOf(context.functionIndex(callee));
    if (!written) throw new InternalError("codegen/operation", `${operation} is for kernels only`);
    todo.push(written);
    if (b !== undefined) todo.push(b);
    todo.push(a);
  }
}

function callOf(index: number): number[] {
  const bytes = [op.call as number];
  let rest = index;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest & 127) | 128);
  return [...bytes, rest];
}
