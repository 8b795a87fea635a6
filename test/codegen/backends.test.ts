// WebAssembly, the interpreter and plain evaluation of the formula: the same bits, for every function and for random formulas.
import { describe, expect, it } from "vitest";
import { type Compiled, runProgram } from "../../src/codegen/backend.ts";
import { compile } from "../../src/codegen/compile.ts";
import { elementaryProgram } from "../../src/codegen/elementary-programs.ts";
import { lower } from "../../src/codegen/lower.ts";
import { buildProgram, type Program } from "../../src/codegen/program.ts";
import { encodeProgram } from "../../src/codegen/wasm.ts";
import { gradientOf } from "../../src/expr/differentiate.ts";
import { evaluate } from "../../src/expr/evaluate.ts";
import { parseFormula } from "../../src/expr/parse.ts";
import { elementaryFunctions } from "../../src/numerics/elementary/list.ts";
import * as printed from "../../src/numerics/elementary/numbers.ts";
import { randomNumbers, specialNumbers } from "../numerics/special-numbers.ts";
import { randomFormula } from "./random-formulas.ts";

/** The first place where two arrays differ in a bit (all NaN count as one), or -1. */
function firstDifference(a: Float64Array, b: Float64Array): number {
  for (let i = 0; i < a.length; i += 1) if (!Object.is(a[i], b[i])) return i;
  return -1;
}

/** Points with special numbers, numbers of all sizes and moderate ones. */
function points(count: number, dimension: number, seed: number): Float64Array {
  const draw = randomNumbers(seed);
  return Float64Array.from({ length: count * dimension }, () => {
    const kind = draw();
    if (kind < 0.1) return specialNumbers[Math.floor(draw() * specialNumbers.length)]!;
    if (kind < 0.25) return (draw() < 0.5 ? -1 : 1) * (1 + draw()) * 2 ** Math.floor(2046 * draw() - 1022);
    return 8 * (draw() - 0.5);
  });
}

const run = (compiled: Compiled, x: Float64Array, count: number, outputs: number) =>
  compiled.evaluateBatch(x, count, new Float64Array(count * outputs));

describe("elementary functions", () => {
  it.each([...elementaryFunctions])("%s: inlined in WebAssembly, interpreted and printed agree at 3e4 points", (name, { arity }) => {
    const program = elementaryProgram(name);
    const count = 3e4;
    const x = points(count, arity, 1);
    for (const [i, special] of specialNumbers.entries()) x[i * arity] = special;
    // These are called beyond 2^30 only.
    if (name.endsWith("Far"))
      for (let i = 0; i < count; i += 1)
        if (!(Math.abs(x[i]!) > 2 ** 30 && Math.abs(x[i]!) < Infinity)) x[i] = 2 ** (31 + (i % 990)) * (1 + i / count);
    const wasm = run(runProgram(program, { backend: "wasm" }), x, count, 1);
    const interpreted = run(runProgram(program, { backend: "javascript" }), x, count, 1);
    const f = (printed as unknown as Record<string, (...x: number[]) => number>)[name]!;
    const direct = Float64Array.from({ length: count }, (_, i) => f(x[i * arity]!, x[i * arity + 1]!));
    expect(firstDifference(wasm, interpreted)).toBe(-1);
    expect(firstDifference(wasm, direct)).toBe(-1);
    // In pieces truth values go through memory, too.
    expect(firstDifference(wasm, inPieces(program, x, count))).toBe(-1);
  });

  it("tools on the bits of a double: WebAssembly and the interpreter agree where they are defined", () => {
    const count = 1e4;
    const draw = randomNumbers(7);
    // x positive and normal, k an integer that keeps x 2^k normal, a sign of any kind
    const x = Float64Array.from({ length: 3 * count }, (_, i) => {
      if (i % 3 === 0) return (1 + draw()) * 2 ** Math.floor(1000 * draw() - 500);
      return i % 3 === 1 ? Math.floor(1000 * draw() - 500) : [-0, 0, -1, 3, Number.NEGATIVE_INFINITY][Math.floor(5 * draw())]!;
    });
    const m = buildProgram(3);
    const [a, k, sign] = [m.input(0), m.input(1), m.input(2)];
    const [exponent, mantissa] = [m.centredExponentOf(a), m.centredMantissaOf(a)];
    const program = m.finish([m.ldexp(a, k), exponent, mantissa, m.ldexp(mantissa, exponent), m.flipSign(a, sign)]);
    const wasm = run(runProgram(program, { backend: "wasm" }), x, count, 5);
    expect(firstDifference(wasm, run(runProgram(program, { backend: "javascript" }), x, count, 5))).toBe(-1);
    for (let i = 0; i < count; i++) {
      const [scaled, , centred, again, flipped] = wasm.subarray(5 * i, 5 * i + 5);
      expect(scaled).toBe(x[3 * i]! * 2 ** x[3 * i + 1]!);
      expect(again).toBe(x[3 * i]!);
      expect(centred! > Math.SQRT1_2 - 1e-7 && centred! < Math.SQRT2).toBe(true);
      expect(flipped).toBe(x[3 * i + 2]! < 0 || Object.is(x[3 * i + 2], -0) ? -x[3 * i]! : x[3 * i]!);
    }
  });

  it.each(["logSlope0", "logSlope1", "logSlope4"])("%s: WebAssembly and the interpreter agree", (name) => {
    const x = points(1e4, 1, 2);
    const [wasm, interpreted] = (["wasm", "javascript"] as const).map((backend) =>
      run(runProgram(elementaryProgram(name), { backend }), x, 1e4, 1),
    );
    expect(firstDifference(wasm!, interpreted!)).toBe(-1);
  });
});

