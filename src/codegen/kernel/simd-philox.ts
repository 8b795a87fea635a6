// Philox4x32-10 (numerics/philox.ts) on four blocks at a time, in 32-bit lanes. Of the first two rounds all vector work depends on the block's
// number alone: `writePrepare` saves it once a batch, and a substep adds scalars.
import type { Assembler } from "./assembler.ts";
import { type Kernel, lanes, type RandomNode } from "./kernel.ts";

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;

/** What a key's words grow by each round. */
export const weyl = { first: W0, second: W1 };

/** High and low halves of the products of four 32-bit lanes with a constant (in a local): locals out. */
export function product(a: Assembler, x: number, by: number): { high: number; low: number } {
  const [first, second, high, low] = [0, 0, 0, 0].map(() => a.local("v128")) as [number, number, number, number];
  a.get(x, by);
  a.op("i64x2.extmul_low_i32x4_u");
  a.set(first);
  a.get(x, by);
  a.op("i64x2.extmul_high_i32x4_u");
  a.set(second);
  a.get(first, second);
  a.shuffle32(1, 3, 5, 7);
  a.set(high);
  a.get(first, second);
  a.shuffle32(0, 2, 4, 6);
  a.set(low);
  return { high, low };
}

export function splat(a: Assembler, value: () => void): number {
  const to = a.local("v128");
  value();
  a.op("i32x4.splat");
  a.set(to);
  return to;
}

/** Multipliers in locals, once a function. */
export function multipliers(a: Assembler) {
  return { m0: splat(a, () => a.i32(M0)), m1: splat(a, () => a.i32(M1)) };
}

/** For each random node: the saved columns Q_high, Q_low, P of its draw. Parameters: count, stepHigh. */
export function writePrepare(a: Assembler, kernel: Kernel, nodes: readonly RandomNode[], count: number, stepHigh: number): void {
  const { m0, m1 } = multipliers(a);
  const p = a.local("i32");
  const end = a.local("i32");
  const column = 4 * kernel.blocks;
  a.get(count);
  a.i32(4);
  a.op("i32.mul");
  a.set(end);
  for (const { saved, word3, own } of nodes) {
    const third = splat(a, () => {
      a.i32(word3 ^ kernel.key.high);
      a.get(stepHigh);
      a.op("i32.xor");
    });
    a.i32(0);
    a.set(p);
    a.loop(
      p,
      () => a.get(end),
      16,
      () => {
        const number = a.local("v128");
        a.get(p);
        a.load(8 * (own?.numbers ?? kernel.numbers));
        a.set(number);
        const first = product(a, number, m0);
        const word = a.local("v128");
        a.get(first.high, third);
        a.op("v128.xor");
        a.set(word);
        const second = product(a, word, m1);
        for (const [i, value] of [second.high, second.low, first.low].entries()) {
          a.get(p, value);
          a.store(8 * saved + i * column);
        }
      },
    );
  }
}

/** Vectors of four blocks that go through the rounds side by side: one alone waits for its own products. */
const chains = lanes / 4;

export interface Counter {
  /** Locals: step word without the substep, substep, word 1. */
  readonly stepWord: number;
  readonly pass: number;
  readonly pathHigh: number;
}

