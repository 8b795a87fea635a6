// The pick node as WebAssembly: integers below a bound and Fisher-Yates swaps, path by path, in the order of numerics/batches.ts and
// numerics/random.ts. Only the bits are made by vectors: Philox on the blocks of `lanes` paths.
import { purposes } from "../../numerics/philox.ts";
import type { FunctionBody, FunctionType } from "../wasm-encoder.ts";
import { type Assembler, assembler } from "./assembler.ts";
import { type Kernel, lanes, mostWrittenOut, orderDoubles, type PickNode } from "./kernel.ts";
import { multipliers, product, splat, weyl } from "./simd-philox.ts";

/** Address, address of the paths' numbers, words 1 to 3 of the first block's counter, how many blocks each path is given. */
export const wordsType: FunctionType = { parameters: ["i32", "i32", "i32", "i32", "i32", "i32"], results: [] };
/** Count, step, word 1 of the counter. */
export const pickType: FunctionType = { parameters: ["i32", "i32", "i32"], results: [] };

/** Bytes of one word of `lanes` paths; vectors of four of them. */
const row = 4 * lanes;
const vectors = lanes / 4;

/** The words of successive blocks of `lanes` paths, rows of one word of each. */
export function wordsBody({ key }: Kernel, type: number): FunctionBody {
  const a = assembler(wordsType.parameters);
  const [at, numbers, pathHigh, stepWord, word3, blocks] = [0, 1, 2, 3, 4, 5];
  const { m0, m1 } = multipliers(a);
  const fresh = (value: () => void): number => {
    const local = a.local("v128");
    value();
    a.set(local);
    return local;
  };
  const mixed = (high: number, other: number, k: number): number =>
    fresh(() => {
      a.get(high, other);
      a.op("v128.xor");
      a.bits32(k);
      a.op("v128.xor");
    });
  const first = Array.from({ length: vectors }, (_, v) =>
    fresh(() => {
      a.get(numbers);
      a.load(16 * v);
    }),
  );
  const [second, third] = [pathHigh, stepWord].map((local) => splat(a, () => a.get(local))) as [number, number];
  const block = a.local("i32");
  loopFrom(
    a,
    block,
    () => a.get(blocks),
    () => {
      const fourth = splat(a, () => {
        a.get(word3, block);
        a.op("i32.add");
      });
      let states = first.map((c0) => ({ c0, c1: second, c2: third, c3: fourth }));
      for (let round = 0; round < 10; round++)
        states = states.map(({ c0, c1, c2, c3 }) => {
          const [p, q] = [product(a, c0, m0), product(a, c2, m1)];
          return {
            c0: mixed(q.high, c1, (key.low + round * weyl.first) | 0),
            c1: q.low,
            c2: mixed(p.high, c3, (key.high + round * weyl.second) | 0),
            c3: p.low,
          };
        });
      for (const [v, { c0, c1, c2, c3 }] of states.entries())
        for (const [i, word] of [c0, c1, c2, c3].entries()) {
          a.get(at, word);
          a.store(i * row + 16 * v);
        }
      add(a, at, 4 * row);
    },
  );
  return a.body(type);
}

