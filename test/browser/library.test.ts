// The library in a real browser: the same figures as in Node, byte for byte.
import { readFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compare, readProblem } from "../../src/index.ts";
import { bundle, launch, serve } from "./chromium.ts";

let browser: Browser;
let site: Awaited<ReturnType<typeof serve>>;

beforeAll(async () => {
  const code = await bundle("src/index.ts");
  site = await serve({
    "/": { type: "text/html", body: "<!doctype html><title>test</title>" },
    "/escapement.js": { type: "text/javascript", body: code },
  });
  browser = await launch();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  site?.close();
});

describe("Chromium against Node", () => {
  it.each(["double-well", "quadratic", "varying-noise", "saddle-no-sde"])("compare %s gives the same document", async (name) => {
    const raw = JSON.parse(readFileSync(`examples/${name}.json`, "utf8"));
    const here = JSON.stringify(await compare([readProblem(raw)]));
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(String(error)));
    await page.goto(`${site.address}/`);
    const there = await page.evaluate(
      async ([problem, address]) => {
        const library = await import(`${address}/escapement.js`);
        return JSON.stringify(await library.compare([library.readProblem(problem)]));
      },
      [raw, site.address] as const,
    );
    expect(faults).toEqual([]);
    expect(there).toBe(here);
    await page.close();
  });
});
