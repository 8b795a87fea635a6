// A program of a map node as vector instructions: two places of a column at a time. Every value has a local of its own (the engine's compiler
// decides on registers), constants get theirs once a function.
import { InternalError } from "../../errors.ts";
import type { Program, Value } from "../program.ts";
import type { Assembler } from "./assembler.ts";

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

/** 1.5 2^52: added to an integer it has the parity in the last bit. */
export const parityShift = 6755399441055744;

/** Exponentials whose rare arguments are looked for together, at the end of a program. */
const mostTogether = 4;

/**
 * Whether a program is written straight through, as if no argument were rare, and once more for when one was. Branches in its midst keep the
 * engine from ordering instructions: a step with up to four exponentials takes a tenth less without them. More of them, or sines and cosines,
 * take more (measured in V8 12: values live too long for its registers).
 */
export function looksAtEnd({ instructions }: Program): boolean {
  const rare = instructions.filter(({ operation }) => operation === "rarely");
  return rare.length > 0 && rare.length <= mostTogether && rare.every(({ callee }) => callee === "exp");
}

/** Writes the program; `input` gives the local of an input, where it is first used. Returns the locals of the outputs. With `ifRare` the
 * usual values are taken for all: it gets the conditions under which they are not to be. */
export function writeSimd(
  { instructions, outputs }: Program,
  input: (index: number) => number,
  { a, constant, functionIndex }: SimdContext,
  ifRare?: (condition: number) => void,
): number[] {
  const local: number[] = [];
  const of = (v: Value): number => {
    if (local[v]! < 0) local[v] = input(-1 - local[v]!);
    return local[v]!;
  };
  for (const { operation, operands, value, callee } of instructions) {
    if (operation === "input" || operation === "constant") {
      // an input is loaded where it is used: loads at the start of a long program would all be spilled
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
    if (operation in direct) {
      a.get(...operands.map(of));
      a.op(direct[operation as keyof typeof direct]);
    } else if (operation === "select") {
      a.get(y, z, x);
      a.op("v128.bitselect");
    } else if (operation === "copysign") {
      a.get(y, x);
      a.bits(1n << 63n);
      a.op("v128.bitselect");
    } else if (operation === "flipOdd") {
      a.get(y, constant(parityShift));
      a.op("f64x2.add");
      a.i32(63);
      a.op("i64x2.shl");
      a.get(x);
      a.op("v128.xor");
    } else if (operation === "pow2") {
      a.get(x, constant(exponentShift));
      a.op("f64x2.add");
      a.i32(52);
      a.op("i64x2.shl");
    } else if (operation === "exponentOf") {
      a.get(x);
      a.i32(52);
      a.op("i64x2.shr_u");
      a.bits(0x7ffn);
      a.op("v128.and");
      a.bits(0x4330000000000000n);
      a.op("v128.or");
      a.get(constant(exponentShift));
      a.op("f64x2.sub");
    } else if (operation === "mantissaOf") {
      a.get(x);
      a.bits(0xfffffffffffffn);
      a.op("v128.and");
      a.bits(0x3ff0000000000000n);
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
  return outputs.map(of);
}
