// Time of parsing 64 kB; a file of its own, so that nothing else fills the memory of its process.
import { describe, expect, it } from "vitest";
import { parseFormula } from "../../src/expr/parse.ts";
import { long, size } from "./long-formulas.ts";

describe("time", () => {
  const milliseconds = (work: () => unknown): number => {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };

  /** How busy the machine is: a table of 65 536 strings takes 15 ms of an idle core of 3 GHz, and more where caches and cores are shared. */
  const slowdown = (): number => {
    const table = milliseconds(() => {
      const map = new Map<string, number>();
      for (let i = 0; i < size; i++) map.set(`${i},${i}`, i);
    });
    return Math.max(1, table / 15);
  };

  it.each(long)("of parsing %s is below 100 ms", (name, text) => {
    // The best of five: the compiler warms up, and garbage is collected in between.
    const runs = [1, 2, 3, 4, 5].map(() => milliseconds(() => parseFormula(text)) / slowdown());
    expect(Math.min(...runs), `${name}: ${runs.map((r) => r.toFixed(0)).join(", ")} ms`).toBeLessThan(100);
  });
});
