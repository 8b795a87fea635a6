import { describe, expect, it } from "vitest";
import { drawWord, keyOf, philox, stepWord } from "../../src/numerics/philox.ts";
import { createStream, normalSource, streamFor, uniformOf } from "../../src/numerics/random.ts";

const hex = (words: Int32Array) => Array.from(words, (w) => (w >>> 0).toString(16).padStart(8, "0"));

describe("Philox4x32-10", () => {
  // The known answers of Random123 (kat_vectors, philox4x32 10).
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      ["6627e8d5", "e169c58d", "bc57ac4c", "9b00dbd8"],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      ["408f276d", "41c83b0e", "a20bc7c6", "6d5451fd"],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      ["d16cfe09", "94fdcceb", "5001e420", "24126ea1"],
    ],
  ])("known answer %#", (counter, key, want) => {
    expect(hex(philox(counter[0]!, counter[1]!, counter[2]!, counter[3]!, key[0]!, key[1]!, new Int32Array(4)))).toEqual(want);
  });

  it("agrees with products in big integers on many counters", () => {
    const mask = 0xffffffffn;
    let state = 12345n;
    const next = () => (state = (state * 6364136223846793005n + 1442695040888963407n) & ((1n << 64n) - 1n)) >> 32n;
    for (let trial = 0; trial < 300; trial++) {
      let [c0, c1, c2, c3, k0, k1] = [next(), next(), next(), next(), next(), next()] as [bigint, bigint, bigint, bigint, bigint, bigint];
      const got = hex(philox(Number(c0), Number(c1), Number(c2), Number(c3), Number(k0), Number(k1), new Int32Array(4)));
      for (let round = 0; round < 10; round++) {
        const p0 = c0 * 0xd2511f53n;
        const p1 = c2 * 0xcd9e8d57n;
        [c0, c1, c2, c3] = [(p1 >> 32n) ^ c1 ^ k0, p1 & mask, (p0 >> 32n) ^ c3 ^ k1, p0 & mask];
        k0 = (k0 + 0x9e3779b9n) & mask;
        k1 = (k1 + 0xbb67ae85n) & mask;
      }
      expect(got).toEqual([c0, c1, c2, c3].map((c) => c.toString(16).padStart(8, "0")));
    }
  });

  it("has one address for each (step, substep, draw, purpose)", () => {
    const seen = new Set<string>();
    let count = 0;
    for (const step of [0, 1, 255, 256, 2 ** 24 - 1, 2 ** 24, 2 ** 24 + 1, 2 ** 32 - 1])
      for (const substep of [0, 1, 255])
        for (const draw of [0, 1, 2 ** 20 - 1])
          for (const purpose of ["normals", "gradientNoise", "crossing", "shuffle", "start"] as const) {
            seen.add(`${stepWord(step, substep) >>> 0} ${drawWord(purpose, step, draw) >>> 0}`);
            count++;
          }
    expect(seen.size).toBe(count);
  });

  it("takes seeds up to 2^53 - 1 and refuses others by name", () => {
    expect(keyOf(2 ** 53 - 1)).toEqual({ low: -1, high: 0x1fffff });
    for (const seed of [-1, 0.5, 2 ** 53, Number.NaN]) expect(() => keyOf(seed)).toThrow(/seed is/);
  });
});

