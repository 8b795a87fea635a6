// A report page made from real answers, in a real browser: nothing fails, nothing scrolls sideways, no text is cut, figures have names,
// downloads deliver what Node would write, and a problem's text stays text.
import { readFileSync } from "node:fs";
import { parseHTML } from "linkedom";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Answer, CompareResult } from "../../src/answer/index.ts";
import { compare, map, readProblem } from "../../src/index.ts";
import { createDocument } from "../../src/node/document.ts";
import { comparePage, csv, type Figure, mapPage, problemFigures, standaloneSvg, svgMarkup } from "../../src/report/index.ts";
import { launch, serve } from "./chromium.ts";

const hostile = "<img src=x onerror=alert(1)>";
const raw = (name: string) => JSON.parse(readFileSync(`examples/${name}.json`, "utf8"));

let browser: Browser;
let site: Awaited<ReturnType<typeof serve>>;
let answer: Answer<CompareResult>;
/** By the id of its card on the page. */
let figures: Map<string, Figure>;

beforeAll(async () => {
  answer = await compare([readProblem({ ...raw("quadratic"), name: hostile }), readProblem(raw("double-well"))]);
  const document = createDocument();
  figures = new Map(
    answer.result.problems.flatMap((each, i) =>
      problemFigures(each, { document, problem: each.problem, descriptions: each.descriptions, idPrefix: `p${i + 1}-` }).map(
        (figure): [string, Figure] => [`p${i + 1}-${figure.kind}`, figure],
      ),
    ),
  );
  const axes = { eta: [0.1, 0.2, 0.4, 0.8], sigma: [0.5, 1, 1.5, 2] };
  const mapped = await map(readProblem(raw("quadratic")), { question: "law", axes });
  const html = (body: string) => ({ type: "text/html; charset=utf-8", body });
  site = await serve({
    "/": html(comparePage(answer, { document, command: "npx escapement compare" })),
    "/map": html(mapPage(mapped, { document, command: "npx escapement map" })),
  });
  browser = await launch();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  site?.close();
});

/** Opens the page; whatever the browser complains about is collected. */
async function open(width: number, colorScheme: "light" | "dark", path = "/"): Promise<{ page: Page; faults: string[] }> {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  const faults: string[] = [];
  page.on("console", (message) => faults.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("dialog", (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    // the browser itself asks for an icon
    if (request.url() !== site.address + path && !request.url().endsWith("/favicon.ico")) faults.push(`request: ${request.url()}`);
  });
  await page.goto(site.address + path);
  return { page, faults };
}

const withoutIcon = (faults: readonly string[]) => faults.filter((each) => !/404/.test(each));

describe.each([
  ["light", 360],
  ["light", 1440],
  ["dark", 360],
  ["dark", 1440],
] as const)("%s, %d pixels wide", (scheme, width) => {
  test("nothing fails and nothing scrolls sideways", async () => {
    const { page, faults } = await open(width, scheme);
    for (const details of await page.locator("details").all()) await details.evaluate((each) => each.setAttribute("open", ""));
    const [scroll, paper, ink] = await page.evaluate(() => {
      const style = getComputedStyle(document.body);
      return [document.documentElement.scrollWidth, style.backgroundColor, style.color] as const;
    });
    expect(scroll).toBeLessThanOrEqual(width);
    const lightness = (colour: string) => (colour.match(/\d+/g) ?? []).slice(0, 3).reduce((sum, each) => sum + Number(each), 0);
    expect(lightness(paper) > lightness(ink)).toBe(scheme === "light");
    expect(withoutIcon(faults)).toEqual([]);
    await page.close();
  });

  test("every figure is an image with a name, and the page shows those that there are", async () => {
    const { page } = await open(width, scheme);
    expect(figures.size).toBeGreaterThan(20);
    expect(await page.locator("figure").evaluateAll((all) => all.map((each) => each.id))).toEqual([...figures.keys()]);
    for (const [id, figure] of figures) {
      const image = page.locator(`#${id}`).getByRole("img", { name: figure.svg.getAttribute("aria-label")!, exact: true });
      expect(await image.count(), id).toBe(1);
      expect((await image.boundingBox())!.height, id).toBeGreaterThan(60);
    }
    await page.close();
  });
});

/** Texts of figures that are cut off or written over another. */
const textFaults = (page: Page, least: number) =>
  page.evaluate((fewest) => {
    const found: string[] = [];
    let seen = 0;
    for (const figure of document.querySelectorAll("figure")) {
      const texts = [...figure.querySelectorAll("svg text")].filter((each) => each.textContent !== "");
      const boxes = texts.map((each) => each.getBoundingClientRect());
      seen += texts.length;
      texts.forEach((text, i) => {
        const box = boxes[i]!;
        // A panel clips what leaves it. Boxes are taller than letters: two pixels above and below are air.
        for (let svg = text.closest("svg"); svg; svg = svg.parentElement?.closest("svg") ?? null) {
          const edge = svg.getBoundingClientRect();
          if (box.left < edge.left - 0.5 || box.right > edge.right + 0.5 || box.top < edge.top - 2 || box.bottom > edge.bottom + 2)
            found.push(`${figure.id}: "${text.textContent}" is cut`);
        }
        for (const [j, other] of boxes.slice(0, i).entries()) {
          const across = Math.min(box.right, other.right) - Math.max(box.left, other.left);
          const down = Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top);
          if (across > 1 && down > 5) found.push(`${figure.id}: "${text.textContent}" lies on "${texts[j]!.textContent}"`);
        }
      });
    }
    // That there are texts to look at.
    return seen > fewest ? found : [`only ${seen} texts`];
  }, least);

