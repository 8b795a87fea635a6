// The order of a program's instructions where it does the same to several members of a block: members go side by side, two at a time, so that
// the processor has independent work at hand, and constants serve twice once they are in a register. Values and results stay the same.
import type { Instruction, Program } from "../program.ts";

/**
 * @param members  the outputs belong to so many members, in equal shares
 */
export function interleave({ inputCount, instructions, outputs }: Program, members: number): Program {
  if (members < 2) return { inputCount, instructions, outputs };
  const share = outputs.length / members;
  /** The pair of members that needs a value; -1: several do. */
  const group = new Int32Array(instructions.length).fill(-2);
  const depth = new Int32Array(instructions.length);
  const need = (v: number, by: number): void => {
    group[v] = group[v] === -2 || group[v] === by ? by : -1;
  };
  for (const [j, v] of outputs.entries()) need(v, Math.floor(j / share / 2));
  for (let v = instructions.length - 1; v >= 0; v--) for (const operand of instructions[v]!.operands) need(operand, group[v]!);
  for (const [v, { operands }] of instructions.entries())
    for (const operand of operands) depth[v] = Math.max(depth[v]!, depth[operand]! + 1);
  const order = [...instructions.keys()].sort((a, b) => group[a]! - group[b]! || depth[a]! - depth[b]! || a - b);
  const place = new Int32Array(instructions.length);
  for (const [to, v] of order.entries()) place[v] = to;
  const moved = order.map(
    (v): Instruction => ({ ...instructions[v]!, operands: instructions[v]!.operands.map((operand) => place[operand]!) }),
  );
  return { inputCount, instructions: moved, outputs: outputs.map((v) => place[v]!) };
}
