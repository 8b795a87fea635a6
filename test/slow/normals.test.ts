// Both kinds of normals, made by the kernels that sampling runs: moments to order 8, Kolmogorov-Smirnov distance, counts in the tails. 1e9 draws of
// each kind, or as many as ESCAPEMENT_DRAWS says; every bound is a number of standard deviations of a perfect generator's figure.
import { describe, expect, it } from "vitest";
import { kernelRunner } from "../../src/ensemble/kernel/backends.ts";
import { normalNodes, partsFor } from "../../src/ensemble/kernel/parts.ts";
import { kernelOf } from "../../src/ensemble/kernel/whole.ts";

const draws = Number(process.env["ESCAPEMENT_DRAWS"] ?? 1e9);
const d = 4;
const places = Array.from({ length: 19 }, (_, i) => (i - 9) / 2);
/** Normal distribution function by erfc's continued fraction and series, 1e-14: a route of its own, since erf.ts is ours. */
function upperTail(x: number): number {
  if (x < 0) return 1 - upperTail(-x);
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  if (x < 3) {
    let [term, sum] = [x, x];
    for (let k = 1; Math.abs(term) > 1e-17; k++) sum += term *= (x * x) / (2 * k + 1);
    return 0.5 - density * sum;
  }
  let fraction = x;
  for (let k = 200; k >= 1; k--) fraction = x + k / fraction;
  return density / fraction;
}

describe.each(["fast", "full"] as const)("%s normals", (kind) => {
  it(`${draws.toExponential(0)} draws`, () => {
    const parts = partsFor(d, kind, d, 512);
    const at = parts.columns(d);
    const { kernel } = kernelOf(
      parts,
      { seed: 20241124, normals: kind },
      {
        ways: [[normalNodes(parts, d, 1, at)]],
        observe: [],
        figures: { at, count: 0 },
        begin: [],
        places: [],
        centers: [],
        figure: () => 0,
        fixed: [],
        overflowed: [],
        walkers: [],
      },
    );
    const runner = kernelRunner(kernel, "wasm");
    const { memory } = runner;
    const numbers = new Int32Array(memory.buffer, memory.byteOffset + 8 * kernel.numbers, kernel.blocks);
    const width = d * parts.paths;
    const powers = new Float64Array(9);
    const batch = new Float64Array(9);
    // bins of width 1/128 from -8 to 8 give the distribution function at their borders
    const bins = new Float64Array(2048);
    let count = 0;
    for (let block = 0; count < draws; block += kernel.blocks) {
      for (let b = 0; b < kernel.blocks; b++) numbers[b] = block + b;
      runner.prepare(kernel.blocks, 0);
      for (let step = 0; step < 64 && count < draws; step++) {
        runner.steps(0, kernel.blocks, step, step + 1, 0);
        batch.fill(0);
        for (let i = at; i < at + width; i++) {
          const x = memory[i]!;
          const x2 = x * x;
          const x4 = x2 * x2;
          batch[1]! += x;
          batch[2]! += x2;
          batch[3]! += x * x2;
          batch[4]! += x4;
          batch[5]! += x * x4;
          batch[6]! += x2 * x4;
          batch[7]! += x * x2 * x4;
          batch[8]! += x4 * x4;
          bins[Math.floor(128 * (x + 8))]!++;
        }
        for (let k = 1; k <= 8; k++) powers[k]! += batch[k]!;
        count += width;
      }
    }
    // E x^k, and Var x^k = E x^2k - (E x^k)^2
    const moment = (k: number): number => (k % 2 === 1 ? 0 : k === 0 ? 1 : (k - 1) * moment(k - 2));
    for (let k = 1; k <= 8; k++) {
      const deviation = (powers[k]! / count - moment(k)) / Math.sqrt((moment(2 * k) - moment(k) ** 2) / count);
      console.log(`${kind}: moment ${k} is off by ${deviation.toFixed(2)} standard deviations`);
      // 16 figures: one beyond 4.5 comes in 1e-4 of runs, and the seed is fixed
      expect(Math.abs(deviation), `moment ${k}`).toBeLessThan(4.5);
    }
    let [below, distance] = [0, 0];
    for (let i = 0; i < bins.length; i++) {
      below += bins[i]!;
      distance = Math.max(distance, Math.abs(below / count - upperTail(-((i + 1) / 128 - 8))));
    }
    expect(below).toBe(count);
    console.log(`${kind}: Kolmogorov-Smirnov ${(distance * Math.sqrt(count)).toFixed(3)} / sqrt(n)`);
    // the chance of 2.2 is 2 exp(-2 2.2^2) = 1.3e-4
    expect(distance * Math.sqrt(count)).toBeLessThan(2.2);
    for (const place of places.filter((x) => Math.abs(x) >= 2.5)) {
      const beyond = place > 0 ? 128 * (place + 8) : 0;
      const end = place > 0 ? bins.length : 128 * (place + 8);
      const got = bins.subarray(beyond, end).reduce((a, b) => a + b, 0);
      const want = count * upperTail(Math.abs(place));
      console.log(`${kind}: ${got} beyond ${place}, ${want.toFixed(1)} expected`);
      expect(Math.abs(got - want) / Math.sqrt(want + 1), `beyond ${place}`).toBeLessThan(4.5);
    }
    // the farthest tails, 2 in 1e9
    const far = bins.subarray(0, 256).reduce((a, b) => a + b, 0) + bins.subarray(1792).reduce((a, b) => a + b, 0);
    const wanted = 2 * count * upperTail(6);
    expect(Math.abs(far - wanted)).toBeLessThan(4.5 * Math.sqrt(wanted + 1));
  });
});
