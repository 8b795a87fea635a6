// Two problems and few moves; test/slow/slider.test.ts has all that are solved on the line.
import { afterAll, beforeAll, expect, it } from "vitest";
import { openSite, type Site } from "./site.ts";
import { medianMove } from "./slider.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site?.close());

it.each(["double-well", "varying-noise"])(
  "%s: the learning rate's slider is answered at once",
  async (name) => {
    // by the clock on the wall medians of 220 to 950 ms were seen with twenty others on two processors
    expect(await medianMove(site, name, 10)).toBeLessThan(1500);
  },
  180_000,
);