describe("random streams", () => {
  it("are midpoints of 2^52 cells, never 0 or 1", () => {
    expect(uniformOf(0, 0)).toBe(2 ** -53);
    expect(uniformOf(-1, -1)).toBe(1 - 2 ** -53);
    // the form a kernel uses: bits below the exponent of 1, minus 1 - 2^-53
    const view = new DataView(new ArrayBuffer(8));
    for (const [high, low] of [
      [0x12345678, 0x9abcdef0],
      [-5, 77],
      [1 << 31, 4095],
    ]) {
      const bits = ((BigInt(high! >>> 0) << 32n) | BigInt(low! >>> 0)) >> 12n;
      view.setBigUint64(0, bits | 0x3ff0000000000000n);
      expect(uniformOf(high!, low!)).toBe(view.getFloat64(0) - (1 - 2 ** -53));
    }
  });

  it("depend on the address alone and differ between addresses", () => {
    const moving = createStream(7);
    const take = (path: number, step: number) => {
      const s = moving.moveTo(path, step, "gradientNoise");
      return [s.uniform(), s.normal(), s.integer(10), s.uniform(), s.normal(), s.integer(1000)];
    };
    const first = take(3, 5);
    take(9, 9);
    expect(take(3, 5)).toEqual(first);
    const fresh = streamFor(7, 3, 5, "gradientNoise");
    expect([fresh.uniform(), fresh.normal(), fresh.integer(10)]).toEqual(first.slice(0, 3));
    const values = new Set<number>();
    for (const path of [0, 1, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1])
      for (let step = 0; step < 5; step++) values.add(streamFor(1, path, step, "crossing").uniform());
    expect(values.size).toBe(25);
  });

  it("normals have the moments of N(0, 1)", () => {
    // 400000 draws; the tolerance is 5 standard errors of each moment: sd of x^p is sqrt((2p-1)!! - ((p-1)!!)^2) for even p.
    const source = normalSource(11, 4);
    const n = 100000;
    const out = new Float64Array(4);
    const sums = new Float64Array(9);
    let cross = 0;
    let tail = 0;
    for (let i = 0; i < n; i++) {
      source.fill(i, 0, 1, out);
      for (const x of out) {
        let power = 1;
        for (let p = 1; p <= 8; p++) sums[p] = sums[p]! + (power *= x);
        if (Math.abs(x) > 3) tail++;
      }
      cross += out[0]! * out[1]! + out[2]! * out[3]! + out[1]! * out[2]!;
    }
    const total = 4 * n;
    const doubleFactorial = (m: number): number => (m <= 1 ? 1 : m * doubleFactorial(m - 2));
    for (let p = 1; p <= 8; p++) {
      const mean = p % 2 === 1 ? 0 : doubleFactorial(p - 1);
      const sd = Math.sqrt(doubleFactorial(2 * p - 1) - mean * mean);
      expect(Math.abs(sums[p]! / total - mean), `moment ${p}`).toBeLessThan((5 * sd) / Math.sqrt(total));
    }
    expect(Math.abs(cross / (3 * n))).toBeLessThan(5 / Math.sqrt(3 * n));
    const p3 = 0.0026997960632601866; // P(|N| > 3)
    expect(Math.abs(tail / total - p3)).toBeLessThan(5 * Math.sqrt(p3 / total));
  });

  it("in one dimension neighbouring paths share a block and stay independent", () => {
    const source = normalSource(5, 1);
    const n = 50000;
    const a = new Float64Array(2);
    const b = new Float64Array(2);
    let product = 0;
    let between = 0;
    for (let i = 0; i < n; i++) {
      source.fill(2 * i, 3, 2, a);
      source.fill(2 * i + 1, 3, 2, b);
      product += a[0]! * b[0]!;
      between += a[0]! * a[1]!;
    }
    expect(Math.abs(product / n)).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(between / n)).toBeLessThan(5 / Math.sqrt(n));
    expect(a[0]).not.toBe(b[0]);
  });

  it("uniform in 16 cells and integers without bias: chi-squared", () => {
    const stream = createStream(3);
    const cells = new Float64Array(16);
    const threes = new Float64Array(3);
    const n = 48000;
    for (let i = 0; i < n; i++) {
      stream.moveTo(i, 0, "gradientNoise");
      const cell = Math.floor(16 * stream.uniform());
      cells[cell] = cells[cell]! + 1;
      const k = stream.integer(3);
      threes[k] = threes[k]! + 1;
    }
    const chi = (counts: Float64Array) => counts.reduce((sum, c) => sum + (c - n / counts.length) ** 2 / (n / counts.length), 0);
    expect(chi(cells)).toBeLessThan(51); // 15 degrees of freedom, false alarm 1e-5
    expect(chi(threes)).toBeLessThan(23); // 2 degrees of freedom, 1e-5
    expect(() => stream.integer(0)).toThrow();
    expect(stream.integer(2 ** 32)).toBeLessThan(2 ** 32);
  });
});
