// The studio's slider on a machine that does nothing else: the picture follows within 100 ms.
import { afterAll, beforeAll, expect, it } from "vitest";
import { openSite, type Site } from "../studio/site.ts";
import { medianMove } from "../studio/slider.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site?.close());

it.each(["double-well", "asymmetric-well", "quartic", "varying-noise"])(
  "%s: the learning rate's slider is answered at once",
  async (name) => {
    expect(await medianMove(site, name, 20)).toBeLessThan(100);
  },
);
