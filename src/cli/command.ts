// What a command is: its flags, and a module that asks its question and tells the answer.
import type { Answer } from "../answer/answer.ts";
import type { Engine, QuestionOptions, Sampling, SgdProblem } from "../index.ts";
import type { Flag } from "./flags.ts";
import type { Flags } from "./problem.ts";

export interface Asked {
  readonly problems: readonly SgdProblem[];
  readonly flags: Flags;
  readonly options: QuestionOptions;
  /** Who runs blocks of paths, and the sampling on it. */
  readonly engine: Engine;
  readonly sampling: Sampling;
  /** What was typed, to print "again: ...". */
  readonly typed: string;
}

/** One command's module: asks the question, and tells the answer as text and as a page. */
export interface CommandModule {
  /** Refuses flags that do not go together, before any work. */
  check?(flags: Flags): void;
  ask(asked: Asked): Promise<Answer<unknown>>;
  text(answer: Answer<unknown>, context: { width: number; report?: string; typed: string; flags: Flags }): Promise<string>;
  page?(answer: Answer<unknown>, context: { document: Document; command: string }): Promise<string>;
  /** The page that is written where no --report says otherwise. */
  readonly defaultReport?: string;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly problems: "one" | "many" | "optional" | "none";
  /** Flags of this command's own. */
  readonly flags: readonly Flag[];
  /** Flags that this command reads as lists, so they are not fields of the problem. */
  readonly sweeps: readonly string[];
  readonly example: string;
  load?(): Promise<CommandModule>;
  /** Arguments of a command that asks no question, such as <dir...>. */
  readonly operands?: string;
  /** Instead of a question: what the command does with its own flags, to the exit code. */
  run?(flags: Flags, operands: readonly string[]): Promise<number>;
}
