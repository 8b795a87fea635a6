// A slider's change in one dimension without a closed form: how soon the densities of SGD and of four models are those of the new problem.
import { afterAll, beforeAll, expect, it } from "vitest";
import { answered, openPage, openSite, type Site } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
}, 120_000);
afterAll(() => site?.close());

it.each(["double-well", "asymmetric-well", "quartic", "varying-noise"])(
  "%s: the learning rate's slider is answered at once",
  async (name) => {
    const { page, faults } = await openPage(site, { hash: `gallery=${name}` });
    await answered(page);
    const times = await page.evaluate<number[]>(`(async () => {
    const slider = document.querySelector("#slider-Learning-rate");
    const exact = document.querySelector("[aria-label='Learning rate, exact value']");
    const out = [];
    for (let k = 0; k < 11; k++) {
      const begin = performance.now();
      slider.value = String(Number(slider.value) + (k % 2 === 0 ? 3 : -2));
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      do await new Promise((drawn) => setTimeout(drawn, 2));
      while (Number(document.querySelector("svg.stage").dataset.eta) !== Number(exact.value) || performance.now() - begin < 4);
      out.push(performance.now() - begin);
      await new Promise((rest) => setTimeout(rest, 60));
    }
    return out;
  })()`);
    const median = [...times].sort((a, b) => a - b)[5]!;
    console.log(`${name}: ${times.map((t) => t.toFixed(0)).join(" ")} ms, median ${median.toFixed(0)}`);
    // 100 ms is the aim, and this does not show that it is met: medians of 139 to 490 ms were seen on two cores with a load of 11 to 14
    // (docs/studio.md). What is caught is a slider that waits for the full answer again
    expect(median).toBeLessThan(1500);
    // the draft tells its error, and the figures of the command take its place
    await page.waitForSelector("svg.stage[data-detail=densities]", { timeout: 30_000 });
    expect(await page.locator("[data-figure=picture] figcaption").innerText()).toMatch(/Right to \d\S* of the highest/);
    expect(faults).toEqual([]);
    await page.context().close();
  },
);
