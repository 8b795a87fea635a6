// Programs without calls: elementary functions are written out where they are used, so that what several share is computed once and a vector
// backend needs none of them by name, except behind `rarely`.

import { elementaryProgram } from "../elementary-programs.ts";
import type { Program, ProgramBuilder, Value } from "../program.ts";

/** Kernels take the lean forms (numerics/elementary/lean.ts). */
const lean = new Map([
  ["exp", "leanExp"],
  ["log", "leanLog"],
  ["sin", "leanSin"],
  ["cos", "leanCos"],
]);

/** Writes a program's instructions into a builder, calls included; returns the values of its outputs. */
export function inline(m: ProgramBuilder, { instructions, outputs }: Program, inputs: readonly Value[]): Value[] {
  const values: Value[] = [];
  for (const { operation, operands, value, callee } of instructions) {
    const [a, b, c] = operands.map((operand) => values[operand]!) as [Value, Value, Value];
    switch (operation) {
      case "input":
        values.push(inputs[value]!);
        break;
      case "constant":
        values.push(m.constant(value));
        break;
      case "call1":
        values.push(inline(m, elementaryProgram(lean.get(callee) ?? callee), [a])[0]!);
        break;
      case "call2":
        values.push(inline(m, elementaryProgram(callee), [a, b])[0]!);
        break;
      case "rarely":
        values.push(m.rarelyNamed(a, callee, b, c));
        break;
      case "gather":
        values.push(m.gather(value, a));
        break;
      case "select":
        values.push(m.select(a, b, c));
        break;
      case "sqrt":
      case "negate":
      case "abs":
      case "not":
      case "pow2":
      case "exponentOf":
      case "mantissaOf":
      case "centredExponentOf":
      case "centredMantissaOf":
        values.push(m[operation](a));
        break;
      default:
        values.push(m[operation](a, b));
    }
  }
  return outputs.map((v) => values[v]!);
}
