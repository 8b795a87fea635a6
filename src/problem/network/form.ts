// A finite sum over a network's samples, as objectives carry it: what asks for passes of its own (matrix-free questions) finds them here.
import type { NetworkPasses } from "./passes.ts";

export interface NetworkForm {
  readonly passes: NetworkPasses;
  /** Weight of |x|^2/2, part of every f_i. */
  readonly l2: number;
  /** Names of the classes, in the order of the outputs; none for squared error. */
  readonly classes: readonly string[];
  /** No hidden layer: f is convex. */
  readonly convex: boolean;
}