describe("random formulas", () => {
  const variables = ["x", "y", "z"];
  it.each([1, 2, 3, 4])("WebAssembly, whole and in small pieces, and the interpreter agree at 1e5 points (seed %i)", (seed) => {
    const draw = randomNumbers(100 + seed);
    const formulas = [randomFormula(60, variables, draw), randomFormula(20, variables, draw)];
    // Derivatives bring in what nobody types, and make the outputs share work.
    const outputs = [...formulas, ...gradientOf(formulas[1]!, variables)];
    const count = 1e5;
    const x = points(count, 3, seed);
    const wasm = run(compile(outputs, variables, { backend: "wasm" }), x, count, outputs.length);
    const interpreted = run(compile(outputs, variables, { backend: "javascript" }), x, count, outputs.length);
    expect(firstDifference(wasm, interpreted)).toBe(-1);
    expect(firstDifference(wasm, inPieces(lower(outputs, variables), x, count))).toBe(-1);
    // A canary: the formulas are not undefined everywhere.
    expect(wasm.filter(Number.isFinite).length).toBeGreaterThan(count / 10);
  });

  it.each([11, 12, 13])("compiled and plain evaluation agree (seed %i)", (seed) => {
    const formula = randomFormula(60, variables, randomNumbers(seed));
    const count = 2000;
    const x = points(count, 3, seed);
    const wasm = run(compile([formula], variables), x, count, 1);
    for (let i = 0; i < count; i += 1) {
      const [value] = evaluate([formula], new Map(variables.map((name, j) => [name, x[3 * i + j]!])));
      if (!Object.is(wasm[i], value)) expect.fail(`at ${x.subarray(3 * i, 3 * i + 3)}: compiled ${wasm[i]}, plain ${value}`);
    }
  });
});

/** Values by a module cut into pieces of a few instructions, which hand over through memory. */
function inPieces(program: Program, x: Float64Array, count: number): Float64Array {
  const [n, m] = [program.inputCount, program.outputs.length];
  const { bytes, scratchBytes } = encodeProgram(program, 8 * count * (n + m), 5);
  if (program.instructions.length > 30) expect(scratchBytes).toBeGreaterThan(0);
  const { memory, batch } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as {
    memory: WebAssembly.Memory;
    batch(input: number, output: number, count: number): void;
  };
  new Float64Array(memory.buffer, scratchBytes, count * n).set(x);
  batch(scratchBytes, scratchBytes + 8 * count * n, count);
  return new Float64Array(memory.buffer, scratchBytes + 8 * count * n, count * m);
}

describe("one point and many", () => {
  it("evaluate and evaluateBatch agree, for counts around the block sizes", () => {
    const { expr, variables } = parseFormula("exp(-x^2) y + log(1 + y^2)");
    for (const backend of ["wasm", "javascript"] as const) {
      const compiled = compile([expr, expr, parseFormula("2").expr], variables, { backend });
      expect(compiled.backend).toBe(backend);
      for (const count of [1, 127, 128, 129, 6000]) {
        const x = points(count, 2, count);
        const all = run(compiled, x, count, 3);
        const row = new Float64Array(3);
        for (let i = 0; i < count; i += 1) {
          compiled.evaluate(x.subarray(2 * i, 2 * i + 2), row);
          expect(firstDifference(row, all.subarray(3 * i, 3 * i + 3))).toBe(-1);
          expect(row[2]).toBe(2);
        }
      }
    }
  });

  it("a formula without variables, and inputs as outputs", () => {
    for (const backend of ["wasm", "javascript"] as const) {
      expect(compile([parseFormula("1 + 1").expr], [], { backend }).evaluate(new Float64Array(0), new Float64Array(1))[0]).toBe(2);
      const swap = compile([parseFormula("y").expr, parseFormula("x").expr], ["x", "y"], { backend });
      expect([...swap.evaluate(Float64Array.of(1, 2), new Float64Array(2))]).toEqual([2, 1]);
    }
  });
});

describe("without WebAssembly", () => {
  it("falls back to the interpreter", () => {
    const kept = globalThis.WebAssembly;
    try {
      Reflect.deleteProperty(globalThis, "WebAssembly");
      const compiled = compile([parseFormula("x^2").expr], ["x"]);
      expect(compiled.backend).toBe("javascript");
      expect(compiled.evaluate(Float64Array.of(3), new Float64Array(1))[0]).toBe(9);
    } finally {
      globalThis.WebAssembly = kept;
    }
  });
});
