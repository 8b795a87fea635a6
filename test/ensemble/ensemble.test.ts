// Ensembles: figures depend on the set of paths alone, merging is exact, and what is read is checked.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { coupledProgram } from "../../src/ensemble/coupled.ts";
import { type Ensemble, merging, pathsPerBlock, readEnsemble } from "../../src/ensemble/ensemble.ts";
import { accumulator, combine, standardErrorOf, varianceOf } from "../../src/ensemble/moments.ts";
import { plainEngine, runBlock } from "../../src/ensemble/run.ts";
import { simulate } from "../../src/ensemble/single.ts";
import { modelById } from "../../src/model/index.ts";
import { cosine } from "./problems.ts";

const paths = 4 * pathsPerBlock + 100;
const program = () => coupledProgram(cosine({ steps: 2 }), [modelById("ha-sme")], { kind: "state" }, [1, 2], 2, 1);
const blocks = (() => {
  const made = program();
  return [0, 1, 2, 3, 4].map((block) => runBlock(made, block, paths));
})();
const bytes = (ensemble: Ensemble) => JSON.stringify(ensemble);

describe("ensembles", () => {
  it("merge to the same bytes in any order and any grouping", async () => {
    const whole = bytes(await plainEngine(program(), 0, paths, {}));
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }), fc.integer({ min: 1, max: 4 }), (order, cut) => {
        const join = (list: number[]) => list.map((i) => blocks[i]!).reduce((a, b) => a.merge(b));
        expect(bytes(join(order.slice(0, cut)).merge(join(order.slice(cut))))).toBe(whole);
        expect(bytes(join(order.slice(cut)).merge(join(order.slice(0, cut))))).toBe(whole);
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it("have the moments of all their paths", async () => {
    const ensemble = await plainEngine(program(), 0, paths, {});
    expect(ensemble.paths).toBe(paths);
    const made = program();
    const row = new Float64Array(made.size);
    const figures: number[] = [];
    for (let path = 0; path < paths; path++) {
      made.run(path, row);
      figures.push(row[1]!);
    }
    const mean = figures.reduce((a, b) => a + b) / paths;
    expect(ensemble.moments.mean[1]).toBeCloseTo(mean, 12);
    expect(varianceOf(ensemble.moments, 1)).toBeCloseTo(figures.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (paths - 1), 12);
    expect(standardErrorOf(ensemble.moments, 1)).toBeGreaterThan(0);
  });

  it("come from one that gathers, as it stands each time, to the same bytes", () => {
    const gathered = merging();
    expect(gathered.ensemble()).toBeUndefined();
    let merged: Ensemble | undefined;
    for (const block of blocks) {
      gathered.add(block);
      const before = merged;
      const text = before && bytes(before);
      merged = merged ? merged.merge(block) : block;
      expect(bytes(gathered.ensemble()!)).toBe(bytes(merged));
      // what was handed out before stays as it was
      if (before) expect(bytes(before)).toBe(text);
    }
    expect(() => gathered.add(blocks[2]!)).toThrow(/in common/);
  });

  it("refuse paths that they hold already, and other jobs", () => {
    const two = blocks[0]!.merge(blocks[1]!);
    expect(() => two.merge(blocks[1]!)).toThrow(/in common/);
    expect(() => blocks[0]!.merge(blocks[0]!)).toThrow(/in common/);
    const other = runBlock(coupledProgram(cosine({ steps: 2 }), [], { kind: "state" }, [1, 2], 2, 7), 1, paths);
    expect(() => blocks[0]!.merge(other)).toThrow(/different jobs/);
  });

  it("go through JSON unchanged and merge afterwards", () => {
    const read = blocks.map((block) => readEnsemble(JSON.parse(bytes(block))));
    expect(bytes(read.reduceRight((a, b) => a.merge(b)))).toBe(bytes(blocks.reduce((a, b) => a.merge(b))));
  });

  it.each<[string, (json: ReturnType<typeof JSON.parse>) => void, RegExp]>([
    ["kind", (json) => (json.kind = "x"), /kind/],
    ["job", (json) => (json.job = 3), /job/],
    ["no subtrees", (json) => (json.subtrees = []), /subtrees/],
    ["index", (json) => (json.subtrees[0].index = -1), /index/],
    ["count", (json) => (json.subtrees[0].count = 5000), /count/],
    ["figures", (json) => (json.subtrees[0].mean[0] = "1"), /mean/],
    ["lengths", (json) => json.subtrees[0].squares.pop(), /mean/],
    ["overlap", (json) => json.subtrees.push({ ...json.subtrees[0] }), /disjoint/],
    ["counts", (json) => (json.counts[0] = -2), /counts/],
    ["extremes", (json) => (json.extremes[0] = 4), /extremes/],
  ])("refuse JSON with a wrong %s", (_name, spoil, message) => {
    const json = JSON.parse(bytes(blocks[0]!));
    spoil(json);
    expect(() => readEnsemble(json)).toThrow(message);
  });

  it("keep what does not exist as NaN, and as null in JSON", () => {
    const sums = accumulator(1);
    for (const value of [1, Number.NaN, 2]) sums.add(Float64Array.of(value));
    expect(combine(sums.moments(), sums.moments()).mean[0]).toBeNaN();
  });
});

describe("running", () => {
  it("stops when told to, between blocks", async () => {
    const controller = new AbortController();
    let done = 0;
    const running = plainEngine(program(), 0, paths, {
      signal: controller.signal,
      onProgress: (n) => {
        done = n;
        if (n === 2 * pathsPerBlock) controller.abort();
      },
    });
    await expect(running).rejects.toMatchObject({ code: "ensemble/interrupted", exitCode: 130 });
    expect(done).toBe(2 * pathsPerBlock);
  });

  it("gives way to other tasks between blocks", async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 0);
    await plainEngine(program(), 0, 4 * pathsPerBlock, {});
    await new Promise((resolve) => setTimeout(resolve, 5));
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(0);
  });

  it("simulate averages tests and regions of one process", async () => {
    const problem = cosine({ steps: 5, inside: "x > -1" });
    const { tests, inside, ensemble } = await simulate(problem, {
      tests: problem.tests,
      regions: [problem.inside!],
      steps: [1, 5],
      paths: 2048,
    });
    expect(ensemble.paths).toBe(2048);
    expect(inside[0]![0]!.value).toBeGreaterThanOrEqual(inside[1]![0]!.value);
    // E x_1 = x - eta f'(x)
    const mean = 1.4 - 0.2 * (1.4 + Math.sin(1.4) / 2);
    expect(Math.abs(tests[0]![0]!.value - mean)).toBeLessThan(5 * tests[0]![0]!.error);
  });
});
