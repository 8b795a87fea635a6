// A program executed by JavaScript: instruction after instruction, each over a block of points, so that the dispatch is paid once a block.
// The twin of the WebAssembly backend, with the same bits; it serves where WebAssembly is missing, and as its oracle.
import {
  centredExponentOf,
  centredMantissaOf,
  copysign,
  exponentOf,
  flipOdd,
  flipSign,
  ldexp,
  mantissaOf,
  pow2,
} from "../numerics/arithmetic.ts";
import * as numbers from "../numerics/elementary/numbers.ts";
import { elementaryProgram } from "./elementary-programs.ts";
import type { Program, Value } from "./program.ts";

/** Points a block: a few registers of 128 doubles stay in the first-level cache. */
const block = 128;

const functions = new Map<string, (x: number, y: number) => number>(Object.entries(numbers));

/** The function on numbers; one that is not printed there (logSlope) is interpreted itself. */
function numberFunction(name: string): (x: number, y: number) => number {
  const known = functions.get(name);
  if (known !== undefined) return known;
  const evaluate = interpret(elementaryProgram(name));
  const [x, y] = [new Float64Array(1), new Float64Array(1)];
  const f = (value: number): number => {
    x[0] = value;
    evaluate(x, 1, y);
    return y[0]!;
  };
  functions.set(name, f);
  return f;
}

/** Registers by value: a register is free again after the last use of what it holds. */
function allocate({ instructions, outputs }: Program): { register: Int32Array; count: number } {
  const lastUse = new Int32Array(instructions.length);
  for (const [v, instruction] of instructions.entries()) for (const operand of instruction.operands) lastUse[operand] = v;
  for (const output of outputs) lastUse[output] = instructions.length;
  const register = new Int32Array(instructions.length);
  const free: number[] = [];
  let count = 0;
  for (const [v, instruction] of instructions.entries()) {
    // The result gets its register before the operands' are freed: no operation writes where it still reads.
    register[v] = free.pop() ?? count++;
    for (const operand of new Set(instruction.operands)) if (lastUse[operand] === v) free.push(register[operand]!);
  }
  return { register, count };
}

/** Where an interpreter keeps the values of a program: an array of `length` doubles by value; arrays are used again. */
export function registersOf(program: Program, length: number): (v: Value | undefined) => Float64Array {
  const { register, count } = allocate(program);
  const registers = Array.from({ length: count }, () => new Float64Array(length));
  const unused = new Float64Array(length);
  return (v) => (v === undefined ? unused : registers[register[v]!]!);
}

/** The instructions of a program, ready to be executed on registers. */
export function stepsOf({ instructions }: Program, of: (v: Value | undefined) => Float64Array): Step[] {
  return instructions.map(({ operation, operands, value, callee }, v) => ({
    operation,
    target: of(v),
    x: of(operands[0]),
    y: of(operands[1]),
    z: of(operands[2]),
    value,
    f: callee === "" ? undefined : numberFunction(callee),
  }));
}

/**
 * An evaluator: points in rows of `inputCount`, results in rows of as many as there are outputs.
 * @returns (points, count, out) => void; one call at a time, since the registers are its own
 */
export function interpret(program: Program): (points: Float64Array, count: number, out: Float64Array) => void {
  const { inputCount, outputs } = program;
  const of = registersOf(program, block);
  const steps = stepsOf(program, of);

  return (points, count, out) => {
    for (let start = 0; start < count; start += block) {
      const n = Math.min(block, count - start);
      for (const step of steps) execute(step, n, points, start * inputCount, inputCount);
      for (let j = 0; j < outputs.length; j += 1) {
        const source = of(outputs[j]!);
        for (let i = 0; i < n; i += 1) out[(start + i) * outputs.length + j] = source[i]!;
      }
    }
  };
}

export interface Step {
  readonly operation: Program["instructions"][number]["operation"];
  readonly target: Float64Array;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
  readonly value: number;
  readonly f: ((x: number, y: number) => number) | undefined;
}

