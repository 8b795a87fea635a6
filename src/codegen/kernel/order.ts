// The order of a program's instructions where it does the same to several members of a block. Values and results stay the same; how many of
// them are alive at once, and how many the processor can work at side by side, does not. Both backends' orders were found by measurement.
import type { Instruction, Program } from "../program.ts";

/**
 * For C: members side by side, by depth, so that there is independent work at hand: as many as do not have more values alive at once than the
 * compiler can keep near. Measured with gcc 12 on 32 vector registers, 16 programs: all four of a short program take 0.9 of the time of pairs, pairs
 * 0.8 to 0.9 of one after another, and up to 1.3 where too many values are alive. By depth a lone member, too, is up to 1.3 times as fast.
 */
export function sideBySide(program: Program, members: number): Program {
  for (const { together, alive } of [
    { together: members, alive: 50 },
    { together: 2, alive: 64 },
  ]) {
    const mixed = inPieces(program, members, Math.min(together, members), true);
    if (members > 1 && mostAlive(mixed) <= alive) return mixed;
  }
  return inPieces(program, members, 1, true);
}

/** Values that are alive at once, at most; constants do not count. */
function mostAlive({ instructions, outputs }: Program): number {
  const last = new Int32Array(instructions.length);
  for (const [v, { operands }] of instructions.entries()) for (const operand of operands) last[operand] = v;
  const isOutput = new Set(outputs);
  let [alive, most] = [0, 0];
  for (const [v, { operation, operands }] of instructions.entries()) {
    // outputs are stored as soon as they are there
    if (operation !== "constant" && !(isOutput.has(v) && last[v] === 0)) alive++;
    most = Math.max(most, alive);
    for (const operand of new Set(operands)) if (last[operand] === v && instructions[operand]!.operation !== "constant") alive--;
  }
  return most;
}

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
