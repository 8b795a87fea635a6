// docs/notebook.md from the packed tarball, unpacked into an empty folder, in a real browser: the plain page, the page with a worker, and the
// notebook's cells in Observable's runtime.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, expect, it } from "vitest";
import { fences } from "../../docs-site/markdown.ts";
import { compare, exit, readProblem } from "../../src/index.ts";
import { compareTable } from "../../src/report/index.ts";
import { launch, serve } from "../browser/chromium.ts";

const folder = mkdtempSync(join(tmpdir(), "escapement-page-"));
const blocks = fences(readFileSync("docs/notebook.md", "utf8"));
let browser: Browser;
let server: Awaited<ReturnType<typeof serve>>;

beforeAll(async () => {
  const [packed] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], { encoding: "utf8" }),
  );
  const site = join(folder, "site");
  mkdirSync(site);
  execFileSync("tar", ["xzf", join(folder, packed.filename), "-C", folder]);
  writeFileSync(join(site, "escapement.js"), readFileSync(join(folder, "package/dist/browser/escapement.js")));
  for (const { info, content } of blocks) {
    const file = /file=(\S+)/.exec(info)?.[1];
    if (file) writeFileSync(join(site, file), content);
  }
  writeFileSync(join(site, "notebook.html"), notebookPage(blocks.find(({ info }) => info === "js cells")!.content));
  await build({
    configFile: false,
    logLevel: "error",
    build: {
      outDir: site,
      emptyOutDir: false,
      lib: { entry: "node_modules/@observablehq/runtime/src/index.js", formats: ["es"], fileName: () => "runtime.js" },
    },
  });
  // a server without a policy of its own, as any static host
  const type = (file: string): string => (file.endsWith(".js") ? "text/javascript" : "text/html; charset=utf-8");
  server = await serve(
    Object.fromEntries(readdirSync(site).map((file) => [`/${file}`, { type: type(file), body: readFileSync(join(site, file), "utf8") }])),
  );
  browser = await launch();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Observable's cells as variables of its runtime: "name = expression", or an expression alone. */
function notebookPage(source: string): string {
  const cells = source
    .trim()
    .split(/\n\n/)
    .map((cell) => {
      const [, name, expression] = /^(?:([a-z]+) = )?([\s\S]*)$/.exec(cell)!;
      return { name, expression: expression! };
    });
  const known = [...cells.flatMap(({ name }) => name ?? []), "FileAttachment"];
  const defined = cells.map(({ name, expression }) => {
    const inputs = known.filter((each) => each !== name && new RegExp(`(?<![."\\w])${each}\\b(?!:)`).test(expression));
    return `main.variable(observer()).define(${JSON.stringify(name ?? null)}, ${JSON.stringify(inputs)}, async (${inputs.join(", ")}) => (${expression}));`;
  });
  return `<!doctype html><meta charset="utf-8"><title>notebook</title><body><script type="module">
import { Runtime } from "./runtime.js";
const shown = (value) => document.body.append(value instanceof Element ? value : Object.assign(document.createElement("p"), { textContent: typeof value }));
const failed = (error) => document.body.append(Object.assign(document.createElement("p"), { className: "failed", textContent: String(error.message) }));
const observer = () => ({ pending() {}, fulfilled: shown, rejected: failed });
const runtime = new Runtime({ FileAttachment: () => (name) => ({ url: async () => new URL(name, location).href }) });
const main = runtime.module();
${defined.join("\n")}
</script></body>`;
}

async function open(path: string): Promise<{ page: Page; faults: string[]; logged: unknown[] }> {
  const page = await browser.newPage({ viewport: { width: 900, height: 900 } });
  const faults: string[] = [];
  const logged: unknown[] = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", async (message) => {
    if (message.type() === "log") logged.push(await message.args()[0]?.jsonValue());
    // the browser itself asks for an icon
    else if (!/404/.test(message.text())) faults.push(message.text());
  });
  await page.goto(new URL(path, server.address).href);
  return { page, faults, logged };
}

const raw = {
  objective: { formula: "x^2/2 + 1.5*exp(-x^2)" },
  noise: { gaussian: { sigma: 0.9 } },
  learningRate: 0.2,
  start: [-1.05],
  steps: 50,
  inside: "x < 0",
};

it("a plain page has the figures of Node, drawings and the table", async () => {
  const { page, faults, logged } = await open("page.html");
  await page.waitForFunction(() => document.getElementById("table")!.textContent !== "", undefined, { timeout: 60_000 });
  const problem = readProblem(raw);
  const answer = await exit(problem, { models: ["sme1", "ha-sme", "ha-sme-3"] });
  expect(logged).toEqual([answer.result.models["ha-sme"]!.watchedLikeSgd!.meanSteps]);
  const boxes = await page.locator("figure > svg[role=img]").evaluateAll((all) => all.map((each) => each.getBoundingClientRect().height));
  expect(boxes.length).toBeGreaterThanOrEqual(3);
  for (const height of boxes) expect(height).toBeGreaterThan(60);
  expect(await page.locator("#table").textContent()).toBe(compareTable(await compare([problem]), { width: 100 }));
  expect(faults).toEqual([]);
  await page.close();
}, 90_000);

it("a worker answers and the page draws", async () => {
  const { page, faults } = await open("with-worker.html");
  await page.locator("svg[role=img]").nth(5).waitFor({ timeout: 60_000 });
  expect(faults).toEqual([]);
  await page.close();
}, 90_000);

it("an Observable notebook shows a figure as a cell's value", async () => {
  const { page, faults } = await open("notebook.html");
  await page.locator("body > svg[role=img], p.failed").first().waitFor({ timeout: 60_000 });
  expect(await page.locator("p.failed").allTextContents()).toEqual([]);
  expect(await page.locator("body > svg[role=img]").getAttribute("aria-label")).toMatch(/densit/i);
  expect(faults).toEqual([]);
  await page.close();
}, 90_000);

it("the one file imports nothing", () => {
  const code = readFileSync(join(folder, "package/dist/browser/escapement.js"), "utf8");
  expect(code).not.toMatch(/\bimport\s*[\w{*][^;]*\bfrom\s*["']/);
  expect(code).not.toMatch(/\bfrom\s*["']node:/);
});
