// What backends ask of a kernel's nodes.
import type { Kernel, KernelNode, MapNode, PickNode, RandomNode } from "./kernel.ts";

/** All nodes, those of repeats included. */
export function flatNodes(nodes: readonly KernelNode[]): (RandomNode | PickNode | MapNode)[] {
  return nodes.flatMap((node) => (node.kind === "repeat" ? flatNodes(node.body) : [node]));
}

/** Random nodes by the place of their saved words, each once. */
export function randomNodes(kernel: Kernel): RandomNode[] {
  const found = new Map<number, RandomNode>();
  for (const node of flatNodes(kernel.ways.flat())) if (node.kind === "random") found.set(node.saved, node);
  return [...found.values()];
}

export function pickNodes(kernel: Kernel): PickNode[] {
  return [...new Set(flatNodes(kernel.ways.flat()).filter((node) => node.kind === "pick"))];
}

/** Map nodes that occur more than once. */
export function sharedMaps(kernel: Kernel): ReadonlySet<MapNode> {
  const [once, more] = [new Set<MapNode>(), new Set<MapNode>()];
  for (const node of flatNodes([...kernel.ways.flat(), ...kernel.observe])) {
    if (node.kind === "map") (once.has(node) ? more : once).add(node);
  }
  return more;
}

/** Elementary functions behind `rarely`. */
export function rareNames(kernel: Kernel): string[] {
  const maps = flatNodes([...kernel.ways.flat(), ...kernel.observe]).filter((node) => node.kind === "map");
  return [...new Set(maps.flatMap(({ program }) => program.instructions.filter((i) => i.operation === "rarely").map((i) => i.callee)))];
}

/** Instructions that one step takes a path, of the longest way; random nodes count as what Philox takes. */
export function instructionsAStep({ ways, sharing }: Kernel): number {
  const philox = 80;
  /** For one sample of a batch. */
  const pick = 30;
  const count = (nodes: readonly KernelNode[]): number =>
    nodes.reduce((sum, node) => {
      if (node.kind === "repeat") return sum + node.times * count(node.body);
      if (node.kind === "random") return sum + philox / sharing;
      if (node.kind === "pick") return sum + pick * node.rule.size;
      return sum + node.program.instructions.length / (node.over === "blocks" ? sharing : 1);
    }, 0);
  return Math.max(...ways.map(count));
}
