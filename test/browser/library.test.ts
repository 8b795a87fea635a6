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

/** Where two texts part, with what stands there: readable where whole documents are not. */
function firstDifference(a: string, b: string): string {
  if (a === b) return "";
  let k = 0;
  while (a[k] === b[k]) k++;
  return `at ${k}: ${a.slice(Math.max(0, k - 200), k + 80)} | ${b.slice(Math.max(0, k - 20), k + 80)}`;
}

describe("Chromium against Node", () => {
  it.each(["double-well", "quadratic", "varying-noise", "saddle-no-sde"])("compare %s gives the same document", async (name) => {
    const raw = JSON.parse(readFileSync(`examples/${name}.json`, "utf8"));
    const here = JSON.stringify(await compare([readProblem(raw)]));
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(String(error)));
    await page.goto(`${site.address}/`);
    // a text, not a function: the test runner rewrites import() in functions
    const there = await page.evaluate<string>(
      `import("/escapement.js").then(async (library) => JSON.stringify(await library.compare([library.readProblem(${JSON.stringify(raw)})])))`,
    );
    expect(faults).toEqual([]);
    expect(firstDifference(there, here)).toBe("");
    await page.close();
  });
});
