// A batch of paths on its way through a path kernel: numbers and starts set, then step after step. What is looked at on the way is the caller's
// (run-kernel.ts sums figures, states.ts copies the states).
import { type KernelRunner, lanes } from "../../codegen/kernel/kernel.ts";
import type { PathNumbers } from "./parts.ts";
import type { PathKernel } from "./path-kernel.ts";

/** Steps that one setting of Philox's word 3 serves. */
const stepsPerWord = 0x1000000;

export interface Walk {
  /** Blocks of the batch, a multiple of `lanes`: as many as hold its paths. */
  readonly used: number;
  /** From the step reached so far to this one. */
  advance(to: number): void;
}

/** Puts the paths first .. first + count - 1 at their start; `count` is at most the kernel's paths, `first` a multiple of them. */
export function walkPaths(
  { kernel, begin, paths, numbers, tables = [] }: PathKernel,
  runner: KernelRunner,
  first: number,
  count: number,
): Walk {
  const { memory, words } = runner;
  const { sharing } = kernel;
  const used = Math.ceil(Math.ceil(count / sharing) / lanes) * lanes;
  const number = first / sharing;
  for (let b = 0; b < used; b++) words[2 * kernel.numbers + b] = (number + b) | 0;
  if (numbers) writePathNumbers(numbers, words, first, sharing, used);
  for (const { at, values } of tables) memory.set(values, at);
  for (const { at, value } of begin) memory.fill(value, at, at + paths);
  const high = Math.floor(number / 2 ** 32) | 0;
  let step = 0;
  return {
    used,
    advance(to) {
      while (step < to) {
        const word = Math.floor(step / stepsPerWord);
        if (step % stepsPerWord === 0) runner.prepare(used, word << 20);
        const until = Math.min(to, (word + 1) * stepsPerWord);
        runner.steps(0, used, step, until, high);
        step = until;
      }
    },
  };
}

/** The numbers of the paths from `first` on, for each member of a block. */
function writePathNumbers({ numbers, high }: PathNumbers, words: Int32Array, first: number, sharing: number, used: number): void {
  words[2 * high] = Math.floor(first / 2 ** 32) | 0;
  for (const [v, at] of numbers.entries()) for (let b = 0; b < used; b++) words[2 * at + b] = (first + sharing * b + v) | 0;
}
