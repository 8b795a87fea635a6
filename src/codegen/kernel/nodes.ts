// What backends ask of a kernel's nodes.
import type { Kernel, KernelNode, MapNode, RandomNode } from "./kernel.ts";

/** All nodes, those of repeats included. */
export function flatNodes(nodes: readonly KernelNode[]): (RandomNode | MapNode)[] {
  return nodes.flatMap((node) => (node.kind === "repeat" ? node.body : [node]));
}

/** Random nodes by the place of their saved words, each once. */
export function randomNodes(kernel: Kernel): RandomNode[] {
  const found = new Map<number, RandomNode>();
  for (const node of flatNodes(kernel.ways.flat())) if (node.kind === "random") found.set(node.saved, node);
  return [...found.values()];
}

/** Elementary functions behind `rarely`. */
export function rareNames(kernel: Kernel): string[] {
  const maps = flatNodes([...kernel.ways.flat(), ...kernel.observe]).filter((node) => node.kind === "map");
  return [...new Set(maps.flatMap(({ program }) => program.instructions.filter((i) => i.operation === "rarely").map((i) => i.callee)))];
}
