// Pixels of the pictures in two dimensions: bands of f with their edges as contour lines, and particles counted pixel by pixel (a hundred
// thousand take a few milliseconds; drawing each would take two hundred). A picture, not a figure: counts are shown by their logarithm.
import type { CloudPart, PlaneLandscape } from "../engine/jobs.ts";

const defaults = {
  bands: 14,
  /** How much of the paper a cloud covers at most: the first, and one laid over it, through which the first is still seen. */
  strongest: 0.95,
  over: 0.5,
} as const;
type Colour = readonly [red: number, green: number, blue: number];

export interface Cloud {
  readonly parts: readonly CloudPart[];
  readonly colour: Colour;
}

export interface Look {
  readonly paper: Colour;
  readonly ink: Colour;
}

/** f as bands of equal area: where it is steep as well as where it is flat there are lines to see. */
export function paintLandscape(
  { f, n }: PlaneLandscape,
  width: number,
  height: number,
  { paper, ink }: Look,
): Uint8ClampedArray<ArrayBuffer> {
  const sorted = Float32Array.from(f.filter(Number.isFinite)).sort();
  const levels = Array.from({ length: defaults.bands - 1 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / defaults.bands)]!);
  const bands = new Uint8Array(width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const value = between(f, n, (x / (width - 1)) * (n - 1), (1 - y / (height - 1)) * (n - 1));
      let band = 0;
      while (band < levels.length && !(value < levels[band]!)) band++;
      bands[y * width + x] = band;
    }
  const pixels = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const band = bands[at]!;
      const edge = (x + 1 < width && bands[at + 1] !== band) || (y + 1 < height && bands[at + width] !== band);
      const share = edge ? 0.32 : 0.1 * (1 - band / (defaults.bands - 1));
      for (let c = 0; c < 3; c++) pixels[4 * at + c] = paper[c]! + share * (ink[c]! - paper[c]!);
      pixels[4 * at + 3] = 255;
    }
  return pixels;
}

function between(f: Float32Array, n: number, x: number, y: number): number {
  const [i, j] = [Math.min(n - 2, Math.floor(x)), Math.min(n - 2, Math.floor(y))];
  const [p, q] = [x - i, y - j];
  const at = j * n + i;
  return (1 - q) * ((1 - p) * f[at]! + p * f[at + 1]!) + q * ((1 - p) * f[at + n]! + p * f[at + n + 1]!);
}

/** Kept from frame to frame: as large as the largest picture so far. */
let counted = new Uint32Array(0);

/** Lays one frame's particles over the landscape's pixels, into `out`. */
export function paintClouds(
  background: Uint8ClampedArray,
  out: Uint8ClampedArray,
  width: number,
  height: number,
  frame: number,
  frames: number,
  { low, high }: Pick<PlaneLandscape, "low" | "high">,
  clouds: readonly Cloud[],
): void {
  out.set(background);
  if (counted.length < width * height) counted = new Uint32Array(width * height);
  const counts = counted.subarray(0, width * height);
  for (const [c, { parts, colour }] of clouds.entries()) {
    const strongest = c === 0 ? defaults.strongest : defaults.over;
    counts.fill(0);
    const across = width / (high[0] - low[0]);
    const up = height / (high[1] - low[1]);
    let most = 0;
    for (const { states, count } of parts) {
      const size = states.length / frames;
      if (size !== 2 * count) continue;
      for (let p = frame * size; p < (frame + 1) * size; p += 2) {
        const x = Math.floor((states[p]! - low[0]) * across);
        const y = height - 1 - Math.floor((states[p + 1]! - low[1]) * up);
        // also false for what is no number: a path that ran away
        if (!(x >= 0 && x < width && y >= 0 && y < height)) continue;
        const now = ++counts[y * width + x]!;
        if (now > most) most = now;
      }
    }
    if (most === 0) continue;
    const shares = Float32Array.from({ length: most + 1 }, (_, count) =>
      count === 0 ? 0 : strongest * (0.3 + (0.7 * Math.log(count)) / Math.log(Math.max(most, 2))),
    );
    const [red, green, blue] = colour;
    for (let at = 0; at < counts.length; at++) {
      const count = counts[at]!;
      if (count === 0) continue;
      const share = shares[count]!;
      const to = 4 * at;
      out[to] = out[to]! + share * (red - out[to]!);
      out[to + 1] = out[to + 1]! + share * (green - out[to + 1]!);
      out[to + 2] = out[to + 2]! + share * (blue - out[to + 2]!);
    }
  }
}
