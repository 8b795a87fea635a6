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
  let width = 1;
  for (let l = 0; l < level; l++) width *= 2;
  return [index * width, (index + 1) * width];
}

/** Adds a subtree whose blocks are not there yet; `forest` is in the order of blocks and stays so. */
export function plant(forest: readonly Subtree[], added: Subtree): Subtree[] {
  let tree = added;
  const rest = [...forest];
  for (;;) {
    const sibling = tree.index % 2 === 0 ? tree.index + 1 : tree.index - 1;
    const at = rest.findIndex((other) => other.level === tree.level && other.index === sibling);
    if (at < 0) break;
    const [other] = rest.splice(at, 1);
    const moments = tree.index < sibling ? combine(tree.moments, other!.moments) : combine(other!.moments, tree.moments);
    tree = { level: tree.level + 1, index: Math.floor(tree.index / 2), moments };
  }
  const from = blocksOf(tree)[0];
  const place = rest.findIndex((other) => blocksOf(other)[0] > from);
  rest.splice(place < 0 ? rest.length : place, 0, tree);
  return rest;
}

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