/** One instruction on n points (in a kernel: places of columns in its memory); truth values are 1 and 0. */
export function execute(
  { operation, target: t, x, y, z, value, f }: Step,
  n: number,
  points: Float64Array,
  offset: number,
  stride: number,
): void {
  switch (operation) {
    case "input":
      for (let i = 0; i < n; i += 1) t[i] = points[offset + i * stride + value]!;
      return;
    case "constant":
      for (let i = 0; i < n; i += 1) t[i] = value;
      return;
    case "gather":
      for (let i = 0; i < n; i += 1) t[i] = points[value + x[i]!]!;
      return;
    case "add":
      for (let i = 0; i < n; i += 1) t[i] = x[i]! + y[i]!;
      return;
    case "subtract":
      for (let i = 0; i < n; i += 1) t[i] = x[i]! - y[i]!;
      return;
    case "multiply":
      for (let i = 0; i < n; i += 1) t[i] = x[i]! * y[i]!;
      return;
    case "divide":
      for (let i = 0; i < n; i += 1) t[i] = x[i]! / y[i]!;
      return;
    case "sqrt":
      for (let i = 0; i < n; i += 1) t[i] = Math.sqrt(x[i]!);
      return;
    case "negate":
      for (let i = 0; i < n; i += 1) t[i] = -x[i]!;
      return;
    case "abs":
      for (let i = 0; i < n; i += 1) t[i] = Math.abs(x[i]!);
      return;
    case "less":
      for (let i = 0; i < n; i += 1) t[i] = x[i]! < y[i]! ? 1 : 0;
      return;
    case "lessEqual":
      for (let i = 0; i < n; i += 1) t[i] = x[i]! <= y[i]! ? 1 : 0;
      return;
    case "equal":
      for (let i = 0; i < n; i += 1) t[i] = x[i]! === y[i]! ? 1 : 0;
      return;
    case "and":
      for (let i = 0; i < n; i += 1) t[i] = x[i]! * y[i]!;
      return;
    case "or":
      for (let i = 0; i < n; i += 1) t[i] = Math.max(x[i]!, y[i]!);
      return;
    case "not":
      for (let i = 0; i < n; i += 1) t[i] = 1 - x[i]!;
      return;
    case "select":
      for (let i = 0; i < n; i += 1) t[i] = x[i]! === 1 ? y[i]! : z[i]!;
      return;
    case "rarely":
      for (let i = 0; i < n; i += 1) t[i] = x[i]! === 1 ? f!(y[i]!, 0) : z[i]!;
      return;
    case "pow2":
      for (let i = 0; i < n; i += 1) t[i] = pow2(x[i]!);
      return;
    case "exponentOf":
      for (let i = 0; i < n; i += 1) t[i] = exponentOf(x[i]!);
      return;
    case "mantissaOf":
      for (let i = 0; i < n; i += 1) t[i] = mantissaOf(x[i]!);
      return;
    case "ldexp":
      for (let i = 0; i < n; i += 1) t[i] = ldexp(x[i]!, y[i]!);
      return;
    case "centredExponentOf":
      for (let i = 0; i < n; i += 1) t[i] = centredExponentOf(x[i]!);
      return;
    case "centredMantissaOf":
      for (let i = 0; i < n; i += 1) t[i] = centredMantissaOf(x[i]!);
      return;
    case "copysign":
      for (let i = 0; i < n; i += 1) t[i] = copysign(x[i]!, y[i]!);
      return;
    case "flipSign":
      for (let i = 0; i < n; i += 1) t[i] = flipSign(x[i]!, y[i]!);
      return;
    case "flipOdd":
      for (let i = 0; i < n; i += 1) t[i] = flipOdd(x[i]!, y[i]!);
      return;
    case "call1":
    case "call2":
      for (let i = 0; i < n; i += 1) t[i] = f!(x[i]!, y[i]!);
      return;
  }
}