/** The pick node as a function. @param words  index of wordsBody's function */
export function pickBody(kernel: Kernel, node: PickNode, type: number, words: number): FunctionBody {
  const { samples, rule, out, times, order } = node;
  const { size, replacement, epochs } = rule;
  const a = assembler(pickType.parameters);
  const [count, step, pathHigh] = [0, 1, 2];
  const [slot, b, column, own, drawn, swapped] = Array.from({ length: 6 }, () => a.local("i32")) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
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

/** The bits of paths' batches, `lanes` at a time, and integers of them. */
function bitsOf(a: Assembler, { numbers }: Kernel, { room, own }: PickNode, pathHigh: number, words: number) {
  const [stepWord, word3, blocks, addresses, next, end, draw, word, again] = Array.from({ length: 9 }, () => a.local("i32")) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  /** Whole blocks at so many bytes after the room's start, from the draw whose word 3 is in a local. */
  const fill = (bytes: () => void, first: number, count: () => void): void => {
    bytes();
    a.i32(8 * room);
    a.op("i32.add");
    a.get(addresses, pathHigh, stepWord, first);
    count();
    a.call(words);
  };
  const afterAll = (): void => {
    a.get(blocks);
    a.i32(4 * row);
    a.op("i32.mul");
  };
  /** From where on a path's words are read, up to where. */
  const read = (slot: number, from: () => void, count: () => void): void => {
    from();
    a.get(slot);
    a.i32(lanes - 1);
    a.op("i32.and");
    a.i32(4);
    a.op("i32.mul", "i32.add");
    a.i32(8 * room);
    a.op("i32.add");
    a.tee(next);
    count();
    a.i32(4 * row);
    a.op("i32.mul", "i32.add");
    a.set(end);
  };
  const path = a.local("i32");
  if (own) {
    a.i32(8 * own.high);
    a.loadWord(0);
    a.set(pathHigh);
  }
  return {
    /** For the paths from `group` on, at their address: so many integers to come. */
    make(purpose: keyof typeof purposes, step: () => void, integers: number, group: number): void {
      place(a, group, 4, 8 * (own?.numbers ?? numbers));
      a.set(addresses);
      step();
      a.tee(stepWord);
      a.i32(24);
      a.op("i32.shr_u");
      a.i32(20);
      a.op("i32.shl");
      a.i32(purposes[purpose] << 28);
      a.op("i32.or");
      a.set(word3);
      a.get(stepWord);
      a.i32(8);
      a.op("i32.shl");
      a.set(stepWord);
      a.i32(Math.ceil(integers / 4));
      a.set(blocks);
      fill(
        () => a.i32(0),
        word3,
        () => a.get(blocks),
      );
    },
    /** For one path. */
    begin(slot: number): void {
      a.get(slot);
      a.set(path);
      a.get(word3, blocks);
      a.op("i32.add");
      a.set(draw);
      read(
        slot,
        () => a.i32(0),
        () => a.get(blocks),
      );
    },
    /** The next integer below a bound, on the stack: words from the last multiple of the bound on are passed over. */
    integer(bound: Index): void {
      a.doWhile(
        () => {
          a.when(
            () => {
              a.get(next, end);
              a.op("i32.eq");
            },
            () => {
              // after words that were passed over: the next block, kept behind the others
              fill(afterAll, draw, () => a.i32(1));
              add(a, draw, 1);
              read(path, afterAll, () => a.i32(1));
            },
          );
          a.get(next);
          a.loadWord(0);
          a.set(word);
          add(a, next, row);
          if (typeof bound !== "number") noteBeyond(bound);
        },
        () => {
          if (typeof bound !== "number") a.get(again);
          else {
            a.get(word);
            a.i32(-1 - (2 ** 32 % bound));
            a.op("i32.gt_u");
          }
        },
      );
      a.get(word);
      push(a, bound);
      a.op("i32.rem_u");
    },
  };

  /** Sets `again`: whether the word is 2^32 - 2^32 mod bound or more. That is found only where it may matter. */
  function noteBeyond(bound: Index): void {
    const greater = (least: () => void): void => {
      // word > ~least
      a.get(word);
      least();
      a.i32(-1);
      a.op("i32.xor", "i32.gt_u");
    };
    a.i32(0);
    a.set(again);
    a.when(
      () => greater(() => push(a, bound)),
      () => {
        greater(() => {
          a.i32(0);
          push(a, bound);
          a.op("i32.sub");
          push(a, bound);
          a.op("i32.rem_u");
        });
        a.set(again);
      },
    );
  }
}

/** A number known now, or in a local. */
type Index = number | { readonly local: number };

function push(a: Assembler, index: Index): void {
  if (typeof index === "number") a.i32(index);
  else a.get(index.local);
}

/** n - index. */
function minus(a: Assembler, n: number, index: Index): Index {
  if (typeof index === "number") return n - index;
  const local = a.local("i32");
  a.i32(n);
  a.get(index.local);
  a.op("i32.sub");
  a.set(local);
  return { local };
}

function each(a: Assembler, counter: number, times: number, body: (index: Index) => void): void {
  if (times <= mostWrittenOut) for (let i = 0; i < times; i++) body(i);
  else
    loopFrom(
      a,
      counter,
      () => a.i32(times),
      () => body({ local: counter }),
    );
}

function add(a: Assembler, local: number, by: number): void {
  a.get(local);
  a.i32(by);
  a.op("i32.add");
  a.set(local);
}

/** index * scale + offset. */
function place(a: Assembler, index: number, scale: number, offset: number): void {
  a.get(index);
  a.i32(scale);
  a.op("i32.mul");
  a.i32(offset);
  a.op("i32.add");
}

/** The address of an entry of a list of 32-bit integers, less the offset that is returned. */
function entry(a: Assembler, list: number, index: Index): number {
  a.get(list);
  if (typeof index === "number") return 4 * index;
  a.get(index.local);
  a.i32(2);
  a.op("i32.shl", "i32.add");
  return 0;
}

function loadEntry(a: Assembler, list: number, index: Index): void {
  a.loadWord(entry(a, list, index));
}

function storeEntry(a: Assembler, list: number, index: Index, value: () => void): void {
  const offset = entry(a, list, index);
  value();
  a.storeWord(offset);
}

function loopFrom(a: Assembler, counter: number, end: () => void, body: () => void): void {
  a.i32(0);
  a.set(counter);
  a.loop(counter, end, 1, body);
}
