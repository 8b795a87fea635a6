// The small intermediate language between formulas and machine code: a straight line of instructions in static single assignment, each
// defining one value, numbered by its place. The operations are those of Arithmetic plus calls of elementary functions by name; every
// backend (WebAssembly, the interpreter, printed source) executes them with the same rounding.
//
// Building it numbers values: the same operation on the same values is the same value, a + b and b + a included (the sum is the same
// double; only a NaN's payload could tell). Constants are folded with the arithmetic that would run. No reassociation, no 0 * x = 0.
import { InternalError } from "../errors.ts";
import { type Arithmetic, numberArithmetic, type UnaryFunction } from "../numerics/arithmetic.ts";
import { elementaryFunctions } from "../numerics/elementary/list.ts";

/** The number of a value: of the instruction that defines it. */
export type Value = number;

/** How many operands an operation has; those marked in `isCondition` define a truth value, not a number. */
export const operandCount = {
  input: 0,
  constant: 0,
  add: 2,
  subtract: 2,
  multiply: 2,
  divide: 2,
  sqrt: 1,
  negate: 1,
  abs: 1,
  less: 2,
  lessEqual: 2,
  equal: 2,
  and: 2,
  or: 2,
  not: 1,
  select: 3,
  pow2: 1,
  exponentOf: 1,
  mantissaOf: 1,
  copysign: 2,
  /** callee(a) and callee(a, b). */
  call1: 1,
  call2: 2,
  /** a ? callee(b) : c */
  rarely: 3,
} as const;

export type Operation = keyof typeof operandCount;

export const isCondition: ReadonlySet<Operation> = new Set(["less", "lessEqual", "equal", "and", "or", "not"]);
const isCommutative: ReadonlySet<Operation> = new Set(["add", "multiply", "equal", "and", "or"]);

/** One instruction; unused operands are -1. */
export interface Instruction {
  readonly operation: Operation;
  readonly a: Value;
  readonly b: Value;
  readonly c: Value;
  /** The constant, or the number of the input. */
  readonly value: number;
  /** The elementary function that is called, or "". */
  readonly callee: string;
}

export interface Program {
  readonly inputCount: number;
  readonly instructions: readonly Instruction[];
  readonly outputs: readonly Value[];
}

export interface ProgramBuilder extends Arithmetic<Value, Value> {
  input(index: number): Value;
  call1(callee: string, a: Value): Value;
  call2(callee: string, a: Value, b: Value): Value;
  /** The program of what the outputs need, and nothing else. */
  finish(outputs: readonly Value[]): Program;
}

/** Names of the functions that `rarely` is given. */
const nameOf = new Map<unknown, string>();
for (const [name, f] of elementaryFunctions) nameOf.set(f.define, name);

/** An empty program of so many inputs, to be filled through the Arithmetic it is. */
export function buildProgram(inputCount: number): ProgramBuilder {
  const instructions: Instruction[] = [];
  const known = new Map<string, Value>();

  function intern(operation: Operation, a: Value, b: Value, c: Value, value: number, callee: string): Value {
    // -0 is not 0; the text of every other number tells it apart.
    const text = Object.is(value, -0) ? "-0" : String(value);
    const key = `${operation} ${a} ${b} ${c} ${text} ${callee}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    instructions.push({ operation, a, b, c, value, callee });
    known.set(key, instructions.length - 1);
    return instructions.length - 1;
  }

  const constant = (value: number): Value => intern("constant", -1, -1, -1, value, "");
  const isConstant = (v: Value): boolean => v < 0 || instructions[v]!.operation === "constant";
  const constantOf = (v: Value): number => instructions[v]!.value;

  function emit(operation: Operation, a: Value, b: Value = -1, c: Value = -1, callee = ""): Value {
    if (isConstant(a) && isConstant(b) && isConstant(c) && !isCondition.has(operation) && callee === "" && operation !== "select") {
      const fold = numberArithmetic[operation as FoldedOperation] as (...args: number[]) => number;
      return constant(fold(...[a, b, c].filter((v) => v >= 0).map(constantOf)));
    }
    if (isCommutative.has(operation) && b < a) return intern(operation, b, a, c, 0, callee);
    return intern(operation, a, b, c, 0, callee);
  }

  return {
    input(index) {
      if (index < 0 || index >= inputCount)
        throw new InternalError("codegen/input", `a program of ${inputCount} inputs has no input ${index}`);
      return intern("input", -1, -1, -1, index, "");
    },
    constant,
    add: (a, b) => emit("add", a, b),
    subtract: (a, b) => emit("subtract", a, b),
    multiply: (a, b) => emit("multiply", a, b),
    divide: (a, b) => emit("divide", a, b),
    sqrt: (a) => emit("sqrt", a),
    negate: (a) => emit("negate", a),
    abs: (a) => emit("abs", a),
    less: (a, b) => emit("less", a, b),
    lessEqual: (a, b) => emit("lessEqual", a, b),
    equal: (a, b) => emit("equal", a, b),
    and: (a, b) => emit("and", a, b),
    or: (a, b) => emit("or", a, b),
    not: (a) => emit("not", a),
    select: (condition, yes, no) => (yes === no ? yes : emit("select", condition, yes, no)),
    rarely: (condition, f, x, usual) => emit("rarely", condition, x, usual, nameOfFunction(f)),
    pow2: (k) => emit("pow2", k),
    exponentOf: (x) => emit("exponentOf", x),
    mantissaOf: (x) => emit("mantissaOf", x),
    copysign: (magnitude, sign) => emit("copysign", magnitude, sign),
    call1: (callee, a) => emit("call1", a, -1, -1, callee),
    call2: (callee, a, b) => emit("call2", a, b, -1, callee),
    finish: (outputs) => withoutDeadCode({ inputCount, instructions, outputs }),
  };
}

type FoldedOperation =
  | "add"
  | "subtract"
  | "multiply"
  | "divide"
  | "sqrt"
  | "negate"
  | "abs"
  | "pow2"
  | "exponentOf"
  | "mantissaOf"
  | "copysign";

function nameOfFunction(f: UnaryFunction): string {
  const name = nameOf.get(f);
  if (name === undefined)
    throw new InternalError("codegen/function", "a function that is called by name must be in numerics/elementary/list.ts");
  return name;
}

function withoutDeadCode({ inputCount, instructions, outputs }: Program): Program {
  const isNeeded = new Uint8Array(instructions.length);
  for (const output of outputs) isNeeded[output] = 1;
  for (let v = instructions.length - 1; v >= 0; v -= 1) {
    if (isNeeded[v] === 0) continue;
    const { a, b, c } = instructions[v]!;
    if (a >= 0) isNeeded[a] = 1;
    if (b >= 0) isNeeded[b] = 1;
    if (c >= 0) isNeeded[c] = 1;
  }
  const place = new Int32Array(instructions.length);
  const kept: Instruction[] = [];
  const moved = (v: Value): Value => (v < 0 ? v : place[v]!);
  for (const [v, instruction] of instructions.entries()) {
    if (isNeeded[v] === 0) continue;
    place[v] = kept.length;
    kept.push({ ...instruction, a: moved(instruction.a), b: moved(instruction.b), c: moved(instruction.c) });
  }
  return { inputCount, instructions: kept, outputs: outputs.map(moved) };
}

/** Operands of an instruction, in order. */
export function operandsOf({ a, b, c }: Instruction): Value[] {
  return a < 0 ? [] : b < 0 ? [a] : c < 0 ? [a, b] : [a, b, c];
}
