// What a program (ensemble/program.ts) becomes as a kernel, and what of its results lies where: columns that are set at the start, states,
// encounters, figures. Made by single-kernel.ts and coupled-kernel.ts, run by run-kernel.ts.
import type { Kernel } from "../../codegen/kernel/kernel.ts";
import type { PathNumbers } from "./parts.ts";

/** One walker's columns: encounters of an SDE, if it can have any. */
export interface Encountered {
  /** Number of the process in counts and extremes. */
  readonly process: number;
  /** Columns of the state, d of them. */
  readonly state: number;
  readonly z: number | undefined;
  readonly defect: number | undefined;
}

export interface PathKernel {
  readonly kernel: Kernel;
  readonly paths: number;
  /** Columns and what they hold at the start of a path. */
  readonly begin: readonly { readonly at: number; readonly value: number }[];
  /** Steps at which figures are observed, ascending. */
  readonly places: readonly number[];
  /** Columns that hold these values while place p is observed. */
  readonly centers: readonly { readonly at: number; readonly values: readonly number[] }[];
  /** Places in memory, not columns, that hold these values while place p is observed. */
  readonly singles?: readonly { readonly at: number; readonly values: readonly number[] }[] | undefined;
  /** Index of the program's figure for the kernel's f-th figure at place p. */
  figure(place: number, f: number): number;
  /** Figures that are not simulated: constants, and constants less another figure. */
  readonly fixed: readonly { readonly figure: number; readonly value: number; readonly less?: number }[];
  readonly walkers: readonly Encountered[];
  /** Path numbers beside those of blocks: whoever runs the kernel fills them. */
  readonly numbers?: PathNumbers | undefined;
  /** What memory holds beside columns, before the first step. */
  readonly tables?: readonly { readonly at: number; readonly values: Float64Array }[] | undefined;
  /** What memory holds of every path beside its columns: the first path's place, and how many doubles each has. */
  readonly orders?: { readonly at: number; readonly doubles: number } | undefined;
  /** Columns one of which is above 1 for paths whose values are not to be used (polynomial-steps.ts): the program itself runs these. */
  readonly beyond?: readonly number[] | undefined;
  /** Processes without noise that overflow, on every path. */
  readonly overflowed: readonly number[];
}
