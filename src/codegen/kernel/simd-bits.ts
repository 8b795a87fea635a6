// The random bits of paths' batches as WebAssembly: Philox on the blocks of `lanes` paths, and integers below a bound, path by path, as
// numerics/random.ts makes them.
import { purposes } from "../../numerics/philox.ts";
import type { FunctionBody, FunctionType } from "../wasm-encoder.ts";
import { type Assembler, assembler } from "./assembler.ts";
import { type Kernel, lanes, type PickNode } from "./kernel.ts";
import { add, type Index, loopFrom, place, push } from "./simd-integers.ts";
import { multipliers, product, splat, weyl } from "./simd-philox.ts";

/** Address, address of the paths' numbers, words 1 to 3 of the first block's counter, how many blocks each path is given. */
export const wordsType: FunctionType = { parameters: ["i32", "i32", "i32", "i32", "i32", "i32"], results: [] };

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

/** The bits of paths' batches, `lanes` at a time, and integers of them. */
export function bitsOf(a: Assembler, { numbers }: Kernel, { room, own }: PickNode, pathHigh: number, words: number) {
  const stepWord = a.local("i32");
  const word3 = a.local("i32");
  const blocks = a.local("i32");
  const addresses = a.local("i32");
  const next = a.local("i32");
  const end = a.local("i32");
  const draw = a.local("i32");
  const word = a.local("i32");
  const again = a.local("i32");
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
