// A kernel as a WebAssembly module with 128-bit vectors. Exports: memory and the functions of KernelRunner.
import { elementaryBody, elementaryNames } from "../wasm.ts";
import { encodeModule, type FunctionBody, type FunctionType } from "../wasm-encoder.ts";
import { type Assembler, assembler } from "./assembler.ts";
import {
  type Kernel,
  type KernelNode,
  type KernelRunner,
  lanes,
  type MapNode,
  type Operand,
  type PickNode,
  type RandomNode,
  sumsPerFigure,
  wordsOf,
} from "./kernel.ts";
import { flatNodes, pickNodes, randomNodes, rareNames, separateMaps } from "./nodes.ts";
import { piecesFor } from "./order.ts";
import { wordsBody, wordsType } from "./simd-bits.ts";
import { multipliers, writePrepare, writeRandom } from "./simd-philox.ts";
import { pickBody, pickType } from "./simd-pick.ts";
import { bitPatterns, writeSimd } from "./simd-program.ts";

/** Types of functions; after these, of those that take what a rare argument's place held before (rareBody): so many vectors. */
const fewTypes: readonly FunctionType[] = [
  { parameters: ["f64"], results: ["f64"] },
  { parameters: ["f64", "f64"], results: ["f64"] },
  { parameters: ["i32"], results: [] },
  { parameters: ["i32", "i32"], results: [] },
  { parameters: ["i32", "i32", "i32", "i32"], results: [] },
  wordsType,
  pickType,
];

/** The module's bytes. */
export function encodeKernel(kernel: Kernel): Uint8Array<ArrayBuffer> {
  const names = elementaryNames(rareNames(kernel));
  const functionIndex = (name: string): number => names.indexOf(name);
  const functions: FunctionBody[] = names.map((name) => elementaryBody(name, functionIndex));
  const exports = new Map<string, number>();
  const add = (name: string, body: FunctionBody): void => void exports.set(name, functions.push(body) - 1);
  const rare = new Map<MapNode, number>();
  for (const node of flatNodes([...kernel.ways.flat(), ...kernel.observe]))
    if (node.kind === "map" && !rare.has(node) && piecesFor(node.program, node.members ?? 1).atEnd)
      rare.set(node, functions.push(rareBody(node, functionIndex)) - 1);
  const shared = new Map(
    [...separateMaps(kernel)].map((node): [MapNode, number] => [node, functions.push(mapBody(kernel, node, functionIndex, rare)) - 1]),
  );
  const picks = new Map<PickNode, number>();
  const picking = pickNodes(kernel);
  if (picking.length > 0) {
    const words = functions.push(wordsBody(kernel, fewTypes.indexOf(wordsType))) - 1;
    for (const node of picking) picks.set(node, functions.push(pickBody(kernel, node, fewTypes.indexOf(pickType), words)) - 1);
  }
  add("prepare", prepareBody(kernel));
  for (const [way, nodes] of kernel.ways.entries()) add(`steps${way}`, stepsBody(kernel, nodes, { functionIndex, shared, rare, picks }));
  add("observe", observeBody(kernel, { functionIndex, shared, rare, picks }));
  add("accumulate", accumulateBody(kernel));
  const most = Math.max(0, ...[...rare.keys()].map((node) => overwritten(node, node.outputs).length));
  const types = [...fewTypes, ...Array.from({ length: most + 1 }, (_, n) => rareType(n))];
  return encodeModule({ types, functions, memoryPages: Math.ceil((8 * kernel.memory) / 65536), exports });
}

/** The kernel, ready to run. @throws whatever WebAssembly throws where it is missing or refuses */
export function simdRunner(module: WebAssembly.Module): KernelRunner {
  const { memory, prepare, observe, accumulate, ...rest } = new WebAssembly.Instance(module).exports as unknown as {
    memory: WebAssembly.Memory;
  } & Pick<KernelRunner, "prepare" | "observe" | "accumulate">;
  type Steps = (count: number, from: number, to: number, pathHigh: number) => void;
  const ways = Object.entries(rest as { readonly [name: string]: Steps })
    .filter(([name]) => name.startsWith("steps"))
    .sort(([a], [b]) => Number(a.slice(5)) - Number(b.slice(5)))
    .map(([, steps]) => steps);
  const doubles = new Float64Array(memory.buffer);
  return {
    backend: "wasm",
    memory: doubles,
    words: wordsOf(doubles),
    prepare,
    steps: (way, count, from, to, pathHigh) => ways[way]!(count, from, to, pathHigh),
    observe,
    accumulate,
  };
}

