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

/** A map node of so many instructions is a function of its own: compilers take longer for one long function, and engines have limits. */
const long = 4000;

/** Map nodes that are functions of their own: those that occur more than once, and long ones. */
export function separateMaps(kernel: Kernel): ReadonlySet<MapNode> {
  const [once, separate] = [new Set<MapNode>(), new Set<MapNode>()];
  for (const node of flatNodes([...kernel.ways.flat(), ...kernel.observe])) {
    if (node.kind !== "map") continue;
    (once.has(node) || node.program.instructions.length > long ? separate : once).add(node);
  }
  return separate;
}

/** Instructions of the longest program. */
export function longestProgram(kernel: Kernel): number {
  const all = flatNodes([...kernel.ways.flat(), ...kernel.observe]);
  return Math.max(0, ...all.map((node) => (node.kind === "map" ? node.program.instructions.length : 0)));
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
