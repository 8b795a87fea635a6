// A kernel: what is done to a batch of paths, as data that every backend runs with the same bits (simd.ts WebAssembly, print-c.ts native code,
// columns.ts JavaScript). Memory is doubles; a path has a place in each column. A batch holds B blocks of random numbers, each shared by M
// neighbouring paths: path M b + v of the batch lies at place v B + b of its columns, so that vectors run over blocks whatever their width.
//
// A step is a list of nodes, run in order:
//   random   one Philox block for each of the batch's blocks -> raw doubles in [1, 2), pair by pair (numerics/normals.ts), or one uniform
//   pick     the samples of every path's minibatch (numerics/batches.ts), by integers of 32 bits
//   map      a straight-line program at every block, or at every path
//   repeat   nodes, so many times; operands move on by their stride each time, random nodes take the next substep. In a repeat within a
//            repeat strides belong to the inner one, and there are no random nodes
//
// A map node that occurs more than once, the same object, is compiled once.
import type { BatchRule } from "../../numerics/batches.ts";
import type { Program } from "../program.ts";

/** Vectors run over this many blocks at most: B is a multiple of it, and sums are kept in so many lanes on every backend. */
export const lanes = 8;

/** Where an operand lies: `at` doubles from the start of memory, `stride` more for each pass of the enclosing repeat. */
export interface Operand {
  readonly at: number;
  readonly stride: number;
  /** Inputs: one number for all paths, no column. */
  readonly single?: boolean;
}

export interface RandomNode {
  readonly kind: "random";
  /** Word 3 of the counter without the step's high bits: purpose and draw. */
  readonly word3: number;
  /** Place of the three columns of saved words of this draw (philox.ts), in doubles. */
  readonly saved: number;
  /** Columns of B raw doubles, one after another: radial, angular, and for "fast" the second pair's; a uniform has one. */
  readonly out: Operand;
  /** Not the raw doubles of normals, but 1 + k 2^-52, k the 52 bits of a uniform (numerics/random.ts). */
  readonly uniform?: true;
  readonly own?: OwnNumbers | undefined;
}

/** Numbers that are not the batch's: the column of low words as in `Kernel.numbers`, and the place (in doubles) of their high word. */
export interface OwnNumbers {
  readonly numbers: number;
  readonly high: number;
}

/** Of one path of every block: with M = 1, or with numbers that are not the batch's. */
export interface PickNode {
  readonly kind: "pick";
  /** How many samples there are, and which of them a step takes. */
  readonly samples: number;
  readonly rule: BatchRule;
  /** As many columns as a batch takes samples, the first one's place and doubles to the next: each one's number times `times`. */
  readonly out: { readonly at: number; readonly step: number };
  readonly times: number;
  /**
   * Integers of 32 bits, from this place (in doubles) on: the numbers 0 .. samples - 1 before and after the node, or in epochs the order of every
   * path, `orderDoubles` each.
   */
  readonly order: number;
  /** Room for the bits of `lanes` paths, `pickRoom` doubles. */
  readonly room: number;
  readonly own?: OwnNumbers | undefined;
}

/** Doubles of one path's order. */
export const orderDoubles = (samples: number): number => Math.ceil(samples / 2);

/** Doubles of the bits of so many integers: words in columns of `lanes` paths, and a block more for words that are passed over. */
export const pickRoom = (integers: number): number => 2 * lanes * (Math.ceil(integers / 4) + 1);

/** Loops over so many samples are written out: the processor divides by constants without dividing. */
export const mostWrittenOut = 32;

export interface MapNode {
  readonly kind: "map";
  readonly over: "blocks" | "paths";
  readonly program: Program;
  readonly inputs: readonly Operand[];
  readonly outputs: readonly Operand[];
  /** The program does the same to so many members of a block, whose outputs follow one another in equal shares; default 1. */
  readonly members?: number;
}

export interface RepeatNode {
  readonly kind: "repeat";
  readonly times: number;
  /** Number of the first pass, for strides; default 0. */
  readonly first?: number;
  readonly body: readonly KernelNode[];
}

export type KernelNode = RandomNode | PickNode | MapNode | RepeatNode;

export interface Kernel {
  /** B. */
  readonly blocks: number;
  /** M. */
  readonly sharing: number;
  /** Which raw doubles random nodes write. */
  readonly normals: "fast" | "full";
  /** Key of the seed: low and high word. */
  readonly key: { readonly low: number; readonly high: number };
  /** Doubles of memory: columns, saved words and sums. */
  readonly memory: number;
  /** Column of block numbers: low words, as B integers of 32 bits from this place on. */
  readonly numbers: number;
  /** What one step does, a list of nodes for each way in which a batch can be run: most kernels have one way, exits one for each level. */
  readonly ways: readonly (readonly KernelNode[])[];
  /** Run where something is observed. */
  readonly observe: readonly KernelNode[];
  /** Columns (of M B doubles each, one after another) that `accumulate` sums, and how many. */
  readonly figures: { readonly at: number; readonly count: number };
  /** Sums: for each figure and place of observation the first value, then `lanes` sums and `lanes` sums of squares. */
  readonly sums: number;
}

/** Doubles of sums for one figure: reference, sums, squares. */
export const sumsPerFigure = 1 + 2 * lanes;

/** What a backend makes of a kernel. */
export interface KernelRunner {
  readonly backend: "wasm" | "native" | "javascript";
  readonly memory: Float64Array;
  /** The same memory as integers of 32 bits: numbers of blocks. */
  readonly words: Int32Array;
  /**
   * After the numbers of `count` blocks were written: what of Philox depends on them alone. `count` is a multiple of `lanes`, here and below.
   * @param stepHigh  what word 3 holds of the steps to come: floor(step / 2^24) 2^20
   */
  prepare(count: number, stepHigh: number): void;
  /** Steps from .. to - 1 of a way, all with the same `stepHigh`; pathHigh is word 1 of the counter. */
  steps(way: number, count: number, from: number, to: number, pathHigh: number): void;
  observe(count: number): void;
  /** Adds the deviations of the figures from their references to the sums at `at` (doubles from the start of memory). */
  accumulate(count: number, at: number): void;
}

/** Memory as integers. */
export const wordsOf = (memory: Float64Array): Int32Array => new Int32Array(memory.buffer, memory.byteOffset, 2 * memory.length);

/** Hands out memory. */
export function layout() {
  let next = 0;
  return {
    take(doubles: number): number {
      const at = next;
      // columns begin where vectors do not straddle two lines of the cache
      next += Math.ceil(doubles / lanes) * lanes;
      return at;
    },
    size: () => next,
  };
}