function prepareBody(kernel: Kernel): FunctionBody {
  const a = assembler(["i32", "i32"]);
  writePrepare(a, kernel, randomNodes(kernel), 0, 1);
  return a.body(3);
}

/** Locals for all constants of the nodes that are written here, set at once. */
function constantLocals(a: Assembler, nodes: readonly KernelNode[], shared?: Functions): (value: number) => number {
  const known = new Map<string, number>();
  const key = (value: number): string => (Object.is(value, -0) ? "-0" : String(value));
  const constant = (value: number): number => {
    let local = known.get(key(value));
    if (local === undefined) {
      local = a.local("v128");
      known.set(key(value), local);
      a.f64(value);
      a.op("f64x2.splat");
      a.set(local);
    }
    return local;
  };
  bitPatterns.forEach(constant);
  for (const node of flatNodes(nodes))
    if (node.kind === "map" && !shared?.has(node))
      for (const { operation, value } of node.program.instructions) if (operation === "constant") constant(value);
  return constant;
}

/** A map node as a function of count and pass. */
function mapBody(kernel: Kernel, node: MapNode, functionIndex: (name: string) => number, rare: Functions): FunctionBody {
  const a = assembler(["i32", "i32"]);
  writeMap(a, kernel, node, 0, 1, { constant: constantLocals(a, [node]), functionIndex, shared: new Map(), rare, picks: new Map() });
  return a.body(3);
}

/** Inputs that are gone once an output is stored: the same column, or one of another stride, which may lie there in some pass. */
function overwritten({ inputs }: MapNode, outputs: readonly Operand[]): number[] {
  const lost = ({ at, stride, single }: Operand): boolean =>
    !single && outputs.some((output) => output.at === at || output.stride !== stride);
  return inputs.flatMap((input, i) => (lost(input) ? [i] : []));
}

function rareType(vectors: number): FunctionType {
  return { parameters: ["i32", "i32", ...new Array<"v128">(vectors).fill("v128")], results: [] };
}

/**
 * A map node at one place, for arguments that are rare: a function of pass, of the place, in bytes from the start of a column, and of the inputs
 * that the usual results have overwritten.
 */
function rareBody(node: MapNode, functionIndex: (name: string) => number): FunctionBody {
  const lost = overwritten(node, node.outputs);
  const a = assembler(rareType(lost.length).parameters);
  const [pass, offset, first] = [0, 1, 2];
  const pointers = pointersOf(a, node, pass);
  pointers.move(() => a.get(offset));
  const constant = constantLocals(a, [node]);
  const input = (i: number): number => (lost.includes(i) ? first + lost.indexOf(i) : pointers.input(i));
  writeSimd(node.program, node.outputs.length, { ...pointers, input }, { a, constant, functionIndex });
  return a.body(fewTypes.length + lost.length);
}

/** Nodes that are functions of their own, by their indices. */
type Functions<Node = MapNode> = ReadonlyMap<Node, number>;

function stepsBody(kernel: Kernel, nodes: readonly KernelNode[], functions: NamedFunctions): FunctionBody {
  const a = assembler(["i32", "i32", "i32", "i32"]);
  const [count, from, to, pathHigh] = [0, 1, 2, 3];
  const constant = constantLocals(a, nodes, functions.shared);
  const m = multipliers(a);
  const stepWord = a.local("i32");
  a.loop(
    from,
    () => a.get(to),
    1,
    () => {
      a.get(from);
      a.i32(8);
      a.op("i32.shl");
      a.set(stepWord);
      writeNodes(a, kernel, nodes, count, { constant, ...functions, m, step: from, stepWord, pathHigh });
    },
  );
  return a.body(4);
}

