// The small intermediate language between formulas and machine code: a straight line of instructions in static single assignment, each
// defining one value, numbered by its place. The operations are those of Arithmetic plus calls of elementary functions by name; every
// backend (WebAssembly, the interpreter, printed source) executes them with the same rounding.
//
// Building it numbers values: the same operation on the same values is the same value, a + b and b + a included (the sum is the same
// double; only a NaN's payload could tell). Constants are folded with the arithmetic that would run, selections by known conditions, too. No
// reassociation, no 0 * x = 0;
// of signs only what no double can tell: |-a| = |a|, |a a| = a a, -(-a) = a.
import { InternalError } from "../errors.ts";
import { type Arithmetic, numberArithmetic, type UnaryFunction } from "../numerics/arithmetic.ts";
import { elementaryFunctions } from "../numerics/elementary/list.ts";

/** The number of a value: of the instruction that defines it. */
export type Value = number;

/** Operations of one, two and three operands; those in `isCondition` define a truth value, not a number. */
export type Operation =
  | "input"
  | "constant"
  | ("sqrt" | "negate" | "abs" | "not" | "pow2" | "exponentOf" | "mantissaOf" | "centredExponentOf" | "centredMantissaOf")
  | (
      | "add"
      | "subtract"
      | "multiply"
      | "divide"
      | "less"
      | "lessEqual"
      | "equal"
      | "and"
      | "or"
      | "copysign"
      | "flipSign"
      | "flipOdd"
      | "ldexp"
    )
  | "select"
  // callee(first), callee(first, second), first ? callee(second) : third
  | ("call1" | "call2" | "rarely")
  // kernels only: what lies as many doubles after a place in memory as the operand says
  | "gather";

export const isCondition: ReadonlySet<Operation> = new Set(["less", "lessEqual", "equal", "and", "or", "not"]);
const isCommutative: ReadonlySet<Operation> = new Set(["add", "multiply", "equal", "and", "or"]);

export interface Instruction {
  readonly operation: Operation;
  readonly operands: readonly Value[];
  /** The constant, the number of the input, or the place of a table. */
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
  /** `rarely` with the function's name. */
  rarelyNamed(condition: Value, callee: string, x: Value, usual: Value): Value;
  call1(callee: string, a: Value): Value;
  call2(callee: string, a: Value, b: Value): Value;
  /** The double at `at` + `index` of a kernel's memory; index is a whole number from 0 to 2^28. */
  gather(at: number, index: Value): Value;
  /** The program of what the outputs need, and nothing else. */
  finish(outputs: readonly Value[]): Program;
}

/** Names of the functions that `rarely` is given. */
const nameOf = new Map<unknown, string>();
for (const [name, f] of elementaryFunctions) nameOf.set(f.define, name);