/** Writes the blocks' raw doubles. `base` is a local: bytes to add to the node's output for this pass. */
export function writeRandom(
  a: Assembler,
  kernel: Kernel,
  node: RandomNode,
  count: number,
  counter: Counter,
  base: number,
  m: { m0: number; m1: number },
): void {
  const { low: k0, high: k1 } = kernel.key;
  // scalars: w2 M1, then A = high ^ w1 ^ k0, A M0
  const wide = a.local("i64");
  a.get(counter.stepWord, counter.pass);
  a.op("i32.or", "i64.extend_i32_u");
  a.i64(BigInt(M1));
  a.op("i64.mul");
  a.set(wide);
  const keyed = (value: () => void, key: number) =>
    splat(a, () => {
      value();
      a.i32(key);
      a.op("i32.xor");
    });
  const start0 = keyed(
    () => {
      a.get(wide);
      a.op("i32.wrap_i64");
    },
    (k0 + W0) | 0,
  );
  a.get(wide);
  a.i64(32n);
  a.op("i64.shr_u", "i32.wrap_i64");
  if (node.own) {
    a.i32(8 * node.own.high);
    a.loadWord(0);
  } else a.get(counter.pathHigh);
  a.op("i32.xor");
  a.i32(k0);
  a.op("i32.xor", "i64.extend_i32_u");
  a.i64(BigInt(M0));
  a.op("i64.mul");
  a.set(wide);
  const start2 = keyed(
    () => {
      a.get(wide);
      a.i64(32n);
      a.op("i64.shr_u", "i32.wrap_i64");
    },
    (k1 + W1) | 0,
  );
  const start3 = splat(a, () => {
    a.get(wide);
    a.op("i32.wrap_i64");
  });
  const keys = Array.from(
    { length: 8 },
    (_, i) => [splat(a, () => a.i32(k0 + (2 + i) * W0)), splat(a, () => a.i32(k1 + (2 + i) * W1))] as const,
  );

  const pattern = (bits: bigint): number => {
    const local = a.local("v128");
    a.bits(bits);
    a.set(local);
    return local;
  };
  const one = pattern(0x3ff0000000000000n);
  const upper = pattern(0xffffffffff000n);
  const lower = pattern(0xfffffen);
  const p = a.local("i32");
  const end = a.local("i32");
  const to = a.local("i32");
  a.i32(0);
  a.set(p);
  a.get(base);
  a.set(to);
  a.get(count);
  a.i32(4);
  a.op("i32.mul");
  a.set(end);
  a.loop(
    p,
    () => a.get(end),
    16 * chains,
    () => {
      const column = 4 * kernel.blocks;
      const saved = (i: number, chain: number): void => {
        a.get(p);
        a.load(8 * node.saved + i * column + 16 * chain);
      };
      const fresh = (value: () => void): number => {
        const made = a.local("v128");
        value();
        a.set(made);
        return made;
      };
      const xor = (...values: number[]): number =>
        fresh(() => {
          a.get(values[0]!);
          for (const value of values.slice(1)) {
            a.get(value);
            a.op("v128.xor");
          }
        });
      let states = Array.from({ length: chains }, (_, chain) => ({
        c0: xor(
          fresh(() => saved(0, chain)),
          start0,
        ),
        c1: fresh(() => saved(1, chain)),
        c2: xor(
          fresh(() => saved(2, chain)),
          start2,
        ),
        c3: start3,
      }));
      for (const [key0, key1] of keys)
        states = states.map(({ c0, c1, c2, c3 }) => {
          const first = product(a, c0, m.m0);
          const second = product(a, c2, m.m1);
          return { c0: xor(second.high, c1, key0), c1: second.low, c2: xor(first.high, c3, key1), c3: first.low };
        });
      for (const [chain, { c0, c1, c2, c3 }] of states.entries()) {
        // 64-bit halves (low word first) of blocks 0, 1 and 2, 3
        const halves = [
          [0, c0, c1],
          [1, c2, c3],
        ] as const;
        for (const [half, low, high] of node.uniform ? halves.slice(0, 1) : halves) {
          for (const [pair, order] of [
            [0, [0, 4, 1, 5]],
            [1, [2, 6, 3, 7]],
          ] as const) {
            const bits = fresh(() => {
              a.get(low, high);
              a.shuffle32(...(order as [number, number, number, number]));
            });
            const write = (columnNumber: number, value: () => void): void => {
              a.get(to);
              value();
              a.get(one);
              a.op("v128.or");
              a.store(8 * node.out.at + 8 * kernel.blocks * columnNumber + 32 * chain + 16 * pair);
            };
            const mantissa = (): void => {
              a.get(bits);
              a.i32(12);
              a.op("i64x2.shr_u");
            };
            const signed = (): void => {
              a.get(bits);
              a.i32(63);
              a.op("i64x2.shl", "v128.or");
            };
            if (node.uniform) write(0, mantissa);
            else if (kernel.normals === "fast") {
              write(2 * half, () => {
                mantissa();
                a.get(upper);
                a.op("v128.and");
                signed();
              });
              write(2 * half + 1, () => {
                a.get(bits);
                a.get(lower);
                a.op("v128.and");
                a.i32(28);
                a.op("i64x2.shl");
              });
            } else
              write(half, () => {
                mantissa();
                if (half === 1) signed();
              });
          }
        }
      }
      a.get(to);
      a.i32(32 * chains);
      a.op("i32.add");
      a.set(to);
    },
  );
}
