// The elementary functions at 1e7 arguments each, or as many as ESCAPEMENT_ARGUMENTS says, against 30 digits: within 2 ulp, and within what
// elementary.ts and the lean forms of kernels claim. A third of the arguments lie over the range, a third near 0 (or 1), a third are of all sizes.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { numberArithmetic } from "../../src/numerics/arithmetic.ts";
import { leanExpm1, leanLogMean, leanLogRatio } from "../../src/numerics/elementary/lean-factors.ts";
import * as printed from "../../src/numerics/elementary/numbers.ts";
import { fastNormals } from "../../src/numerics/normals.ts";
import { type DD, dd } from "./double-double.ts";
import * as exact from "./reference-functions.ts";

const count = Number(process.env["ESCAPEMENT_ARGUMENTS"] ?? 1e7);
type NumberFunction = (...x: number[]) => number;
const ours: Record<string, NumberFunction> = {
  ...(printed as unknown as Record<string, NumberFunction>),
  leanExpm1: (x) => leanExpm1(numberArithmetic, x!),
  leanLogRatio: (x) => leanLogRatio(numberArithmetic, x!),
  leanLogMean: (u, v) => leanLogMean(numberArithmetic, u!, v!),
};

const view = new DataView(new ArrayBuffer(8));
/** The exponent of the last place of a normal number. */
function lastPlace(x: number): number {
  view.setFloat64(0, x);
  return ((view.getUint32(0) >>> 20) & 0x7ff) - 1075;
}

/** |y - m 2^k| in ulps of the exact value; of the smallest number's where that is subnormal. */
function ulps(y: number, { m, k }: exact.Scaled): number {
  if (m.h === 0) return y === 0 ? 0 : Number.POSITIVE_INFINITY;
  const place = lastPlace(m.h);
  if (place + k < -1074) {
    const units = 2 ** (k + 1074 > 1000 ? 1000 : 0);
    return Math.abs(y * 2 ** 1000 * 2 ** 74 - (m.h * 2 ** (k + 1074)) / units - (m.l * 2 ** (k + 1074)) / units);
  }
  // y 2^-k in two halves: 2^-k alone may be no double
  const half = Math.trunc(k / 2);
  const scaled = y * 2 ** -half * 2 ** -(k - half);
  return Math.abs(scaled - m.h - m.l) / 2 ** place;
}

/** xorshift128+: fast, and of no kin to what is tested. */
function random(seed: number): () => number {
  const state = new Uint32Array([seed, 0x9e3779b9, 0x243f6a88, 0xb7e15162]);
  const next = (): number => {
    const t = state[3]! ^ (state[3]! << 11);
    [state[3], state[2], state[1]] = [state[2]!, state[1]!, state[0]!];
    state[0] = state[0]! ^ (state[0]! >>> 19) ^ t ^ (t >>> 8);
    return state[0]!;
  };
  for (let i = 0; i < 32; i++) next();
  return () => (next() * 2 ** 21 + (next() >>> 11)) / 2 ** 53;
}

type Draw = () => number;
const signed = (u: Draw, x: number): number => (u() < 0.5 ? -x : x);
const anySize = (u: Draw, low: number, high: number): number => (1 + u()) * 2 ** Math.floor(low + (high - low) * u());
/** Over [from, to], near 0 and of sizes 2^low to 2^high, in turn. */
const mixed =
  (from: number, to: number, low: number, high: number) =>
  (u: Draw, i: number): number => {
    if (i % 3 === 0) return from + (to - from) * u();
    const x = i % 3 === 1 ? anySize(u, -60, 0) : anySize(u, low, high);
    return from < 0 ? signed(u, x) : x;
  };
const scaled = (m: DD): exact.Scaled => ({ m, k: 0 });

interface Case {
  readonly of: (x: number, y: number) => exact.Scaled;
  readonly first: (u: Draw, i: number) => number;
  readonly second?: (u: Draw, i: number, x: number) => number;
}
const unary = (of: (x: number) => DD, first: Case["first"]): Case => ({ of: (x) => scaled(of(x)), first });