test("no text of a figure is cut off or written over another", async () => {
  const { page } = await open(1440, "light");
  expect(await textFaults(page, 300)).toEqual([]);
  await page.close();
});

test.each(["light", "dark"] as const)("a map, %s: nothing fails, no text is cut, regions have names", async (scheme) => {
  for (const width of [360, 1440]) {
    const { page, faults } = await open(width, scheme, "/map");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    expect(await textFaults(page, 50)).toEqual([]);
    const image = page.getByRole("img", { name: /^Best model over learning rate/ });
    expect(await image.count()).toBe(1);
    // HA-SME is exact on a quadratic below z = 1; the map goes beyond.
    expect(await image.locator("text", { hasText: /^HA-SME$/ }).count()).toBe(1);
    expect(await image.locator("text", { hasText: /^z = 1$/ }).count()).toBe(2);
    expect(withoutIcon(faults)).toEqual([]);
    await page.close();
  }
});

describe("downloads", () => {
  const saved = async (page: Page, id: string, what: "svg" | "csv"): Promise<{ name: string; text: string }> => {
    const waiting = page.waitForEvent("download");
    await page.locator(`#${id} button[data-save="${what}"]`).click();
    const download = await waiting;
    return { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
  };

  /** Every figure's file in turn. Chromium asks the reader before an eleventh download from one page: it is loaded again before that. */
  async function each(what: "svg" | "csv", check: (id: string, figure: Figure, text: string, page: Page) => void | Promise<void>) {
    const { page, faults } = await open(1440, "dark");
    let count = 0;
    for (const [id, figure] of figures) {
      if (++count % 8 === 0) await page.reload();
      const { name, text } = await saved(page, id, what);
      expect(name).toBe(`${id}.${what}`);
      await check(id, figure, text, page);
    }
    expect(withoutIcon(faults)).toEqual([]);
    await page.close();
  }

  test("data are the figure's own, to the last digit", () => each("csv", (id, figure, text) => expect(text, id).toBe(csv(figure.data))));

  test("drawings are those that Node writes, in light colours, and well formed", () =>
    each("svg", async (id, figure, text, page) => {
      expect(text).not.toContain("var(");
      // Two ways of writing the same tree: attributes in any order, characters escaped or not.
      expect(canonical(text), id).toBe(canonical(standaloneSvg(figure)));
      const root = await page.evaluate((svg) => new DOMParser().parseFromString(svg, "image/svg+xml").documentElement.nodeName, text);
      expect(root, id).toBe("svg");
    }));
});

function canonical(svg: string): string {
  const { document } = parseHTML(`<!doctype html><html><body>${svg}</body></html>`);
  return svgMarkup(document.querySelector("svg") as unknown as Element);
}

test("a problem's text is text", async () => {
  const { page, faults } = await open(1440, "light");
  expect(await page.locator("img").count()).toBe(0);
  expect(await page.locator("#problem-1").textContent()).toBe(hostile);
  expect(await page.title()).toBe("Which model of SGD is right?");
  expect(await page.locator("nav a").first().textContent()).toBe(hostile);
  expect(withoutIcon(faults)).toEqual([]);
  await page.close();
});
