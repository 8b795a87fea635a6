// The pick node as WebAssembly: Fisher-Yates swaps, path by path, in the order of numerics/batches.ts; what they draw is made by simd-bits.ts.
import type { FunctionBody, FunctionType } from "../wasm-encoder.ts";
import { assembler } from "./assembler.ts";
import { type Kernel, lanes, orderDoubles, type PickNode } from "./kernel.ts";
import { bitsOf } from "./simd-bits.ts";
import { add, each, loadEntry, minus, place, push, storeEntry } from "./simd-integers.ts";

/** Count, step, word 1 of the counter. */
export const pickType: FunctionType = { parameters: ["i32", "i32", "i32"], results: [] };

/** The pick node as a function. @param words  index of wordsBody's function */
export function pickBody(kernel: Kernel, node: PickNode, type: number, words: number): FunctionBody {
  const { samples, rule, out, times, order } = node;
  const { size, replacement, epochs } = rule;
  const a = assembler(pickType.parameters);
  const [count, step, pathHigh] = [0, 1, 2];
  const slot = a.local("i32");
  const b = a.local("i32");
  const column = a.local("i32");
  const own = a.local("i32");
  const drawn = a.local("i32");
  const swapped = a.local("i32");
  const bits = bitsOf(a, kernel, node, pathHigh, words);

  /** Puts a random order of so many samples in front, each step followed by `then`. */
  const shuffle = (entries: number, then: () => void): void =>
    each(a, b, entries, (i) => {
      // order[r], r from b on, changes places with order[b]
      bits.integer(minus(a, samples, i));
      push(a, i);
      a.op("i32.add");
      a.i32(2);
      a.op("i32.shl");
      a.get(own);
      a.op("i32.add");
      a.tee(drawn);
      a.loadWord(0);
      a.set(swapped);
      a.get(drawn);
      loadEntry(a, own, i);
      a.storeWord(0);
      storeEntry(a, own, i, () => a.get(swapped));
      then();
    });
  /** Writes the sample on the stack into the batch's next column. */
  const write = (sample: () => void): void => {
    a.get(column);
    sample();
    a.i32(times);
    a.op("i32.mul", "f64.convert_i32_u");
    a.storeDouble(0);
    add(a, column, 8 * out.step);
  };
  /** Over all paths, `lanes` at a time. */
  const overSlots = (bitsOfAll: (group: number) => void, body: () => void): void => {
    const group = a.local("i32");
    a.i32(0);
    a.set(group);
    a.loop(
      group,
      () => a.get(count),
      lanes,
      () => {
        bitsOfAll(group);
        a.get(group);
        a.set(slot);
        a.loop(
          slot,
          () => {
            a.get(group);
            a.i32(lanes);
            a.op("i32.add");
          },
          1,
          () => {
            place(a, slot, 8, 8 * out.at);
            a.set(column);
            body();
          },
        );
      },
    );
  };
  const ofStep = (group: number): void => bits.make("gradientNoise", () => a.get(step), size, group);

  if (replacement)
    overSlots(ofStep, () => {
      bits.begin(slot);
      each(a, b, size, () => write(() => bits.integer(samples)));
    });
  else if (!epochs)
    overSlots(ofStep, () => {
      bits.begin(slot);
      a.i32(8 * order);
      a.set(own);
      shuffle(size, () => write(() => a.get(swapped)));
      // back to the numbers in their order: a place that lost its own number lost it to the batch
      each(a, b, size, (i) => {
        loadEntry(a, own, i);
        a.set(swapped);
        a.when(
          () => {
            a.i32(size - 1);
            a.get(swapped);
            a.op("i32.lt_u");
          },
          () => storeEntry(a, own, { local: swapped }, () => a.get(swapped)),
        );
      });
      each(a, b, size, (i) => storeEntry(a, own, i, () => push(a, i)));
    });
  else {
    const perEpoch = Math.floor(samples / size);
    const within = a.local("i32");
    a.get(step);
    a.i32(perEpoch);
    a.op("i32.rem_u");
    a.set(within);
    const whereNew = (body: () => void): void =>
      a.when(() => {
        a.get(within);
        a.op("i32.eqz");
      }, body);
    const epoch = (): void => {
      a.get(step);
      a.i32(perEpoch);
      a.op("i32.div_u");
    };
    const ofEpoch = (group: number): void => whereNew(() => bits.make("shuffle", epoch, samples, group));
    overSlots(ofEpoch, () => {
      place(a, slot, 8 * orderDoubles(samples), 8 * order);
      a.set(own);
      whereNew(() => {
        each(a, b, samples, (i) => storeEntry(a, own, i, () => push(a, i)));
        bits.begin(slot);
        shuffle(samples, () => {});
      });
      a.get(within);
      a.i32(4 * size);
      a.op("i32.mul");
      a.get(own);
      a.op("i32.add");
      a.set(own);
      each(a, b, size, (i) => write(() => loadEntry(a, own, i)));
    });
  }
  return a.body(type);
}