const wide = mixed(-40, 40, -300, 9);
const positive = (u: Draw, i: number): number => (i % 3 === 0 ? 4 * u() : i % 3 === 1 ? 1 + signed(u, anySize(u, -52, -1)) : anySize(u, -1022, 1023)); // biome-ignore format: one line a kind
const angle = mixed(-1e6, 1e6, -300, 1023);
/** Not above 709, from where on e^x is no double. */
const power = (u: Draw, i: number): number => (i % 3 === 0 ? -745 + 1454 * u() : wide(u, i) % 700);
const rate = (u: Draw, i: number): number => (i % 3 === 0 ? 0.999 - 4 * u() : signed(u, anySize(u, -60, -1)));
const cases: { readonly [name: string]: Case } = {
  exp: { of: (x) => exact.exp(dd(x)), first: power },
  expm1: { of: (x) => exact.expm1(dd(x)), first: power },
  log: unary(exact.log, positive),
  log1p: unary((x) => exact.log1p(dd(x)), (u, i) => (i % 3 === 2 ? anySize(u, -300, 1000) : i % 3 === 1 ? signed(u, anySize(u, -60, -1)) : 4 * u() - 0.999)), // biome-ignore format: one line a kind
  sin: unary(exact.sin, angle),
  cos: unary(exact.cos, angle),
  tan: unary(exact.tan, angle),
  atan: unary(exact.atan, mixed(-30, 30, -300, 900)),
  sinh: { of: exact.sinh, first: (u, i) => signed(u, Math.abs(power(u, i)) % 710) },
  cosh: { of: exact.cosh, first: (u, i) => signed(u, Math.abs(power(u, i)) % 710) },
  tanh: unary(exact.tanh, mixed(-22, 22, -300, 5)),
  erf: unary(exact.erf, mixed(-6, 6, -300, 3)),
  erfc: { of: exact.erfc, first: (u, i) => (i % 3 === 0 ? 26 * u() : i % 3 === 1 ? 6 * u() - 3 : signed(u, anySize(u, -60, 2))) },
  sigmoid: { of: exact.sigmoid, first: power },
  softplus: { of: exact.softplus, first: power },
  logRatio: unary(exact.logRatio, (u, i) => (i % 3 === 0 ? 20 * u() - 3 : i % 3 === 1 ? signed(u, anySize(u, -60, -1)) : anySize(u, -300, 900))), // biome-ignore format: one line a kind
  logMean: { of: (u, v) => scaled(exact.logMean(u, v)), first: rate, second: (u, i, x) => (i % 4 === 0 ? -x / (1 - x) + signed(u, anySize(u, -60, -3)) : rate(u, i >> 2)) }, // biome-ignore format: one line
  power: { of: exact.power, first: (u, i) => (i % 4 < 2 ? anySize(u, -1000, 1000) : 1 + signed(u, anySize(u, -40, -1))), second: (u, i, x) => (i % 2 === 0 ? 20 * (u() - 0.5) : 1400 * (u() - 0.5)) / Math.max(1e-3, Math.abs(Math.log(x))) }, // biome-ignore format: one line
  hypot: { of: exact.hypot, first: (u) => anySize(u, -400, 400), second: (u, i, x) => (i % 2 === 0 ? anySize(u, -400, 400) : x * anySize(u, -30, 2)) }, // biome-ignore format: one line
  leanExp: { of: (x) => exact.exp(dd(x)), first: power },
  leanLog: unary(exact.log, positive),
  leanSin: unary(exact.sin, mixed(-131072, 131072, -60, 17)),
  leanCos: unary(exact.cos, mixed(-131072, 131072, -60, 17)),
  leanExpm1: { of: (x) => exact.expm1(dd(x)), first: (u, i) => (i % 2 === 0 ? 40 * u() - 30 : signed(u, anySize(u, -60, -1))) },
  leanLogRatio: unary(exact.logRatio, (u, i) => (i % 2 === 0 ? 20 * u() - 0.9 : signed(u, anySize(u, -60, -1)))),
};

/** In ulps. */
const bound = 2;