function observeBody(kernel: Kernel, functions: NamedFunctions): FunctionBody {
  const a = assembler(["i32"]);
  const constant = constantLocals(a, kernel.observe, functions.shared);
  writeNodes(a, kernel, kernel.observe, 0, { constant, ...functions });
  return a.body(2);
}

interface NamedFunctions {
  readonly functionIndex: (name: string) => number;
  readonly shared: Functions;
  /** Programs that look for rare arguments at their end, as they are where there was one. */
  readonly rare: Functions;
  readonly picks: Functions<PickNode>;
}

interface Inside extends NamedFunctions {
  readonly constant: (value: number) => number;
  readonly m?: { m0: number; m1: number };
  readonly step?: number;
  readonly stepWord?: number;
  readonly pathHigh?: number;
}

function writeNodes(a: Assembler, kernel: Kernel, nodes: readonly KernelNode[], count: number, inside: Inside): void {
  for (const node of nodes) {
    const pass = a.local("i32");
    const first = node.kind === "repeat" ? (node.first ?? 0) : 0;
    a.i32(first);
    a.set(pass);
    if (node.kind !== "repeat") {
      writeNode(a, kernel, node, count, pass, inside);
      continue;
    }
    a.loop(
      pass,
      () => a.i32(first + node.times),
      1,
      () => {
        for (const inner of node.body) {
          if (inner.kind === "repeat") writeNodes(a, kernel, [inner], count, inside);
          else writeNode(a, kernel, inner, count, pass, inside);
        }
      },
    );
  }
}

function writeNode(a: Assembler, kernel: Kernel, node: RandomNode | PickNode | MapNode, count: number, pass: number, inside: Inside): void {
  if (node.kind === "random") {
    const base = strided(a, pass, node.out.stride);
    writeRandom(a, kernel, node, count, { stepWord: inside.stepWord!, pass, pathHigh: inside.pathHigh! }, base, inside.m!);
    return;
  }
  if (node.kind === "pick") {
    a.get(count, inside.step!, inside.pathHigh!);
    a.call(inside.picks.get(node)!);
    return;
  }
  const index = inside.shared.get(node);
  if (index === undefined) {
    writeMap(a, kernel, node, count, pass, inside);
    return;
  }
  a.get(count, pass);
  a.call(index);
}

function writeMap(a: Assembler, kernel: Kernel, node: MapNode, count: number, pass: number, inside: Inside): void {
  const { over } = node;
  const { program, outputs: together } = piecesFor(node.program, node.members ?? 1);
  const pointers = pointersOf(a, node, pass);
  const rare = inside.rare.get(node);
  const overBlocks = (start: number | undefined): void => {
    pointers.move(start === undefined ? undefined : () => a.get(start));
    const b = a.local("i32");
    a.i32(0);
    a.set(b);
    a.loop(
      b,
      () => a.get(count),
      2,
      () => {
        const conditions: number[] = [];
        const note = rare === undefined ? undefined : (condition: number) => void conditions.push(condition);
        const before = writeSimd(program, together, pointers, { a, ...inside }, note);
        if (rare !== undefined)
          a.when(
            () => {
              a.get(...conditions);
              for (let c = 1; c < conditions.length; c++) a.op("v128.or");
              a.op("v128.any_true");
            },
            () => {
              a.get(pass, b);
              a.i32(8);
              a.op("i32.mul");
              if (start !== undefined) {
                a.get(start);
                a.op("i32.add");
              }
              // what the program does not use has not been loaded, and its rare form does not use it either
              a.get(...overwritten(node, node.outputs).map((i) => before.get(i) ?? pointers.input(i)));
              a.call(rare);
            },
          );
        pointers.step();
      },
    );
  };
  if (over === "blocks" || kernel.sharing === 1) {
    overBlocks(undefined);
    return;
  }
  const v = a.local("i32");
  a.i32(0);
  a.set(v);
  a.loop(
    v,
    () => a.i32(8 * kernel.sharing * kernel.blocks),
    8 * kernel.blocks,
    () => overBlocks(v),
  );
}

