// A kernel run by JavaScript, instruction after instruction over columns: the plain twin of the vector backends, with the same bits. It serves
// where there is no WebAssembly, and as their oracle.
import { type Batches, batches } from "../../numerics/batches.ts";
import { drawWord, philox, seedOf, stepWord } from "../../numerics/philox.ts";
import { fastAngular, fastRadial, fullAngular, fullRadial } from "../../numerics/random.ts";
import { execute, registersOf, stepsOf } from "../interpreter.ts";
import {
  type Kernel,
  type KernelNode,
  type KernelRunner,
  lanes,
  type MapNode,
  type PickNode,
  type RandomNode,
  sumsPerFigure,
  wordsOf,
} from "./kernel.ts";

/** Entries a pass: registers stay in the first-level cache. */
const chunk = 128;

export function columnsRunner(kernel: Kernel, memory: Float64Array = new Float64Array(kernel.memory)): KernelRunner {
  const { blocks, sharing, key } = kernel;
  const words = wordsOf(memory);
  const drawn = new Int32Array(4);
  const state = { step: 0, pathHigh: 0 };
  const fast = kernel.normals === "fast";

  const random = ({ word3, out, uniform, own }: RandomNode, pass: number, count: number): void => {
    const to = out.at + pass * out.stride;
    const third = (drawWord("normals", state.step, 0) | word3) >>> 0;
    const low = 2 * (own ? own.numbers : kernel.numbers);
    const high = own ? words[2 * own.high]! : state.pathHigh;
    for (let b = 0; b < count; b++) {
      philox(words[low + b]!, high, stepWord(state.step, pass), third, key.low, key.high, drawn);
      if (uniform) memory[to + b] = fullRadial(drawn[1]!, drawn[0]!);
      else if (fast) {
        memory[to + b] = fastRadial(drawn[1]!, drawn[0]!);
        memory[to + blocks + b] = fastAngular(drawn[0]!);
        memory[to + 2 * blocks + b] = fastRadial(drawn[3]!, drawn[2]!);
        memory[to + 3 * blocks + b] = fastAngular(drawn[2]!);
      } else {
        memory[to + b] = fullRadial(drawn[1]!, drawn[0]!);
        memory[to + blocks + b] = fullAngular(drawn[3]!, drawn[2]!);
      }
    }
  };

  const batchesOf = new Map<PickNode, Batches[]>();
  const pick = (node: PickNode, count: number): void => {
    const { samples, rule, out, times, own } = node;
    const low = 2 * (own ? own.numbers : kernel.numbers);
    const high = (own ? words[2 * own.high]! : state.pathHigh) >>> 0;
    // the order of an epoch is kept, one for each path
    const make = () => batches(samples, rule, seedOf(key));
    let made = batchesOf.get(node);
    if (!made) batchesOf.set(node, (made = Array.from({ length: rule.epochs ? blocks : 1 }, make)));
    for (let b = 0; b < count; b++) {
      const path = high * 2 ** 32 + (words[low + b]! >>> 0);
      const picked = made[rule.epochs ? b : 0]!.pick(path, state.step);
      for (let i = 0; i < rule.size; i++) memory[out.at + i * out.step + b] = times * picked[i]!;
    }
  };

  const maps = new Map<MapNode, (pass: number, count: number) => void>();
  const mapOf = (node: MapNode) => {
    let made = maps.get(node);
    if (!made) maps.set(node, (made = mapRunner(node, memory, blocks, sharing)));
    return made;
  };
  const run = (nodes: readonly KernelNode[], count: number, pass = 0): void => {
    for (const node of nodes) {
      if (node.kind === "random") random(node, pass, count);
      else if (node.kind === "pick") pick(node, count);
      else if (node.kind === "map") mapOf(node)(pass, count);
      else {
        const { first = 0 } = node;
        for (let j = first; j < first + node.times; j++) run(node.body, count, j);
      }
    }
  };

  return {
    backend: "javascript",
    memory,
    words,
    // nothing is saved: Philox is run whole
    prepare: () => {},
    steps(way, count, from, to, pathHigh) {
      state.pathHigh = pathHigh;
      for (let k = from; k < to; k++) {
        state.step = k;
        run(kernel.ways[way]!, count);
      }
    },
    observe: (count) => run(kernel.observe, count),
    accumulate(count, at) {
      for (let f = 0; f < kernel.figures.count; f++) {
        const sums = at + f * sumsPerFigure;
        const reference = memory[sums]!;
        for (let v = 0; v < sharing; v++) {
          const from = kernel.figures.at + (f * sharing + v) * blocks;
          for (let b = 0; b < count; b++) {
            const deviation = memory[from + b]! - reference;
            memory[sums + 1 + (b % lanes)]! += deviation;
            memory[sums + 1 + lanes + (b % lanes)]! += deviation * deviation;
          }
        }
      }
    },
  };
}

function mapRunner({ over, program, inputs, outputs }: MapNode, memory: Float64Array, blocks: number, sharing: number) {
  const registers = registersOf(program, chunk);
  const steps = stepsOf(program, registers);
  return (pass: number, count: number): void => {
    for (let v = 0; v < (over === "paths" ? sharing : 1); v++) {
      for (let start = 0; start < count; start += chunk) {
        const n = Math.min(chunk, count - start);
        const offset = v * blocks + start;
        for (const step of steps) {
          if (step.operation === "input") {
            const { at, stride, single } = inputs[step.value]!;
            const from = at + pass * stride + (single ? 0 : offset);
            for (let i = 0; i < n; i++) step.target[i] = memory[single ? from : from + i]!;
          } else execute(step, n, memory, 0, 0);
        }
        for (const [j, output] of program.outputs.entries()) {
          const { at, stride } = outputs[j]!;
          const to = at + pass * stride + offset;
          const source = registers(output);
          for (let i = 0; i < n; i++) memory[to + i] = source[i]!;
        }
      }
    }
  };
}
