// The order of a program's instructions where it does the same to several members of a block. Values and results stay the same; how many of
// them are alive at once, and how many the processor can work at side by side, does not. Both backends' orders were found by measurement.
import type { Instruction, Program } from "../program.ts";

/**
 * For C: two members side by side, by depth, so that there is independent work at hand. Long programs have enough of it, and two of them more values
 * than there are registers: one after another. The compiler decides on registers.
 */
export function sideBySide(program: Program, members: number): Program {
  if (members < 2) return program;
  return program.instructions.length > mostSideBySide ? inPieces(program, members, 1) : inPieces(program, members, 2, true);
}

const mostSideBySide = 600;

/** How the vectors of WebAssembly go through a program: V8 orders and spills what lies between two stores as it likes. */
export interface Pieces {
  readonly program: Program;
  /** So many outputs are stored at a time. */
  readonly outputs: number;
  /** Rare arguments are looked for once, at the end, and not where they would matter: branches in the midst keep V8 from ordering. */
  readonly atEnd: boolean;
}

/**
 * Small pieces, each with its stores, keep values in registers; large ones give independent work. Measured in V8 11.3 (the better takes 0.85 to 0.95
 * of the other's time): a piece is large enough with two exponentials, or with a sine and a cosine. Steps of models, long chains of roots and
 * divisions, need more, and with more than four functions too many values are alive where nothing parts them.
 */
export function piecesFor(program: Program, members: number): Pieces {
  const rare = program.instructions.filter(({ operation }) => operation === "rarely");
  const slow = program.instructions.filter(({ operation }) => operation === "divide" || operation === "sqrt").length;
  const each = rare.length / members;
  const whole = (atEnd: boolean): Pieces => ({ program, outputs: program.outputs.length, atEnd });
  const piecewise = (together: number): Pieces => ({
    program: inPieces(program, members, together),
    outputs: (program.outputs.length / members) * together,
    atEnd: true,
  });
  if (rare.length === 0) return whole(false);
  if (slow <= 2 * members) return each <= 2 ? piecewise(each > 1 ? 1 : 2) : whole(false);
  if (rare.length <= 4 && rare.every(({ callee }) => callee === "exp")) return whole(true);
  return each <= 4 ? piecewise(1) : whole(false);
}

/** So many members at a time, one after another or, `mixed`, by depth. */
function inPieces({ inputCount, instructions, outputs }: Program, members: number, together: number, mixed = false): Program {
  const share = outputs.length / members;
  /** The first piece that needs a value. */
  const piece = new Int32Array(instructions.length).fill(members);
  for (const [j, v] of outputs.entries()) piece[v] = Math.min(piece[v]!, Math.floor(j / share / together));
  for (let v = instructions.length - 1; v >= 0; v--)
    for (const operand of instructions[v]!.operands) piece[operand] = Math.min(piece[operand]!, piece[v]!);
  const depth = new Int32Array(instructions.length);
  if (mixed)
    for (const [v, { operands }] of instructions.entries()) for (const o of operands) depth[v] = Math.max(depth[v]!, depth[o]! + 1);
  const order = [...instructions.keys()].sort((a, b) => piece[a]! - piece[b]! || depth[a]! - depth[b]! || a - b);
  const place = new Int32Array(instructions.length);
  for (const [to, v] of order.entries()) place[v] = to;
  const moved = order.map(
    (v): Instruction => ({ ...instructions[v]!, operands: instructions[v]!.operands.map((operand) => place[operand]!) }),
  );
  return { inputCount, instructions: moved, outputs: outputs.map((v) => place[v]!) };
}
