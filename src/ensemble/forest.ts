// The moments of any set of blocks of paths, such that the figures depend on the set alone, not on the order in which blocks came or were
// merged: blocks are the leaves of one fixed binary tree; two siblings that are both there are replaced by their parent, always combined left
// with right. What stays are the largest complete subtrees, log2 of them for a run of blocks; the total combines them from left to right.
import { combine, type Moments } from "./moments.ts";

/** The subtree of blocks index 2^level .. (index + 1) 2^level - 1. */
export interface Subtree {
  readonly level: number;
  readonly index: number;
  readonly moments: Moments;
}

/** First block of a subtree, and the block after its last. */
export function blocksOf({ level, index }: { readonly level: number; readonly index: number }): readonly [from: number, to: number] {
  const width = 2 ** level;
  return [index * width, (index + 1) * width];
}

/** Adds a subtree whose blocks are not there yet to a forest in the order of blocks, in place. */
export function plant(forest: Subtree[], added: Subtree): void {
  let tree = added;
  let at = forest.length;
  while (at > 0 && startOf(forest[at - 1]!) > startOf(tree)) at--;
  for (;;) {
    // a sibling that is there is a neighbour: nothing lies between the two
    const isLeft = tree.index % 2 === 0;
    const sibling = forest[isLeft ? at : at - 1];
    if (sibling?.level !== tree.level || sibling.index !== (isLeft ? tree.index + 1 : tree.index - 1)) break;
    if (!isLeft) at--;
    forest.splice(at, 1);
    const moments = isLeft ? combine(tree.moments, sibling.moments) : combine(sibling.moments, tree.moments);
    tree = { level: tree.level + 1, index: Math.floor(tree.index / 2), moments };
  }
  forest.splice(at, 0, tree);
}

const startOf = (tree: Subtree): number => tree.index * 2 ** tree.level;

/** Blocks of a forest as disjoint ranges, neighbours joined. */
export function rangesOf(forest: readonly Subtree[]): [from: number, to: number][] {
  const ranges: [number, number][] = [];
  for (const tree of forest) {
    const [from, to] = blocksOf(tree);
    const last = ranges.at(-1);
    if (last && last[1] === from) last[1] = to;
    else ranges.push([from, to]);
  }
  return ranges;
}

/** Whether two forests hold a block in common. */
export function overlaps(a: readonly Subtree[], b: readonly Subtree[]): boolean {
  const [lastOfA, firstOfB] = [a.at(-1), b[0]];
  // one after the other, as blocks mostly come
  if (!lastOfA || !firstOfB || blocksOf(lastOfA)[1] <= blocksOf(firstOfB)[0]) return false;
  const ranges = [...rangesOf(a), ...rangesOf(b)].sort((p, q) => p[0] - q[0]);
  return ranges.some((range, i) => i > 0 && range[0] < ranges[i - 1]![1]);
}

/** Moments over all blocks; undefined of none. */
export function total(forest: readonly Subtree[]): Moments | undefined {
  let sum: Moments | undefined;
  for (const tree of forest) sum = sum ? combine(sum, tree.moments) : tree.moments;
  return sum;
}