/** An empty program of so many inputs, to be filled through the Arithmetic it is. */
export function buildProgram(inputCount: number): ProgramBuilder {
  const instructions: Instruction[] = [];
  const find = numbering();

  function intern(operation: Operation, operands: readonly Value[], value: number, callee: string): Value {
    return find(operation, operands, value, callee, () => instructions.push({ operation, operands, value, callee }) - 1);
  }

  const constant = (value: number): Value => intern("constant", [], value, "");
  const isConstant = (v: Value): boolean => instructions[v]!.operation === "constant";
  const constantOf = (v: Value): number => instructions[v]!.value;

  function emit(operation: Operation, a: Value, b?: Value): Value {
    const fold = numberArithmetic[operation as FoldedOperation] as (...args: number[]) => number;
    const operands = b === undefined ? [a] : isCommutative.has(operation) && b < a ? [b, a] : [a, b];
    if (!isCondition.has(operation) && operands.every(isConstant)) return constant(fold(...operands.map(constantOf)));
    return intern(operation, operands, 0, "");
  }

  /** A condition that is known now. */
  function truthOf(v: Value): boolean | undefined {
    const { operation, operands } = instructions[v]!;
    if (operation === "not") {
      const truth = truthOf(operands[0]!);
      return truth === undefined ? undefined : !truth;
    }
    if (operation === "and" || operation === "or") {
      const [a, b] = operands.map(truthOf) as [boolean | undefined, boolean | undefined];
      const decides = operation === "or";
      return a === decides || b === decides ? decides : a === undefined || b === undefined ? undefined : !decides;
    }
    if (!operands.every(isConstant)) return undefined;
    const [x, y] = operands.map(constantOf) as [number, number];
    return numberArithmetic[operation as "less" | "lessEqual" | "equal"](x, y);
  }

  function absOf(a: Value): Value {
    const { operation, operands } = instructions[a]!;
    if (operation === "negate") return absOf(operands[0]!);
    return operation === "abs" || (operation === "multiply" && operands[0] === operands[1]) ? a : emit("abs", a);
  }

  const rarelyNamed = (condition: Value, callee: string, x: Value, usual: Value): Value =>
    truthOf(condition) === false ? usual : intern("rarely", [condition, x, usual], 0, callee);

  return {
    input(index) {
      if (index < 0 || index >= inputCount)
        throw new InternalError("codegen/input", `a program of ${inputCount} inputs has no input ${index}`);
      return intern("input", [], index, "");
    },
    constant,
    add: (a, b) => emit("add", a, b),
    subtract: (a, b) => emit("subtract", a, b),
    multiply: (a, b) => emit("multiply", a, b),
    divide: (a, b) => emit("divide", a, b),
    sqrt: (a) => emit("sqrt", a),
    negate: (a) => (instructions[a]!.operation === "negate" ? instructions[a]!.operands[0]! : emit("negate", a)),
    abs: absOf,
    less: (a, b) => emit("less", a, b),
    lessEqual: (a, b) => emit("lessEqual", a, b),
    equal: (a, b) => emit("equal", a, b),
    and: (a, b) => emit("and", a, b),
    or: (a, b) => emit("or", a, b),
    not: (a) => emit("not", a),
    select(condition, yes, no) {
      if (yes === no) return yes;
      const truth = truthOf(condition);
      return truth === undefined ? intern("select", [condition, yes, no], 0, "") : truth ? yes : no;
    },
    rarely: (condition, f, x, usual) => rarelyNamed(condition, nameOfFunction(f), x, usual),
    rarelyNamed,
    pow2: (k) => emit("pow2", k),
    exponentOf: (x) => emit("exponentOf", x),
    mantissaOf: (x) => emit("mantissaOf", x),
    ldexp: (x, k) => emit("ldexp", x, k),
    centredExponentOf: (x) => emit("centredExponentOf", x),
    centredMantissaOf: (x) => emit("centredMantissaOf", x),
    copysign: (magnitude, sign) => emit("copysign", magnitude, sign),
    flipSign: (x, sign) => emit("flipSign", x, sign),
    flipOdd: (x, n) => emit("flipOdd", x, n),
    call1: (callee, a) => intern("call1", [a], 0, callee),
    call2: (callee, a, b) => intern("call2", [a, b], 0, callee),
    gather: (at, index) => intern("gather", [index], at, ""),
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
  | "ldexp"
  | "centredExponentOf"
  | "centredMantissaOf"
  | "copysign"
  | "flipSign"
  | "flipOdd";

function nameOfFunction(f: UnaryFunction): string {
  const name = nameOf.get(f);
  if (name === undefined)
    throw new InternalError("codegen/function", "a function that is called by name must be in numerics/elementary/list.ts");
  return name;
}

/** Finds the value of an operation, or makes it. Two operands and an operation are a number, which hashes faster than a text. */
function numbering() {
  const short = new Map<Operation, Map<number, Value>>();
  const constants = new Map<number, Value>();
  const long = new Map<string, Value>();
  function findIn<K>(map: Map<K, Value>, key: K, make: () => Value): Value {
    let v = map.get(key);
    if (v === undefined) map.set(key, (v = make()));
    return v;
  }
  return (operation: Operation, operands: readonly Value[], value: number, callee: string, make: () => Value): Value => {
    // Keys of a Map do not tell 0 from -0.
    if (operation === "constant" && !Object.is(value, -0)) return findIn(constants, value, make);
    if (operands.length === 0 || operands.length > 2 || callee !== "" || operation === "gather")
      return findIn(long, `${operation} ${value} ${operands} ${callee}`, make);
    let map = short.get(operation);
    if (map === undefined) short.set(operation, (map = new Map()));
    return findIn(map, operands[0]! * 0x4000000 + (operands[1] ?? 0), make);
  };
}

function withoutDeadCode({ inputCount, instructions, outputs }: Program): Program {
  const isNeeded = new Uint8Array(instructions.length);
  for (const output of outputs) isNeeded[output] = 1;
  for (let v = instructions.length - 1; v >= 0; v -= 1)
    if (isNeeded[v] === 1) for (const operand of instructions[v]!.operands) isNeeded[operand] = 1;
  const place = new Int32Array(instructions.length);
  const kept: Instruction[] = [];
  const moved = (v: Value): Value => place[v]!;
  for (let v = 0; v < instructions.length; v += 1) {
    const instruction = instructions[v]!;
    if (isNeeded[v] === 0) continue;
    place[v] = kept.length;
    kept.push({ ...instruction, operands: instruction.operands.map(moved) });
  }
  return { inputCount, instructions: kept, outputs: outputs.map(moved) };
}
