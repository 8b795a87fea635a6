// Counter-based random streams: path i depends on (seed, i) only, whatever the thread or the order of the work.
//
// From words to numbers (words w0 .. w3 of one Philox block; all engines do the same, bit for bit):
//   uniform   k = the top 52 bits of the 64-bit integer (w1, w0), w1 high; u = (k + 1/2) 2^-52. In a kernel: put k below the exponent of 1,
//             subtract 1 - 2^-53 (exact). The second uniform of a block comes from (w3, w2) in the same way.
//   normals   by Box-Muller from "raw" doubles in [1, 2), one of a pair with a random sign (normals.ts). With a = (w1, w0), b = (w3, w2) as
//             64-bit integers, low word last:
//               full  1 + (top 52 bits of a) 2^-52, and +-(1 + (top 52 bits of b) 2^-52), - where bit 0 of b is set: two normals a block
//               fast  of a, then of b: +-(1 + (top 40 bits) 2^-40), - where bit 0 is set, and 1 + (bits 1 to 23) 2^-23: four normals a block
//   integers  below n <= 2^32: the words w0, w1, .. in turn, those >= 2^32 - 2^32 mod n passed over; then w mod n. No bias.

import { InternalError } from "../errors.ts";
import { numberArithmetic } from "./arithmetic.ts";
import { fastNormals, fullNormals, type NormalKind } from "./normals.ts";
import { checkAddress, drawWord, keyOf, limits, type Purpose, philox, stepWord } from "./philox.ts";

/** Draws that belong to one (seed, path, step); successive calls advance the draw number. */
export interface RandomStream {
  /** A uniform double in (0, 1), 52 bits, at a midpoint. */
  uniform(): number;
  /** A standard normal. */
  normal(): number;
  /** A uniform integer in 0 .. n-1, without modulo bias. */
  integer(n: number): number;
}

/** A stream that can be set to another address, so that a loop over paths and steps allocates nothing. */
export interface MovableStream extends RandomStream {
  /** Sets the stream to the first draw of this address and returns it. */
  moveTo(path: number, step: number, purpose: Purpose, substep?: number): MovableStream;
}

/** (k + 1/2) 2^-52 with k the top 52 bits of (high, low). Exact: k + 1/2 has 53 bits. */
export function uniformOf(high: number, low: number): number {
  return ((high >>> 0) * 0x100000 + (low >>> 12) + 0.5) * 2 ** -52;
}

/** 1 + the bits of the fast normals' radius, with the sign; 1 + those of the angle. From the words (low, high) of half a block. */
export const fastRadial = (high: number, low: number): number => {
  const size = 1 + ((high >>> 0) * 256 + (low >>> 24)) * 2 ** -40;
  return (low & 1) === 0 ? size : -size;
};
export const fastAngular = (low: number): number => 1 + ((low & 0xfffffe) >>> 1) * 2 ** -23;

/** 1 + the 52 bits of the full normals' radius; 1 + those of the angle, with the sign. */
export const fullRadial = (high: number, low: number): number => 1 + ((high >>> 0) * 0x100000 + (low >>> 12)) * 2 ** -52;
export const fullAngular = (high: number, low: number): number => ((low & 1) === 0 ? fullRadial(high, low) : -fullRadial(high, low));

/** The four fast normals of a block, written to out[0 .. 3]. */
function fastBoxMuller(words: Int32Array, out: Float64Array): void {
  for (let half = 0; half < 2; half++) {
    const low = words[2 * half]!;
    const { first, second } = fastNormals(numberArithmetic, fastRadial(words[2 * half + 1]!, low), fastAngular(low));
    out[2 * half] = first;
    out[2 * half + 1] = second;
  }
}

/** The two full normals of a block, written to out[0] and out[1]. */
function fullBoxMuller(words: Int32Array, out: Float64Array): void {
  const { first, second } = fullNormals(numberArithmetic, fullRadial(words[1]!, words[0]!), fullAngular(words[3]!, words[2]!));
  out[0] = first;
  out[1] = second;
}

/**
 * A stream of `seed`, at first at (path 0, step 0). Each kind of draw (uniforms, normals, integers) uses up what its last block has left
 * and then takes the next block of the address; kinds never share a block.
 */
