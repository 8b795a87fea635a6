// What a tolerance will cost is foretold before it is paid, and close to what is paid; figures do not hang on it.
import { describe, expect, it } from "vitest";
import { sampleExit } from "../../src/ensemble/exit.ts";
import type { SampleForecast } from "../../src/ensemble/options.ts";
import { sampleWeak } from "../../src/ensemble/weak.ts";
import { modelById } from "../../src/model/index.ts";
import { cosine } from "./problems.ts";

const ha = [modelById("ha-sme")];
/** A clock of one second a look. */
const ticking = () => {
  let now = 0;
  return () => now++;
};

describe("what a tolerance costs", () => {
  // no polynomial of degree 2 tells anything of this: as many paths are needed as without a control
  const problem = cosine({ steps: 5, tests: ["1 + sin(12*x)"] });

  it.each([undefined, 4])("weak values, substeps %s: within one doubling of what was used", async (substeps) => {
    const heard: SampleForecast[] = [];
    const totals: number[] = [];
    const options = { tolerance: 0.01, ...(substeps === undefined ? {} : { substeps }) };
    const told = await sampleWeak(problem, ha, {
      ...options,
      clock: ticking(),
      onSampleForecast: (forecast) => void heard.push(forecast),
      onProgress: (_done, total) => void totals.push(total),
    });
    expect(heard.length).toBe(1);
    const [{ what, paths, enough, pathSteps, seconds }] = heard as [SampleForecast];
    expect(what).toBe("weak errors");
    expect(enough).toBe(true);
    expect(told.paths).toBeGreaterThan(8192);
    expect(Math.abs(Math.log2(told.paths / paths))).toBeLessThanOrEqual(1);
    expect(pathSteps).toBe(5 * paths);
    expect(seconds).toBeGreaterThan(0);
    // the bar's total is what was foretold, unless more was needed
    expect(totals.at(-1)).toBe(Math.max(paths, told.paths));
    const untold = await sampleWeak(problem, ha, options);
    expect(untold.rows).toEqual(told.rows);
  });

  it("says when the paths that are allowed will not do, and without a clock no time", async () => {
    const heard: SampleForecast[] = [];
    const onSampleForecast = (forecast: SampleForecast) => void heard.push(forecast);
    await sampleWeak(problem, ha, { tolerance: 1e-6, paths: 2048, onSampleForecast });
    expect(heard).toEqual([{ what: "weak errors", paths: 2048, enough: false, pathSteps: 5 * 2048, seconds: undefined }]);
  });

  it("exits: one forecast a process, path-steps by the pilot's mean", async () => {
    const heard: SampleForecast[] = [];
    const at = cosine({ inside: "x > 0", start: [0.5] });
    const found = await sampleExit(at, ha, { tolerance: 0.05, maxSteps: 1e4, onSampleForecast: (forecast) => void heard.push(forecast) });
    expect(heard.map(({ what }) => what)).toEqual(["exit of SGD", "exit of HA-SME"]);
    const mean = found.sgd.meanSteps!.value;
    expect(heard[0]!.pathSteps / heard[0]!.paths / mean).toBeGreaterThan(0.9);
    expect(heard[0]!.pathSteps / heard[0]!.paths / mean).toBeLessThan(1.1);
  });

  it("nothing is foretold where no tolerance is asked for", async () => {
    await sampleWeak(problem, ha, { paths: 1024, onSampleForecast: () => expect.fail("a forecast without a tolerance") });
  });
});
