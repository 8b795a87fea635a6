// The parts of which kernels are put together: columns, the nodes that make normals, maps over paths or blocks.
import { type KernelNode, layout, type MapNode, type Operand, type OwnNumbers, type RandomNode } from "../../codegen/kernel/kernel.ts";
import { buildProgram, type Value } from "../../codegen/program.ts";
import { fastNormals, fullNormals, type NormalKind } from "../../numerics/normals.ts";
import { purposes } from "../../numerics/philox.ts";
import { normalLayout } from "../../numerics/random.ts";
import { type Builder, times } from "./values.ts";

/** What a step of a path is driven by: its normals, (discrete noise) the uniform that picks an atom, or its minibatch's gradient. */
export type Drive = NormalDrive | { readonly uniform: Value } | { readonly gradient: readonly Value[] };

export interface NormalDrive {
  readonly normals: readonly Value[];
  /** The same of this standard deviation. */
  scaled(deviation: number): readonly Value[];
}

export interface Parts {
  /** B and M of kernel.ts; W = M B paths. */
  readonly blocks: number;
  readonly sharing: number;
  readonly paths: number;
  /** Place of block numbers. */
  readonly numbers: number;
  /** `count` columns of paths, one after another: the first one's place. */
  columns(count: number): number;
  take(doubles: number): number;
  size(): number;
  /** Random nodes of all draws of a substep; their raw doubles. */
  readonly random: readonly RandomNode[];
  /** The normals of a block in the order of normalSource, from a program's inputs `raw` (perBlock for each draw); default deviation 1. */
  normals(m: Builder, raw: readonly Value[], deviation?: number): Value[];
  /** What drives each member of a block, from the same inputs. */
  drives(m: Builder, raw: readonly Value[]): Drive[];
  readonly rawInputs: readonly Operand[];
}

const defaults = {
  /** Bytes of columns that should stay in the first-level cache, and the bounds of a batch's paths. */
  cache: 24 * 1024,
  mostPaths: 1024,
  fewestPaths: 64,
};

/** Steps that take no normals: one uniform a path, of a block that is the path's own, or what other nodes draw. */
const otherLayouts = { uniform: { perBlock: 1, sharing: 1, blocks: 1 }, elsewhere: { perBlock: 1, sharing: 1, blocks: 0 } };

/**
 * @param kind     normals, the one uniform of a step of SGD with discrete noise, or none of the kernel's own (minibatch.ts)
 * @param columns  roughly how many columns of paths there will be
 * @param wanted   paths of a batch; default: as many as keep the columns in the cache
 * @param alone    every path has its block of random numbers to itself, though the block serves several paths (loneNormalNodes)
 */
export function partsFor(d: number, kind: NormalKind | "uniform" | "elsewhere", columns: number, wanted?: number, alone = false): Parts {
  const {
    perBlock,
    sharing: members,
    blocks: draws,
  } = kind in otherLayouts ? otherLayouts[kind as keyof typeof otherLayouts] : normalLayout(d, kind as NormalKind);
  const sharing = alone ? 1 : members;
  let paths = wanted ?? defaults.mostPaths;
  const doubles = columns + (draws * (perBlock + 2)) / sharing;
  while (wanted === undefined && paths > defaults.fewestPaths && 8 * paths * doubles > defaults.cache) paths /= 2;
  const blocks = paths / sharing;
  const memory = layout();
  const numbers = memory.take(blocks / 2);
  const random = Array.from({ length: draws }, (_, b): RandomNode => {
    const saved = memory.take((3 * blocks) / 2);
    const out = { at: memory.take(perBlock * blocks), stride: 0 };
    return kind === "uniform"
      ? { kind: "random", word3: purposes.gradientNoise << 28, saved, out, uniform: true }
      : { kind: "random", word3: (purposes.normals << 28) | b, saved, out };
  });
  const normals = (m: Builder, raw: readonly Value[], deviation?: number): Value[] => {
    const pair = kind === "fast" ? fastNormals : fullNormals;
    const drawn: Value[] = [];
    for (let i = 0; i < raw.length; i += 2) {
      const { first, second } = pair(m, raw[i]!, raw[i + 1]!, deviation);
      drawn.push(first, second);
    }
    return drawn;
  };
  return {
    blocks,
    sharing,
    paths,
    numbers,
    columns: (count) => memory.take(count * paths),
    take: memory.take,
    size: memory.size,
    random,
    rawInputs: random.flatMap(({ out }) => Array.from({ length: perBlock }, (_, i) => ({ at: out.at + i * blocks, stride: 0 }))),
    normals,
    drives(m, raw) {
      if (kind === "uniform") return [{ uniform: uniformOfRaw(m, raw[0]!) }];
      const of = (v: number, deviation?: number) => normals(m, raw, deviation).slice(v * d, (v + 1) * d);
      return Array.from({ length: sharing }, (_, v) => ({ normals: of(v), scaled: (deviation) => of(v, deviation) }));
    },
  };
}

