// A slider's change in one dimension without a closed form: how soon the densities of SGD and of four models are those of the new problem, and
// what processor time that takes, which a busy machine does not stretch.
import { expect } from "vitest";
import { answered, mainTasks, openPage, type Site, workerTasks } from "./site.ts";

const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** In the page: moves the slider, waits until the picture is that of the new problem, rests; milliseconds by move. */
const drag = (moves: number): string => `(async () => {
  const slider = document.querySelector("#slider-Learning-rate");
  const exact = document.querySelector("[aria-label='Learning rate, exact value']");
  const stage = document.querySelector("svg.stage");
  const out = [];
  for (let k = 0; k < ${moves}; k++) {
    const begin = performance.now();
    const painted = new Promise((done) => {
      const observer = new MutationObserver(() => {
        if (Number(stage.dataset.eta) !== Number(exact.value) || stage.dataset.detail !== "draft") return;
        observer.disconnect();
        done();
      });
      observer.observe(stage, { attributes: true });
    });
    slider.value = String(Number(slider.value) + (k % 2 === 0 ? 3 : -2));
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await painted;
    out.push(performance.now() - begin);
    await new Promise((rest) => setTimeout(rest, 60));
  }
  return out;
})()`;

/** Moves the learning rate's slider of a problem of the gallery; the median of the waits, in milliseconds. */
export async function medianMove(site: Site, name: string, moves: number): Promise<number> {
  const { page, faults } = await openPage(site, { hash: `gallery=${name}` });
  await answered(page);
  await page.locator("[data-figure=picture] .progress").waitFor({ state: "hidden", timeout: 45_000 });
  // a hand on a slider moves it often: the first moves are those of an engine that does not know the code yet
  const first = await page.evaluate<number[]>(drag(moves));
  await site.browser.startTracing(page, { categories: ["toplevel"] });
  const times = await page.evaluate<number[]>(drag(moves));
  const trace = await site.browser.stopTracing();
  const sum = (tasks: readonly number[]): number => tasks.reduce((a, b) => a + b, 0) / moves;
  const [own, workers] = [sum(mainTasks(trace)), sum(workerTasks(trace))];
  console.log(
    `${name}: median ${middle(times).toFixed(0)} ms (${Math.min(...times).toFixed(0)} to ${Math.max(...times).toFixed(0)}; the ${moves} moves before: ${middle(first).toFixed(0)}); processor ${own.toFixed(0)} ms of the page and ${workers.toFixed(0)} ms of workers a move`,
  );
  expect(times.length).toBe(moves);
  // 100 ms is the aim for the picture (test/slow/slider.test.ts). This is all that page and workers do for a move, one after another, 50 to 95 ms;
  // a neighbour on the same core makes that half as long again
  expect(workers).toBeGreaterThan(5);
  expect(own + workers).toBeLessThan(150);
  // the draft tells its error, and the figures of the command take its place
  await page.waitForSelector("svg.stage[data-detail=densities]", { timeout: 30_000 });
  expect(await page.locator("[data-figure=picture] figcaption").innerText()).toMatch(/Right to \d\S* of the highest/);
  expect(faults).toEqual([]);
  await page.context().close();
  return middle(times);
}
