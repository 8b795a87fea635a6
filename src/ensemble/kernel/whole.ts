// A kernel from its nodes: the last bookkeeping that all kinds share.
import { type KernelNode, sumsPerFigure } from "../../codegen/kernel/kernel.ts";
import type { NormalKind } from "../../numerics/normals.ts";
import { keyOf } from "../../numerics/philox.ts";
import type { Parts } from "./parts.ts";
import type { PathKernel } from "./path-kernel.ts";

export function kernelOf(
  parts: Parts,
  { seed, normals }: { readonly seed: number; readonly normals: NormalKind },
  given: Omit<PathKernel, "kernel" | "paths"> & {
    readonly ways: readonly (readonly KernelNode[])[];
    readonly observe: readonly KernelNode[];
    readonly figures: { readonly at: number; readonly count: number };
  },
): PathKernel {
  const { ways, observe, figures, ...rest } = given;
  const sums = parts.take(given.places.length * figures.count * sumsPerFigure);
  return {
    ...rest,
    paths: parts.paths,
    kernel: {
      blocks: parts.blocks,
      sharing: parts.sharing,
      normals,
      key: keyOf(seed),
      memory: parts.size(),
      numbers: parts.numbers,
      ways,
      observe,
      figures,
      sums,
    },
  };
}