/** Where a map node's operands lie, a pointer for each stride. */
function pointersOf(a: Assembler, node: MapNode, pass: number) {
  const { inputs, outputs } = node;
  const strides = [...new Set([...inputs, ...outputs].map(({ stride }) => stride))];
  const starts = strides.map((stride) => strided(a, pass, stride));
  const pointers = strides.map(() => a.local("i32"));
  const pointerOf = (stride: number): number => pointers[strides.indexOf(stride)]!;
  return {
    /** To so many bytes from the start of the columns. */
    move(offset?: () => void): void {
      for (const [i, pointer] of pointers.entries()) {
        a.get(starts[i]!);
        if (offset) {
          offset();
          a.op("i32.add");
        }
        a.set(pointer);
      }
    },
    /** To the next two places. */
    step(): void {
      for (const pointer of pointers) {
        a.get(pointer);
        a.i32(16);
        a.op("i32.add");
        a.set(pointer);
      }
    },
    input(i: number): number {
      const { at, stride, single } = inputs[i]!;
      const local = a.local("v128");
      a.get(single ? starts[strides.indexOf(stride)]! : pointerOf(stride));
      if (single) a.loadSplat(8 * at);
      else a.load(8 * at);
      a.set(local);
      return local;
    },
    store(j: number, result: number): void {
      const { at, stride } = outputs[j]!;
      a.get(pointerOf(stride), result);
      a.store(8 * at);
    },
    lost: (j: number) => overwritten(node, [outputs[j]!]),
  };
}

/** A local with pass * stride in bytes. */
function strided(a: Assembler, pass: number, stride: number): number {
  const to = a.local("i32");
  a.get(pass);
  a.i32(8 * stride);
  a.op("i32.mul");
  a.set(to);
  return to;
}

/** Sums of all figures; lane l of `lanes` holds the blocks l, l + lanes, .. */
function accumulateBody(kernel: Kernel): FunctionBody {
  const a = assembler(["i32", "i32"]);
  const [count, at] = [0, 1];
  const [figure, column, member, b, p, sums] = Array.from({ length: 6 }, () => a.local("i32")) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const vectors = lanes / 2;
  const lane = Array.from({ length: 2 * vectors }, () => a.local("v128"));
  const [reference, deviation] = [a.local("v128"), a.local("v128")];
  const zero = (local: number): void => {
    a.i32(0);
    a.set(local);
  };
  const addTo = (local: number, by: number): void => {
    a.get(local);
    a.i32(by);
    a.op("i32.add");
    a.set(local);
  };
  zero(figure);
  a.get(at);
  a.i32(8);
  a.op("i32.mul");
  a.set(sums);
  zero(column);
  a.loop(
    figure,
    () => a.i32(kernel.figures.count),
    1,
    () => {
      a.get(sums);
      a.loadDouble(0);
      a.op("f64x2.splat");
      a.set(reference);
      for (const [i, local] of lane.entries()) {
        a.get(sums);
        a.load(8 + 16 * i);
        a.set(local);
      }
      zero(member);
      a.loop(
        member,
        () => a.i32(kernel.sharing),
        1,
        () => {
          zero(b);
          a.get(column);
          a.set(p);
          a.loop(
            b,
            () => a.get(count),
            lanes,
            () => {
              for (let i = 0; i < vectors; i++) {
                a.get(p);
                a.load(8 * kernel.figures.at + 16 * i);
                a.get(reference);
                a.op("f64x2.sub");
                a.set(deviation);
                a.get(lane[i]!, deviation);
                a.op("f64x2.add");
                a.set(lane[i]!);
                a.get(lane[vectors + i]!, deviation, deviation);
                a.op("f64x2.mul", "f64x2.add");
                a.set(lane[vectors + i]!);
              }
              addTo(p, 8 * lanes);
            },
          );
          addTo(column, 8 * kernel.blocks);
        },
      );
      for (const [i, local] of lane.entries()) {
        a.get(sums, local);
        a.store(8 + 16 * i);
      }
      addTo(sums, 8 * sumsPerFigure);
    },
  );
  return a.body(3);
}