describe("the reference itself", () => {
  const reference = JSON.parse(readFileSync(new URL("../reference/elementary.json", import.meta.url), "utf8")) as Record<
    string,
    number[][]
  >;
  it.each(Object.keys(cases).filter((name) => !name.startsWith("lean")))("%s has 24 digits", (name) => {
    let seen = 0;
    for (const row of reference[name]!) {
      const [high, low] = row.slice(-2) as [number, number];
      // beyond 1e300 and below 1e-270 the low halves are not normal numbers
      if (!(Math.abs(high) < 1e300) || Math.abs(high) < 1e-270 || row.slice(0, -2).some((x) => Math.abs(x) > 1e150)) continue;
      if (name === "power" && row[0]! <= 0) continue;
      const { m, k } = cases[name]!.of(row[0]!, row[1]!);
      const error = (m.h * 2 ** k - high + (m.l * 2 ** k - low)) / high;
      expect(Math.abs(error), `${name}(${row.slice(0, -2)})`).toBeLessThan(1e-24);
      seen++;
    }
    expect(seen).toBeGreaterThan(100);
  });
});

describe(`${count.toExponential(0)} arguments`, () => {
  it.each(Object.entries(cases))("%s", (name, { of, first, second }) => {
    const f = ours[name]!;
    const u = random(20241130);
    let worst = { error: 0, x: 0, y: 0 };
    const started = process.cpuUsage();
    for (let i = 0; i < count; i++) {
      const x = first(u, i);
      const y = second ? second(u, i, x) : 0;
      const error = ulps(f(x, y), of(x, y));
      if (Number.isNaN(error)) expect.fail(`${name}(${x}, ${y}) is ${f(x, y)}`);
      if (error > worst.error) worst = { error, x, y };
    }
    const { user, system } = process.cpuUsage(started);
    console.log(
      `${name}: ${worst.error.toFixed(3)} ulp at ${worst.x}${second ? `, ${worst.y}` : ""} (${((user + system) / 1e6).toFixed(0)} s)`,
    );
    expect(worst.error, `at ${worst.x}, ${worst.y}`).toBeLessThanOrEqual(bound);
    expect(worst.error).toBeGreaterThan(0.5);
  });

  it("the mean of two logarithms in kernels: 6e-14, relative", () => {
    const u = random(7);
    let worst = 0;
    for (let i = 0; i < count; i++) {
      const [a, b] = [0.999 - 4 * u(), 0.999 - 4 * u()];
      const { h } = exact.logMean(a, b);
      worst = Math.max(worst, Math.abs(ours["leanLogMean"]!(a, b) / h - 1));
    }
    console.log(`leanLogMean: ${worst.toExponential(2)}`);
    expect(worst).toBeLessThan(6e-14);
  });

  it("fast normals: as exact as their short forms", () => {
    const u = random(8);
    let worst = { first: 0, second: 0 };
    for (let i = 0; i < count; i++) {
      const [a, b] = [Math.floor(u() * 2 ** 40), Math.floor(u() * 2 ** 23)];
      const got = fastNormals(numberArithmetic, signed(u, 1 + a * 2 ** -40), 1 + b * 2 ** -23);
      const [uniform, v] = [1 - (a + 0.5) * 2 ** -40, (b + 0.5) * 2 ** -23 - 0.5];
      const radius = Math.sqrt(-2 * Math.log(uniform));
      worst = {
        first: Math.max(worst.first, Math.abs(Math.abs(got.first) / radius - Math.cos(Math.PI * v))),
        second: Math.max(worst.second, Math.abs(got.second / radius - Math.sin(Math.PI * v))),
      };
    }
    console.log(`fast normals: ${worst.first.toExponential(2)}, ${worst.second.toExponential(2)} of the radius`);
    // half of log's 4.3e-12 for the root; 1 - 2 sin^2: twice sin's 4.6e-12 at most; 2 sin cos: sin's and cos's 5.7e-11
    expect(worst.first).toBeLessThan(4.3e-12 / 2 + 2 * 4.6e-12);
    expect(worst.second).toBeLessThan(4.3e-12 / 2 + 4.6e-12 + 5.7e-11);
  });
});