export function createStream(seed: number): MovableStream {
  const key = keyOf(seed);
  const words = new Int32Array(4);
  const integerWords = new Int32Array(4);
  const pair = new Float64Array(2);
  let word0 = 0;
  let word1 = 0;
  let word2 = 0;
  let word3 = 0;
  let draw = 0;
  let spareUniform = -1;
  let hasSpareNormal = false;
  let integersUsed = 4;

  const nextBlock = (out: Int32Array) => {
    if (draw > limits.draw)
      throw new InternalError("numerics/random-draws", `One step of one path took more than ${limits.draw + 1} blocks of random bits.`);
    philox(word0, word1, word2, word3 + draw, key.low, key.high, out);
    draw++;
  };

  const stream: MovableStream = {
    moveTo(path, step, purpose, substep = 0) {
      checkAddress(path, step, substep, 0);
      word0 = path | 0;
      word1 = Math.floor(path / 2 ** 32) | 0;
      word2 = stepWord(step, substep);
      word3 = drawWord(purpose, step, 0);
      draw = 0;
      spareUniform = -1;
      hasSpareNormal = false;
      integersUsed = 4;
      return stream;
    },
    uniform() {
      if (spareUniform >= 0) {
        const u = spareUniform;
        spareUniform = -1;
        return u;
      }
      nextBlock(words);
      spareUniform = uniformOf(words[3]!, words[2]!);
      return uniformOf(words[1]!, words[0]!);
    },
    normal() {
      if (hasSpareNormal) {
        hasSpareNormal = false;
        return pair[1]!;
      }
      nextBlock(words);
      fullBoxMuller(words, pair);
      hasSpareNormal = true;
      return pair[0]!;
    },
    integer(n) {
      if (!Number.isInteger(n) || n < 1 || n > 2 ** 32)
        throw new InternalError("numerics/random-integer", `No random integer below ${n}: it has to be 1 to 2^32.`);
      const end = 2 ** 32 - (2 ** 32 % n);
      for (;;) {
        if (integersUsed === 4) {
          nextBlock(integerWords);
          integersUsed = 0;
        }
        const word = integerWords[integersUsed++]! >>> 0;
        if (word < end) return word % n;
      }
    },
  };
  return stream.moveTo(0, 0, "gradientNoise");
}

/** The stream of one address. In loops over paths and steps use createStream and moveTo. */
export function streamFor(seed: number, path: number, step: number, purpose: Purpose, substep = 0): RandomStream {
  return createStream(seed).moveTo(path, step, purpose, substep);
}

/**
 * The normals that drive Gaussian noise and diffusions: those of one path and step, substep after substep, d to a substep. A block holds
 * N = 4 fast or 2 full normals. Block b of a substep (draw b) gives coordinates N b to N b + N - 1; where d < N the N/d paths from a multiple
 * of N/d on share a block, whose number is then path/(N/d) (d = 3 shares none). A path so depends on (seed, path) alone.
 */
export interface NormalSource {
  readonly d: number;
  /** Writes out[j d + i], j < substeps, i < d. */
  fill(path: number, step: number, substeps: number, out: Float64Array): void;
}

/** How normals lie in blocks: see NormalSource. */
export function normalLayout(
  d: number,
  kind: NormalKind,
): { readonly perBlock: number; readonly sharing: number; readonly blocks: number } {
  const perBlock = kind === "fast" ? 4 : 2;
  return { perBlock, sharing: d < perBlock && perBlock % d === 0 ? perBlock / d : 1, blocks: Math.ceil(d / perBlock) };
}

export function normalSource(seed: number, d: number, kind: NormalKind = "fast"): NormalSource {
  const key = keyOf(seed);
  const words = new Int32Array(4);
  const drawn = new Float64Array(4);
  const { perBlock, sharing, blocks } = normalLayout(d, kind);
  return {
    d,
    fill(path, step, substeps, out) {
      checkAddress(path, step, substeps - 1, 0);
      const number = Math.floor(path / sharing);
      const from = (path % sharing) * d;
      const word0 = number | 0;
      const word1 = Math.floor(number / 2 ** 32) | 0;
      const word3 = drawWord("normals", step, 0);
      for (let j = 0; j < substeps; j++) {
        const word2 = stepWord(step, j);
        for (let b = 0; b < blocks; b++) {
          philox(word0, word1, word2, word3 + b, key.low, key.high, words);
          if (kind === "fast") fastBoxMuller(words, drawn);
          else fullBoxMuller(words, drawn);
          const count = Math.min(perBlock, d - b * perBlock);
          for (let i = 0; i < count; i++) out[j * d + b * perBlock + i] = drawn[from + i]!;
        }
      }
    },
  };
}
