// The documentation, built without its long commands, pictures and API pages: every command and program on the pages ends as the page says,
// formulas can be set, links lead somewhere; pages fit a phone, in light and dark, and can be read and used by keyboard and screen reader.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runBlocks } from "../../docs-site/blocks.ts";
import { buildSite } from "../../docs-site/build.ts";
import { brokenLinks } from "../../docs-site/links.ts";
import { render } from "../../docs-site/markdown.ts";
import { pages } from "../../docs-site/pages.ts";
import { type StaticServer, serveFolder } from "../../src/node/static-server.ts";
import { launch } from "../browser/chromium.ts";

const out = mkdtempSync(join(tmpdir(), "escapement-site-"));
let browser: Browser;
let server: StaticServer;

beforeAll(async () => {
  await buildSite({ out, reduced: true });
  server = await serveFolder(out, 0);
  browser = await launch();
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await server?.close();
  rmSync(out, { recursive: true, force: true });
});

it("every Markdown file of docs is a page", () => {
  const files = readdirSync("docs").filter((file) => file.endsWith(".md"));
  expect(files.map((file) => `docs/${file}`).filter((source) => !pages.some((page) => page.source === source))).toEqual([]);
});

it("from the start page a model for a quadratic, a barrier and a network is one click away, at its place", () => {
  const start = readFileSync(join(out, "index.html"), "utf8");
  const choose = readFileSync(join(out, "choose.html"), "utf8");
  for (const place of ["a-quadratic", "a-barrier", "a-network"]) {
    expect(start).toContain(`href="choose.html#${place}"`);
    expect(choose).toContain(`id="${place}"`);
  }
});

it("formulas are set, with MathML beside them, and none is left as text", () => {
  const theory = readFileSync(join(out, "theory.html"), "utf8");
  expect((theory.match(/<math /g) ?? []).length).toBeGreaterThan(250);
  const visible = theory.replace(/<annotation[\s\S]*?<\/annotation>/g, "");
  expect(visible).not.toMatch(/\\(frac|eta|Sigma)/);
});

describe("the link check", () => {
  it.each([
    ['<a href="nowhere.html">', "there is no such file"],
    ['<a href="index.html#nowhere">', "there is no such place"],
    ['<a href="http://example.org/">', "allowed: https"],
    ['<img src="../outside.png">', "leaves the site"],
    ['<p id="a"></p><p id="a"></p>', "stands twice"],
  ])("refuses %s", (markup, fault) => {
    const path = join(out, "spoilt.html");
    writeFileSync(path, markup);
    const faults = brokenLinks(out, /^(api|gallery)\//);
    rmSync(path);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(fault);
  });
});

describe("blocks that are run", () => {
  const run = (text: string) => runBlocks("test.md", `\n${text}\n`, { slow: false });
  it("show what was printed", async () => {
    const recorded = await run("```js run\nconsole.log(1 + 1); // 2\n```");
    expect(recorded.get(1)?.output).toBe("2");
  });
  it.each([
    ["```js run\nconsole.log(1 + 1); // 3\n```", "should print 3"],
    ["```python run\nprint(1 + 1)  # 3\n```", "should print 3"],
    ["```console run\n$ escapement law nothing-of-the-kind\n```", "ended with exit code 2, should with 0"],
    ["```console runs\n$ escapement\n```", "found runs after a fence"],
  ])("refuse what goes otherwise: %s", async (text, fault) => {
    await expect(run(text)).rejects.toThrow(fault);
  });
  it("and a formula that cannot be set stops the build", () => {
    expect(() => render("# t\n\n$\\nosuch{$", { source: "t.md", address: (link) => link })).toThrow("cannot be set");
  });
});

// contrast hangs on the colours, what scrolls on the width: two of the four pairs have both
describe.each([
  ["light", 360],
  ["dark", 1280],
] as const)("%s, %d pixels wide", (colorScheme, width) => {
  it("nothing fails, nothing scrolls sideways, and axe finds nothing", async () => {
    const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, bypassCSP: true });
    const page = await context.newPage();
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("console", (message) => faults.push(message.text()));
    page.on("response", (response) => {
      if (response.status() >= 400) faults.push(response.url());
    });
    // each kind of page: start, tables, formulas, outputs, figures, programs
    for (const path of ["index", "choose", "theory", "commands", "gallery", "notebook", "errors", "sbea"]) {
      await page.goto(new URL(`${path}.html`, server.address).href);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(width);
      if (path === "sbea") continue; // axe takes a minute for its 2000 formulas, which theory has as well
      await page.addScriptTag({ content: axe });
      const violations = await page.evaluate<string[]>(
        "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] }).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes[0].html.slice(0, 200)))",
      );
      expect(violations, path).toEqual([]);
    }
    expect(faults).toEqual([]);
    await context.close();
  }, 120_000);
});

it("by keyboard: the first stop skips to the text; the menu of narrow screens opens and leads on", async () => {
  const page = await browser.newPage({ viewport: { width: 360, height: 700 } });
  await page.goto(new URL("index.html", server.address).href);
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to the text");
  await page.locator(".menu summary").focus();
  await page.keyboard.press("Enter");
  await page.locator('.menu a[href="choose.html"]').focus();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/choose.html");
  await page.close();
});
