// A program of a map node as vector instructions: two places of a column at a time. Every value has a local of its own (the engine's compiler
// decides on registers), constants get theirs once a function.
import { InternalError } from "../../errors.ts";
import type { Program, Value } from "../program.ts";
import type { Assembler } from "./assembler.ts";
import { integerShift, shiftedOf } from "./nearest.ts";

export interface SimdContext {
  readonly a: Assembler;
  /** Local of a constant that was set at the function's start. */
  constant(value: number): number;
  /** Index of the scalar function of this name. */
  functionIndex(name: string): number;
}

const direct = {
  add: "f64x2.add",
  subtract: "f64x2.sub",
  multiply: "f64x2.mul",
  divide: "f64x2.div",
  sqrt: "f64x2.sqrt",
  negate: "f64x2.neg",
  abs: "f64x2.abs",
  less: "f64x2.lt",
  lessEqual: "f64x2.le",
  equal: "f64x2.eq",
  and: "v128.and",
  or: "v128.or",
  not: "v128.not",
} as const;

/** 2^52 + 1023: added to k it has k + 1023, an exponent's bits, at its end. */
export const exponentShift = 4503599627371519;

/** The bits of a significand. */
const mantissaBits = 2 ** -1022 - 2 ** -1074;

/** By their bits: what moves sqrt(2) and more to the next exponent (numerics/arithmetic.ts), and the least significand then, in its place. */
const toCentre = 0x95f62 * 2 ** -1042;
const leastCentred = 0x16a09e * 2 ** -21;

/** Bits of infinity: those of an exponent. Of -0: a sign. */
export const bitPatterns = [
  ...[Number.POSITIVE_INFINITY, -0, 2 ** 52, 1],
  ...[mantissaBits, exponentShift, integerShift, toCentre, leastCentred],
];

/** Of bits without a sign, on the stack: the exponent as a number, put at the end of 2^52 and that taken off with the bias. */
function writeExponent(a: Assembler, constant: (value: number) => number): void {
  a.i32(52);
  a.op("i64x2.shr_u");
  a.get(constant(2 ** 52));
  a.op("v128.or");
  a.get(constant(exponentShift));
  a.op("f64x2.sub");
}

/** Where a program's inputs come from and its outputs go. */
export interface Places {
  /** The local of an input, loaded here. */
  input(index: number): number;
  store(output: number, local: number): void;
  /** Inputs that are gone once this output is stored. */
  lost(output: number): readonly number[];
}

/**
 * Writes a program, with stores after every `together` outputs. With `ifRare` the usual values are taken for all: it gets the conditions under
 * which they are not to be. Returns the locals of inputs that were loaded.
 */
