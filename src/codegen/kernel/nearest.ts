// The nearest integer as elementary functions make it (numerics/elementary/building-blocks.ts): t - 1.5 2^52 with t = x + 1.5 2^52, whose last bits
// are the integer's. What wants these bits takes t and does not add again.
import type { Instruction, Value } from "../program.ts";

/** 1.5 2^52: added to an integer it has its low bits at the end. */
export const integerShift = 6755399441055744;

/** t where a value is t - integerShift. */
export function shiftedOf(instructions: readonly Instruction[], v: Value): Value | undefined {
  const { operation, operands } = instructions[v]!;
  if (operation !== "subtract") return undefined;
  const by = instructions[operands[1]!]!;
  return by.operation === "constant" && by.value === integerShift ? operands[0] : undefined;
}
