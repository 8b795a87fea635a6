// Each guided tour, step by step: predict, reveal, what was measured; links to steps.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tours } from "../../studio/tour/tours.ts";
import { answered, openPage, openSite, type Site, until } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
}, 120_000);
afterAll(() => site?.close());

/** What each step's measurement must say for its words to be true. */
const measured: Readonly<Record<string, readonly RegExp[]>> = {
  quadratic: [/^$/, /SME-1 0\.1\d+; .*HA-SME exact/, /SPF 0\.\d+; HA-SME exact/],
  limits: [
    /SME-1 0\.\d+; HA-SME exact/,
    /HA-SME's law: no figure/,
    /even steps: exact/,
    /SGD leaves after .* SME-1 stays: fewer than one path in a million/,
  ],
  saddle: [/SME-1 \d.*HA-SME exact/, /HA-SME as SGD|HA-SME .*(fast|slow)/, /SME-1 .*HA-SME exact/],
  barrier: [/HA-SME 0\.0\d+/, /HA-SME 27 % fast/, /HA-SME 27 % fast; HA-SME-3 † \d(\.\d)? % fast/],
  none: [/negative part is 0\.\d+/, /negative part is 0\.\d+|e-\d+/],
};

describe.each(tours)("$id", (tour) => {
  it("can be taken", async () => {
    const { page, faults } = await openPage(site, { hash: `tour=${tour.id}&step=1` });
    expect(measured[tour.id]!.length).toBe(tour.steps.length);
    for (const [i, step] of tour.steps.entries()) {
      await page.getByRole("heading", { name: step.title }).waitFor();
      await answered(page);
      if (step.predict) {
        expect(await page.locator(".measured").count()).toBe(0);
        await page.locator(".predict label").nth(step.predict.right).click();
        await page.getByRole("button", { name: "Reveal", exact: true }).click();
        expect(await page.locator(".predict").innerText()).toContain("As you said.");
      }
      if (step.measured) await until(page, `!/being computed/.test(document.querySelector(".measured").textContent)`);
      const words = step.measured ? (await page.locator(".measured").innerText()).replace("Measured: ", "") : "";
      expect(words, `${tour.id} ${i + 1}`).toMatch(measured[tour.id]![i]!);
      await until(page, `location.hash.startsWith("#tour=${tour.id}&step=${i + 1}")`);
      if (i + 1 < tour.steps.length) await page.getByRole("button", { name: "Next" }).click();
    }
    expect(await page.getByRole("button", { name: "Next" }).isDisabled()).toBe(true);
    await page.getByRole("button", { name: "End the tour" }).click();
    expect(await page.locator(".tour").count()).toBe(0);
    expect(faults).toEqual([]);
    await page.context().close();
  });
});

it("a tour that there is not is told", async () => {
  const { page } = await openPage(site, { hash: "tour=nowhere" });
  await page.getByRole("alert").waitFor();
  expect(await page.getByRole("alert").innerText()).toMatch(/no tour "nowhere"; there are: quadratic/);
  await page.context().close();
});
