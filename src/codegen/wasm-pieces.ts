// Cuts a large program into pieces, one function each, since engines limit a function's size and compile large ones in more than linear time.
import type { Program, Value } from "./program.ts";
import { findRoots } from "./wasm-body.ts";

export interface Piece {
  /** The values that the piece computes and keeps, in order. */
  readonly roots: readonly Value[];
  /** Values of earlier pieces that it reads. */
  readonly imports: ReadonlySet<Value>;
}

/** Pieces of at most `size` instructions (a single tree may be larger), and a slot for every value that is imported somewhere. */
export function cutProgram(program: Program, size: number): { pieces: Piece[]; slots: Map<Value, number> } {
  const { instructions } = program;
  const { isRoot, owner, size: treeSize } = findRoots(program);
  const pieceOf = new Int32Array(instructions.length);
  const roots: Value[][] = [[]];
  let filled = 0;
  for (let v = 0; v < instructions.length; v += 1) {
    if (isRoot[v] === 0) continue;
    if (filled > 0 && filled + treeSize[v]! > size) {
      roots.push([]);
      filled = 0;
    }
    filled += treeSize[v]!;
    roots[roots.length - 1]!.push(v);
    pieceOf[v] = roots.length - 1;
  }
  const imports = roots.map(() => new Set<Value>());
  const slots = new Map<Value, number>();
  for (let v = 0; v < instructions.length; v += 1) {
    const instruction = instructions[v]!;
    const here = pieceOf[owner[v]!]!;
    for (const operand of instruction.operands) {
      if (isRoot[operand] === 0 || pieceOf[operand] === here) continue;
      imports[here]!.add(operand);
      if (!slots.has(operand)) slots.set(operand, slots.size);
    }
  }
  return { pieces: roots.map((list, i) => ({ roots: list, imports: imports[i]! })), slots };
}
