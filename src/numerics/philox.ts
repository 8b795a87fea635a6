// Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011), and the
// layout of its counter, fixed once for all engines:
//
//   key      (seed low, seed high)
//   word 0   path number, low 32 bits
//   word 1   path number, high bits
//   word 2   (step mod 2^24) 2^8 + substep
//   word 3   purpose 2^28 + floor(step / 2^24) 2^20 + draw
//
// so that rounds 1 and 2 are mostly done once a path, whatever the engine. A path depends on (seed, path number) alone.
// What the four output words become (uniforms, normals, integers): random.ts.
import { InputError, InternalError } from "../errors.ts";

/** What a block of random bits is for: streams of different purposes never share a block. */
export const purposes = {
  /** The normals that drive Gaussian gradient noise and diffusions (`fillNormals`). */
  normals: 0,
  /** GradientNoise.sample. */
  gradientNoise: 1,
  /** What a path's probability of having stayed must fall below (exits watched always). */
  crossing: 2,
  /** The order of the samples of an epoch; `step` is the epoch's number. */
  shuffle: 3,
  /** A random start. */
  start: 4,
} as const;

export type Purpose = keyof typeof purposes;

export const limits = { path: Number.MAX_SAFE_INTEGER, step: 2 ** 32 - 1, substep: 255, draw: 2 ** 20 - 1 } as const;

const multiplier0 = 0xd2511f53 | 0;
const multiplier1 = 0xcd9e8d57 | 0;
const weyl0 = 0x9e3779b9 | 0;
const weyl1 = 0xbb67ae85 | 0;
const low0 = multiplier0 & 0xffff;
const high0 = multiplier0 >>> 16;
const low1 = multiplier1 & 0xffff;
const high1 = multiplier1 >>> 16;

/**
 * Ten rounds of Philox on one counter: out[0..3], as signed 32-bit integers (>>> 0 for unsigned).
 * Products of 32 x 32 bits are made of four of 16 x 16, so that everything stays within 32-bit integers.
 */
export function philox(
  word0: number,
  word1: number,
  word2: number,
  word3: number,
  key0: number,
  key1: number,
  out: Int32Array,
): Int32Array {
  let c0 = word0 | 0;
  let c1 = word1 | 0;
  let c2 = word2 | 0;
  let c3 = word3 | 0;
  let k0 = key0 | 0;
  let k1 = key1 | 0;
  for (let round = 0; round < 10; round++) {
    const aLow = c0 & 0xffff;
    const aHigh = c0 >>> 16;
    const aCross0 = Math.imul(aLow, high0);
    const aCross1 = Math.imul(aHigh, low0);
    const aMiddle = (Math.imul(aLow, low0) >>> 16) + (aCross0 & 0xffff) + (aCross1 & 0xffff);
    const productHigh0 = (Math.imul(aHigh, high0) + (aCross0 >>> 16) + (aCross1 >>> 16) + (aMiddle >>> 16)) | 0;
    const bLow = c2 & 0xffff;
    const bHigh = c2 >>> 16;
    const bCross0 = Math.imul(bLow, high1);
    const bCross1 = Math.imul(bHigh, low1);
    const bMiddle = (Math.imul(bLow, low1) >>> 16) + (bCross0 & 0xffff) + (bCross1 & 0xffff);
    const productHigh1 = (Math.imul(bHigh, high1) + (bCross0 >>> 16) + (bCross1 >>> 16) + (bMiddle >>> 16)) | 0;
    const productLow0 = Math.imul(c0, multiplier0);
    c0 = productHigh1 ^ c1 ^ k0;
    c1 = Math.imul(c2, multiplier1);
    c2 = productHigh0 ^ c3 ^ k1;
    c3 = productLow0;
    k0 = (k0 + weyl0) | 0;
    k1 = (k1 + weyl1) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
  return out;
}

/** A seed as the two words of the key: its low 32 bits, then the rest. */
export interface Key {
  readonly low: number;
  readonly high: number;
}

/**
 * The key of a seed.
 * @throws InputError `numerics/seed` unless the seed is an integer in 0 .. 2^53 - 1
 */
export function keyOf(seed: number): Key {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new InputError("numerics/seed", `The seed is ${seed}; it has to be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}.`, {
      seed,
    });
  return { low: seed | 0, high: Math.floor(seed / 2 ** 32) | 0 };
}

/** The seed of a key. */
export const seedOf = ({ low, high }: Key): number => (high >>> 0) * 2 ** 32 + (low >>> 0);

/** Word 2 of the counter: step and substep. */
export function stepWord(step: number, substep: number): number {
  return ((step % 0x1000000) << 8) | substep | 0;
}

/** Word 3 of the counter: draw, the high bits of the step, and purpose. */
export function drawWord(purpose: Purpose, step: number, draw: number): number {
  return (purposes[purpose] << 28) | (Math.floor(step / 0x1000000) << 20) | draw;
}

/** Refuses addresses beyond the layout, which would silently repeat other numbers. */
export function checkAddress(path: number, step: number, substep: number, draw: number): void {
  if (isWithin(path, limits.path) && isWithin(step, limits.step) && isWithin(substep, limits.substep) && isWithin(draw, limits.draw))
    return;
  throw new InternalError(
    "numerics/random-address",
    `Random numbers have no address (path ${path}, step ${step}, substep ${substep}, draw ${draw}).`,
    {
      path,
      step,
      substep,
      draw,
    },
  );
}

function isWithin(value: number, limit: number): boolean {
  return value >= 0 && value <= limit && Math.floor(value) === value;
}
