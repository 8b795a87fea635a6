// Which samples a minibatch step takes: fresh with replacement, fresh without (the first entries of a Fisher-Yates shuffle), or epochs,
// each a new order of all n samples cut into batches of B; a last batch that n leaves short is passed over.
import { InputError } from "../errors.ts";
import { createStream } from "./random.ts";

/** What a step takes of n samples. */
export interface BatchRule {
  readonly size: number;
  readonly replacement: boolean;
  readonly epochs: boolean;
}

export interface Batches {
  /** The samples of step `step` (from 0) of path `path`, B numbers in 0 .. n-1; valid until the next call. */
  pick(path: number, step: number): Int32Array;
}

export function batches(n: number, { size, replacement, epochs }: BatchRule, seed: number): Batches {
  if (!replacement && size > n)
    throw new InputError(
      "numerics/batch-size",
      `A batch of ${size} without replacement was asked for; there are ${n} samples. Take at most ${n}.`,
      { size, n },
    );
  const stream = createStream(seed);
  const order = Int32Array.from({ length: n }, (_, i) => i);
  const picked = new Int32Array(size);
  const swaps = new Int32Array(n);

  /** Puts a random order of `count` samples in front, from the identity; undone by `restore`. */
  const shuffle = (count: number) => {
    for (let b = 0; b < count; b++) {
      const r = b + stream.integer(n - b);
      swaps[b] = r;
      const i = order[r]!;
      order[r] = order[b]!;
      order[b] = i;
    }
  };
  const restore = (count: number) => {
    for (let b = count - 1; b >= 0; b--) {
      const r = swaps[b]!;
      const i = order[r]!;
      order[r] = order[b]!;
      order[b] = i;
    }
  };

  if (replacement)
    return {
      pick(path, step) {
        stream.moveTo(path, step, "gradientNoise");
        for (let b = 0; b < size; b++) picked[b] = stream.integer(n);
        return picked;
      },
    };
  if (!epochs)
    return {
      pick(path, step) {
        stream.moveTo(path, step, "gradientNoise");
        shuffle(size);
        picked.set(order.subarray(0, size));
        restore(size);
        return picked;
      },
    };
  const perEpoch = Math.floor(n / size);
  let shuffledPath = -1;
  let shuffledEpoch = -1;
  return {
    pick(path, step) {
      const epoch = Math.floor(step / perEpoch);
      if (path !== shuffledPath || epoch !== shuffledEpoch) {
        if (shuffledPath >= 0) restore(n);
        stream.moveTo(path, epoch, "shuffle");
        shuffle(n);
        shuffledPath = path;
        shuffledEpoch = epoch;
      }
      const from = (step % perEpoch) * size;
      picked.set(order.subarray(from, from + size));
      return picked;
    },
  };
}