export function writeSimd(
  { instructions, outputs }: Program,
  together: number,
  places: Places,
  { a, constant, functionIndex }: SimdContext,
  ifRare?: (condition: number) => void,
): ReadonlyMap<number, number> {
  const local: number[] = [];
  // an input is loaded where it is used: loads at the start of a long program would all be spilled
  const inputs = new Map<number, number>();
  const loaded = (index: number): number => {
    if (!inputs.has(index)) inputs.set(index, places.input(index));
    return inputs.get(index)!;
  };
  const of = (v: Value): number => (local[v]! < 0 ? loaded(-1 - local[v]!) : local[v]!);
  const needed = new Set(instructions.filter(({ operation }) => operation === "input").map(({ value }) => value));
  /** Of both lanes' indices, bytes: once for all that is gathered there. */
  const known = new Map<number, readonly [number, number]>();
  const addresses = (index: number): readonly [number, number] => {
    let found = known.get(index);
    if (found) return found;
    found = [a.local("i32"), a.local("i32")];
    known.set(index, found);
    const bits = a.local("v128");
    a.get(index, constant(2 ** 52));
    a.op("f64x2.add");
    a.set(bits);
    for (const [l, to] of found.entries()) {
      a.get(bits);
      a.lane("i32x4.extract_lane", 2 * l);
      a.i32(3);
      a.op("i32.shl");
      a.set(to);
    }
    return found;
  };
  let stored = 0;
  /** Stores the next outputs if all of them are there. */
  const store = (known: number): void => {
    for (;;) {
      const next = outputs.slice(stored, stored + together);
      if (next.length === 0 || next.some((v) => v >= known)) return;
      for (let j = stored; j < stored + next.length; j++) for (const index of places.lost(j)) if (needed.has(index)) loaded(index);
      for (const v of next) places.store(stored++, of(v));
    }
  };
  for (const [v, { operation, operands, value, callee }] of instructions.entries()) {
    store(v);
    if (operation === "input" || operation === "constant") {
      local.push(operation === "input" ? -1 - value : constant(value));
      continue;
    }
    if (operation === "rarely" && ifRare) {
      ifRare(of(operands[0]!));
      local.push(of(operands[2]!));
      continue;
    }
    const [x, y, z] = operands.map(of) as [number, number, number];
    const to = a.local("v128");
    local.push(to);
    if (operation === "gather") {
      const [first, second] = addresses(x);
      a.get(second, first);
      a.loadFirst(8 * value);
      a.loadSecond(8 * value);
      a.set(to);
      continue;
    }
    if (operation in direct) {
      a.get(...operands.map(of));
      a.op(direct[operation as keyof typeof direct]);
    } else if (operation === "select") {
      a.get(y, z, x);
      a.op("v128.bitselect");
    } else if (operation === "copysign") {
      a.get(y, x, constant(-0));
      a.op("v128.bitselect");
    } else if (operation === "flipSign") {
      a.get(x, y, constant(-0));
      a.op("v128.and", "v128.xor");
    } else if (operation === "flipOdd" || operation === "ldexp") {
      const shifted = shiftedOf(instructions, operands[1]!);
      if (shifted === undefined) {
        a.get(y, constant(integerShift));
        a.op("f64x2.add");
      } else a.get(of(shifted));
      a.i32(operation === "flipOdd" ? 63 : 52);
      a.op("i64x2.shl");
      a.get(x);
      a.op(operation === "flipOdd" ? "v128.xor" : "i64x2.add");
    } else if (operation === "pow2") {
      a.get(x, constant(exponentShift));
      a.op("f64x2.add");
      a.i32(52);
      a.op("i64x2.shl");
    } else if (operation === "exponentOf") {
      a.get(x, constant(Number.POSITIVE_INFINITY));
      a.op("v128.and");
      writeExponent(a, constant);
    } else if (operation === "centredExponentOf") {
      a.get(x, constant(toCentre));
      a.op("i64x2.add");
      writeExponent(a, constant);
    } else if (operation === "centredMantissaOf") {
      a.get(x, constant(toCentre));
      a.op("i64x2.add");
      a.get(constant(mantissaBits));
      a.op("v128.and");
      a.get(constant(leastCentred));
      a.op("i64x2.add");
    } else if (operation === "mantissaOf") {
      a.get(x, constant(mantissaBits));
      a.op("v128.and");
      a.get(constant(1));
      a.op("v128.or");
    } else if (operation === "rarely") {
      a.get(z);
      a.set(to);
      a.when(
        () => {
          a.get(x);
          a.op("v128.any_true");
        },
        () => {
          for (let l = 0; l < 2; l++)
            a.when(
              () => {
                a.get(x);
                a.lane("i64x2.extract_lane", l);
                a.op("i32.wrap_i64");
              },
              () => {
                a.get(to, y);
                a.lane("f64x2.extract_lane", l);
                a.call(functionIndex(callee));
                a.lane("f64x2.replace_lane", l);
                a.set(to);
              },
            );
        },
      );
      continue;
    } else throw new InternalError("codegen/kernel", `a kernel's program holds ${operation}; calls are written out (flat.ts)`);
    a.set(to);
  }
  store(instructions.length);
  return inputs;
}
