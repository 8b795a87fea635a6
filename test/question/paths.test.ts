import { describe, expect, it } from "vitest";
import { sgdPaths } from "../../src/ensemble/sgd.ts";
import { pathBlocks, paths } from "../../src/question/paths.ts";
import { problemOf } from "../ensemble/problems.ts";

const well = problemOf({
  objective: { formula: "x^2/2 + 1.5*exp(-x^2)", variables: ["x"] },
  noise: { gaussian: { sigma: 0.9 } },
  learningRate: 0.2,
  start: [-1.0481470739682048],
  steps: 10,
});

describe("paths", () => {
  it("moments of the final state, HA-SME's step bias in the error", async () => {
    // one step of SGD is Gaussian: mean x - eta f'(x), variance (eta sigma)^2
    const one = { ...well, steps: 1 };
    const { result, performance, command } = await paths(one, { paths: 8192 });
    expect(command).toBe("paths");
    expect(result).toMatchObject({ process: "sgd", paths: 8192, steps: 1, substeps: 1 });
    expect(performance).toBeUndefined();
    const x = well.start[0]!;
    const mean = x - 0.2 * (x - 3 * x * Math.exp(-x * x));
    const m = result.moments!.mean![0]!;
    const v = result.moments!.covariance![0]![0]!;
    expect(Math.abs(m.value - mean)).toBeLessThan(4.5 * m.error);
    expect(Math.abs(v.value - 0.18 ** 2)).toBeLessThan(4.5 * v.error);
    expect(v.error).toBeLessThan(0.03 * v.value);
    const model = await paths(well, { paths: 4096, models: ["ha-sme"], substeps: 2 });
    const sgd = await paths(well, { paths: 4096 });
    expect(model.result.moments!.mean![0]!.error).toBeGreaterThan(sgd.result.moments!.mean![0]!.error);
  });

  it("says how long it took if it is given a clock, and nothing else changes", async () => {
    let now = 0;
    const timed = await paths(well, { paths: 1024, clock: () => ++now });
    expect(timed.performance).toEqual({
      paths: 1024,
      steps: 10,
      seconds: 1,
      compileSeconds: 1,
      backend: "wasm",
      threads: 1,
      normals: "fast",
    });
    expect({ ...timed, performance: undefined }).toEqual({ ...(await paths(well, { paths: 1024 })), performance: undefined });
  });

  it("blocks hold the paths of their numbers, steps as asked", async () => {
    const blocks = [];
    for await (const block of pathBlocks(well, { paths: 600, steps: [0, 3, 10] })) blocks.push(block);
    expect(blocks.map(({ first, count }) => [first, count])).toEqual([
      [0, 256],
      [256, 256],
      [512, 88],
    ]);
    const whole = sgdPaths(well, { paths: 600 });
    for (const { first, count, x } of blocks)
      for (let p = 0; p < count; p++)
        expect(Array.from(x.subarray(3 * p, 3 * p + 3))).toEqual([0, 3, 10].map((k) => whole[first + p]![k]![0]));
  });

  it("refuses several processes, no paths, and models that do not exist at the start", async () => {
    await expect(paths(well, { models: ["sgd", "sme1"] })).rejects.toMatchObject({ code: "question/paths", exitCode: 2 });
    await expect(paths(well, { paths: 0 })).rejects.toMatchObject({ exitCode: 2 });
    await expect(paths(well, { models: ["smee1"] })).rejects.toMatchObject({ exitCode: 2 });
    await expect(paths({ ...well, learningRate: 2, start: Float64Array.of(0.9) }, { models: ["ha-sme"], paths: 64 })).rejects.toMatchObject(
      { exitCode: 3 },
    );
  });
});
