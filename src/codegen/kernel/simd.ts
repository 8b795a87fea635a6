// A kernel as a WebAssembly module with 128-bit vectors. Exports: memory and the functions of KernelRunner.
import { elementaryBody, elementaryNames } from "../wasm.ts";
import { encodeModule, type FunctionBody, type FunctionType } from "../wasm-encoder.ts";
import { type Assembler, assembler } from "./assembler.ts";
import { type Kernel, type KernelNode, type KernelRunner, lanes, type MapNode, type RandomNode, sumsPerFigure } from "./kernel.ts";
import { flatNodes, randomNodes, rareNames, sharedMaps } from "./nodes.ts";
import { multipliers, writePrepare, writeRandom } from "./simd-philox.ts";
import { exponentShift, looksAtEnd, parityShift, writeSimd } from "./simd-program.ts";

const types: readonly FunctionType[] = [
  { parameters: ["f64"], results: ["f64"] },
  { parameters: ["f64", "f64"], results: ["f64"] },
  { parameters: ["i32"], results: [] },
  { parameters: ["i32", "i32"], results: [] },
  { parameters: ["i32", "i32", "i32", "i32"], results: [] },
];

/** The module's bytes. */
export function encodeKernel(kernel: Kernel): Uint8Array<ArrayBuffer> {
  const names = elementaryNames(rareNames(kernel));
  const functionIndex = (name: string): number => names.indexOf(name);
  const functions: FunctionBody[] = names.map((name) => elementaryBody(name, functionIndex));
  const exports = new Map<string, number>();
  const add = (name: string, body: FunctionBody): void => void exports.set(name, functions.push(body) - 1);
  const shared = new Map(
    [...sharedMaps(kernel)].map((node): [MapNode, number] => [node, functions.push(mapBody(kernel, node, functionIndex)) - 1]),
  );
  add("prepare", prepareBody(kernel));
  for (const [way, nodes] of kernel.ways.entries()) add(`steps${way}`, stepsBody(kernel, nodes, functionIndex, shared));
  add("observe", observeBody(kernel, functionIndex, shared));
  add("accumulate", accumulateBody(kernel));
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
  return {
    backend: "wasm",
    memory: new Float64Array(memory.buffer),
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
function constantLocals(a: Assembler, nodes: readonly KernelNode[], shared?: Shared): (value: number) => number {
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
  constant(exponentShift);
  constant(parityShift);
  for (const node of flatNodes(nodes))
    if (node.kind === "map" && !shared?.has(node))
      for (const { operation, value } of node.program.instructions) if (operation === "constant") constant(value);
  return constant;
}

/** A map node as a function of count and pass. */
function mapBody(kernel: Kernel, node: MapNode, functionIndex: (name: string) => number): FunctionBody {
  const a = assembler(["i32", "i32"]);
  writeMap(a, kernel, node, 0, 1, { constant: constantLocals(a, [node]), functionIndex, shared: new Map() });
  return a.body(3);
}

type Shared = ReadonlyMap<MapNode, number>;

function stepsBody(kernel: Kernel, nodes: readonly KernelNode[], functionIndex: (name: string) => number, shared: Shared): FunctionBody {
  const a = assembler(["i32", "i32", "i32", "i32"]);
  const [count, from, to, pathHigh] = [0, 1, 2, 3];
  const constant = constantLocals(a, nodes, shared);
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
      writeNodes(a, kernel, nodes, count, { constant, functionIndex, shared, m, stepWord, pathHigh });
    },
  );
  return a.body(4);
}

function observeBody(kernel: Kernel, functionIndex: (name: string) => number, shared: Shared): FunctionBody {
  const a = assembler(["i32"]);
  const constant = constantLocals(a, kernel.observe, shared);
  writeNodes(a, kernel, kernel.observe, 0, { constant, functionIndex, shared });
  return a.body(2);
}

interface Inside {
  readonly constant: (value: number) => number;
  readonly functionIndex: (name: string) => number;
  readonly shared: Shared;
  readonly m?: { m0: number; m1: number };
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

function writeNode(a: Assembler, kernel: Kernel, node: RandomNode | MapNode, count: number, pass: number, inside: Inside): void {
  if (node.kind === "random") {
    const base = strided(a, pass, node.out.stride);
    writeRandom(a, kernel, node, count, { stepWord: inside.stepWord!, pass, pathHigh: inside.pathHigh! }, base, inside.m!);
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
  const { program, inputs, outputs, over } = node;
  const strides = [...new Set([...inputs, ...outputs].map(({ stride }) => stride))];
  const starts = strides.map((stride) => strided(a, pass, stride));
  const pointers = strides.map(() => a.local("i32"));
  const pointerOf = (stride: number): number => pointers[strides.indexOf(stride)]!;
  const overBlocks = (offset: (() => void) | undefined): void => {
    for (const [i, pointer] of pointers.entries()) {
      a.get(starts[i]!);
      if (offset) {
        offset();
        a.op("i32.add");
      }
      a.set(pointer);
    }
    const b = a.local("i32");
    a.i32(0);
    a.set(b);
    a.loop(
      b,
      () => a.get(count),
      2,
      () => {
        const input = (i: number): number => {
          const { at, stride, single } = inputs[i]!;
          const local = a.local("v128");
          a.get(single ? starts[strides.indexOf(stride)]! : pointerOf(stride));
          if (single) a.loadSplat(8 * at);
          else a.load(8 * at);
          a.set(local);
          return local;
        };
        const write = (ifRare?: (condition: number) => void) => writeSimd(program, input, { a, ...inside }, ifRare);
        const store = (results: readonly number[]): void => {
          for (const [j, { at, stride }] of outputs.entries()) {
            a.get(pointerOf(stride), results[j]!);
            a.store(8 * at);
          }
        };
        if (looksAtEnd(program)) {
          const conditions: number[] = [];
          const usual = write((condition) => void conditions.push(condition));
          a.either(
            () => {
              a.get(...conditions);
              for (let c = 1; c < conditions.length; c++) a.op("v128.or");
              a.op("v128.any_true");
            },
            () => store(write()),
            () => store(usual),
          );
        } else store(write());
        for (const pointer of pointers) {
          a.get(pointer);
          a.i32(16);
          a.op("i32.add");
          a.set(pointer);
        }
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
    () => overBlocks(() => a.get(v)),
  );
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