/** Normals that were made elsewhere as a drive. */
export const driveBy = (m: Builder, normals: readonly Value[]): NormalDrive => ({
  normals,
  scaled: (deviation) => normals.map((normal) => times(m, deviation, normal)),
});

/** (k + 1/2) 2^-52 from 1 + k 2^-52, exactly (numerics/random.ts). */
export function uniformOfRaw(m: Builder, raw: Value): Value {
  return m.subtract(raw, m.constant(1 - 2 ** -53));
}

/** Columns of path numbers beside those of blocks that serve several paths, [member], and the place of their high word. */
export interface PathNumbers {
  readonly numbers: readonly number[];
  readonly high: number;
}

export function pathNumbers(parts: Parts): PathNumbers {
  const { sharing, blocks } = parts;
  const high = parts.take(1);
  return { numbers: Array.from({ length: sharing }, () => parts.take(blocks / 2)), high };
}

/** The numbers of one member of all blocks. */
export const numbersOf = ({ numbers, high }: PathNumbers, member: number): OwnNumbers => ({ numbers: numbers[member]!, high });

export interface PathUniforms {
  /** Random nodes, one for each member of a block, that fill `raw`. */
  readonly random: readonly RandomNode[];
  /** A column of paths. */
  readonly raw: number;
}

/** Uniforms of discrete noise beside normals whose blocks may serve several paths: every path's own, by its own number. */
export function pathUniforms(parts: Parts, own: PathNumbers): PathUniforms {
  const { blocks } = parts;
  const raw = parts.columns(1);
  const random = own.numbers.map((_, v): RandomNode => {
    const saved = parts.take((3 * blocks) / 2);
    const out = { at: raw + v * blocks, stride: 0 };
    return { kind: "random", word3: purposes.gradientNoise << 28, saved, out, uniform: true, own: numbersOf(own, v) };
  });
  return { random, raw };
}

/** Values of columns from `at` on. */
export function operands(at: number, count: number, step: number, stride = 0): Operand[] {
  return Array.from({ length: count }, (_, i) => ({ at: at + i * step, stride }));
}

/** A map node: the body gets the inputs' values and returns the outputs'. */
export function mapNode(
  over: MapNode["over"],
  inputs: readonly Operand[],
  outputs: readonly Operand[],
  body: (m: Builder, inputs: readonly Value[]) => readonly Value[],
): MapNode {
  const m = buildProgram(inputs.length);
  const results = body(
    m,
    inputs.map((_, i) => m.input(i)),
  );
  return { kind: "map", over, program: m.finish(results), inputs, outputs };
}

/**
 * The same where every path has a block to itself (`alone` of partsFor), so that paths can be moved one by one: of the block's normals it takes
 * those of the member that it is. What a member does not need is not transformed.
 * @param member  column of the members' numbers, 0 .. members - 1
 */
export function loneNormalNodes(parts: Parts, d: number, fine: number, at: number, member: number, members: number): KernelNode {
  const { paths, rawInputs } = parts;
  const outputs = Array.from({ length: d }, (_, i) => ({ at: at + i * paths, stride: d * paths }));
  const box = mapNode("paths", [...rawInputs, { at: member, stride: 0 }], outputs, (m, inputs) => {
    const raw = inputs.slice(0, -1);
    const choose = (choices: readonly Value[]): Value => {
      let chosen = choices.at(-1)!;
      for (let v = choices.length - 2; v >= 0; v--)
        if (choices[v] !== choices[v + 1]) chosen = m.select(m.lessEqual(inputs.at(-1)!, m.constant(v)), choices[v]!, chosen);
      return chosen;
    };
    const of = Array.from({ length: members }, (_, v) => v);
    return outputs.map((_, i) => {
      // the i-th normal of member v is the block's (v d + i)-th: first or second of its pair
      const pairs = of.map((v) => Math.floor((v * d + i) / 2));
      const drawn = parts.normals(m, [choose(pairs.map((p) => raw[2 * p]!)), choose(pairs.map((p) => raw[2 * p + 1]!))]);
      return choose(of.map((v) => drawn[(v * d + i) % 2]!));
    });
  });
  return { kind: "repeat", times: fine, body: [...parts.random, box] };
}

/** Nodes that fill columns of normals, [fine][d] from `at` on. */
export function normalNodes(parts: Parts, d: number, fine: number, at: number): KernelNode {
  const { sharing, blocks, paths } = parts;
  // member v of a block has the normals v d .. v d + d - 1
  const outputs = Array.from({ length: sharing }, (_, v) =>
    Array.from({ length: d }, (_i, i) => ({ at: at + i * paths + v * blocks, stride: d * paths })),
  ).flat();
  const box = mapNode("blocks", parts.rawInputs, outputs, (m, raw) => parts.normals(m, raw).slice(0, sharing * d));
  return { kind: "repeat", times: fine, body: [...parts.random, box] };
}
