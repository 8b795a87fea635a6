// The studio in a browser, used as people use it: figures that are the command's, fields, files, links, exports, keys, phones.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compare, law, readProblem, sampling } from "../../src/index.ts";
import { answered, longestTask, mainTasks, openPage, openSite, type Site, saved, until } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
}, 120_000);
afterAll(() => site?.close());

const raw = (name: string) => JSON.parse(readFileSync(`examples/${name}.json`, "utf8"));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core"), "utf8");

/** The value at a path of field names and indices. */
const at = (value: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((from, field) => (from as Record<string, unknown> | null)?.[field] ?? null, value);

describe("figures", () => {
  it.each(["double-well", "quadratic"])("%s: never held up, and its numbers are the command's, byte for byte", async (name) => {
    // the double well is what the page begins with
    const hash = name === "double-well" ? undefined : `gallery=${name}`;
    const open = async () => {
      const opened = await openPage(site, { traced: true, hash });
      await answered(opened.page);
      return { ...opened, longest: longestTask(await site.browser.stopTracing()) };
    };
    let { page, faults, longest } = await open();
    // a page that is slow is slow every time; a busy machine is not
    for (let again = 0; longest >= 80 && again < 2; again++) {
      await page.context().close();
      ({ page, faults, longest } = await open());
    }
    // 50 ms likewise: busy neighbours on the same core slow the thread itself
    expect(longest).toBeLessThan(80);
    const told = new Map<string, string>();
    for (const tab of ["Laws", "Averages", "Exits"]) {
      await page.getByRole("tab", { name: tab }).click();
      for (const [path, value] of await page
        .locator("[data-path]")
        .evaluateAll((all) => all.map((each): [string, string] => [each.getAttribute("data-path")!, each.getAttribute("data-value")!])))
        told.set(path, value);
    }
    // as `escapement compare NAME --json` prints it
    const document = JSON.parse(JSON.stringify(await compare([readProblem(raw(name))], { sampling })));
    expect(told.size).toBeGreaterThan(25);
    for (const [path, value] of told) expect(value, path).toBe(JSON.stringify(at(document.result.problems[0], path)));
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it("the moving picture's densities are those of `law`", async () => {
    const { page } = await openPage(site, { hash: "gallery=maximum" });
    await answered(page);
    const picture = page.locator("[data-figure=picture]");
    await page.locator("[data-figure=picture] .progress").waitFor({ state: "hidden" });
    const drawing = await saved(page, () => picture.locator("[data-save=svg]").click());
    expect(drawing.text).toMatch(/>SGD<.*>SME-1<.*>HA-SME</s);
    const { text } = await saved(page, () => picture.locator("[data-save=csv]").click());
    const { result } = await law(readProblem(raw("maximum")), { at: [12] });
    const density = result.sgd.laws[0]!.density!;
    const rows = text
      .split("\r\n")
      .filter((row) => row.includes(",sgd,"))
      .map((row) => row.split(",").slice(2).map(Number));
    expect(rows).toEqual(density.x.map((x, i) => [x, density.p[i]!, density.error]));
    await page.context().close();
  });

  it("each is an image with a name and is saved as SVG, PNG and CSV", async () => {
    const { page, faults } = await openPage(site, { hash: "gallery=maximum" });
    await answered(page);
    const seen: string[] = [];
    for (const tab of ["Laws", "Averages", "Exits", "Curvature", "Why"]) {
      await page.getByRole("tab", { name: tab }).click();
      for (const figure of await page.locator("figure[data-figure]").all()) {
        const kind = (await figure.getAttribute("data-figure"))!;
        if (seen.includes(kind)) continue;
        seen.push(kind);
        expect(await figure.locator("[role=img][aria-label]").count(), kind).toBeGreaterThan(0);
        const svg = await saved(page, () => figure.locator("[data-save=svg]").click());
        expect(svg.text, kind).toMatch(/^<svg/);
        expect(svg.text, kind).not.toContain("var(");
        // the page's policy forbids the root's style, which a file has
        const bare = svg.text.replace(/^<svg style="[^"]*"/, "<svg");
        expect(await page.evaluate((text) => new DOMParser().parseFromString(text, "image/svg+xml").documentElement.nodeName, bare)).toBe(
          "svg",
        );
        const png = await saved(page, () => figure.locator("[data-save=png]").click());
        expect(png.text.slice(1, 4), kind).toBe("PNG");
        expect(png.text.length, kind).toBeGreaterThan(2000);
        const csv = await saved(page, () => figure.locator("[data-save=csv]").click());
        expect(csv.text.split("\r\n").length, kind).toBeGreaterThan(1);
      }
    }
    expect(seen.length).toBeGreaterThan(12);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it("two dimensions: a hundred thousand particles of SGD and of a model, ellipses, a saved picture", async () => {
    const { page, faults } = await openPage(site, { hash: "gallery=saddle", scheme: "dark" });
    await page.getByText("100,352 particles each").or(page.getByText("100,000 particles each")).waitFor({ timeout: 40_000 });
    const image = page.getByRole("img", { name: /Contours of the objective with the particles of SGD and of HA-SME/ });
    expect(await image.locator("canvas").count()).toBe(2);
    expect(await image.locator("path[stroke-dasharray]").count()).toBe(2);
    const { text } = await saved(page, () => page.locator("[data-figure=picture] [data-save=svg]").click());
    expect(text).toContain("data:image/png;base64,");
    const csv = await saved(page, () => page.locator("[data-figure=picture] [data-save=csv]").click());
    expect(csv.text).toMatch(/12,sgd,.*,exact/);
    expect(faults).toEqual([]);
    await page.context().close();
  });
});

it("the first picture is soon there", async () => {
  const [times, own]: number[][] = [[], []];
  for (let k = 0; k < 3; k++) {
    const begin = performance.now();
    const { page } = await openPage(site, { traced: true });
    await page.waitForSelector("[role=img][aria-label]");
    times.push(performance.now() - begin);
    own.push(mainTasks(await site.browser.stopTracing()).reduce((a, b) => a + b, 0));
    await page.context().close();
  }
  const told = (all: readonly number[]): string => all.map((t) => t.toFixed(0)).join(", ");
  console.log(`first picture after ${told(times)} ms, ${told(own)} of them the page's own`);
  // 1500 ms is what a quiet machine must reach; where tests run beside others, the time that the page's thread has worked
  expect(Math.min(...own)).toBeLessThan(1500);
});

it("the page's script before what is loaded later is small", () => {
  const assets = join(site.folder, "assets");
  const code = (name: string) => readFileSync(join(assets, name), "utf8");
  // the page's script, the worker's, and what they import at once
  const scripts = new Set(readdirSync(assets).filter((name) => /^(index|worker)-.*\.js$/.test(name)));
  expect(scripts.size).toBe(2);
  for (const script of scripts)
    for (const [, imported] of code(script).matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) scripts.add(imported!);
  const size = [...scripts].reduce((sum, name) => sum + gzipSync(code(name)).length, 0);
  console.log(`${scripts.size} scripts, ${size} bytes gzipped`);
  expect(size).toBeLessThan(200_000);
});

describe("fields", () => {
  it("the learning rate moves the regime at once, the answer follows, and the command says the same", async () => {
    const { page, faults } = await openPage(site, { hash: "gallery=past-one" });
    await answered(page);
    expect(await page.locator(".spectrum").getAttribute("aria-label")).toMatch(/z = ηλ from 1.5 to 1.5/);
    await page.getByLabel("Learning rate, exact value").fill("0.5");
    await page.getByLabel("Learning rate, exact value").press("Enter");
    await until(page, `/one-step regime/.test(document.querySelector(".verdict-region").textContent)`);
    expect(await page.locator(".spectrum").getAttribute("aria-label")).toMatch(/z = ηλ from 0.5 to 0.5/);
    await answered(page);
    expect(await page.getByRole("region", { name: "Verdict" }).innerText()).toMatch(/HA-SME has SGD's law at every step/);
    expect(await page.locator("[data-command]").innerText()).toContain("--eta 0.5");
    const slider = page.getByLabel("Learning rate", { exact: true });
    await slider.focus();
    // a key's press to the regime told, in one dimension
    const waited = await page.evaluate<number>(`new Promise((done) => {
      const region = document.querySelector("[data-z]");
      const begin = performance.now();
      new MutationObserver(() => done(performance.now() - begin)).observe(region, { subtree: true, childList: true, characterData: true, attributes: true });
      const slider = document.querySelector("#slider-Learning-rate");
      slider.value = String(Number(slider.value) + 4);
      slider.dispatchEvent(new Event("input", { bubbles: true }));
    })`);
    // 100 ms is what a quiet machine must reach, and reaches ten times over; tests run beside others
    expect(waited).toBeLessThan(400);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it("a bad formula is told under the character, and the last good problem stays", async () => {
    const { page, faults } = await openPage(site, { hash: "gallery=maximum" });
    await answered(page);
    await page.getByLabel("Formula", { exact: true }).fill("x^2 + sinn(x)");
    const alert = page.getByRole("alert");
    await alert.waitFor();
    expect(await alert.locator("pre").textContent()).toBe("x^2 + sinn(x)\n      ^");
    expect(await alert.innerText()).toMatch(/Column 7: unknown function "sinn"; did you mean sinh/);
    expect(await page.locator("[data-command]").innerText()).toBe("escapement compare maximum");
    expect(await page.getByRole("region", { name: "Verdict" }).innerText()).toMatch(/HA-SME/);
    await page.getByLabel("Formula", { exact: true }).fill("x^2 /* <img src=x onerror=alert(1)> */");
    await page.waitForTimeout(300);
    expect(await page.locator("img").count()).toBe(0);
    await page.getByLabel("Formula", { exact: true }).fill("x^2 + y^2");
    await until(page, `document.querySelector("#field-start").value.includes(", 0")`);
    expect(await page.getByRole("alert").count()).toBe(0);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it("a formula that is not finite at the start says where", async () => {
    const { page } = await openPage(site, { hash: "gallery=maximum" });
    await page.getByLabel("Formula", { exact: true }).fill("1/x");
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("alert").innerText()).toMatch(/not finite at the start/);
    await page.context().close();
  });

  it("a long answer is cancelled at once", async () => {
    const { page } = await openPage(site, { hash: "gallery=quadratic&tab=map" });
    await answered(page);
    await page.getByLabel("Cells a side").selectOption("16");
    await page.getByRole("button", { name: "Draw the map" }).click();
    const cancel = page.getByRole("button", { name: "Cancel the map" });
    await cancel.click();
    await cancel.waitFor({ state: "hidden", timeout: 500 });
    await page.getByLabel("Cells a side").selectOption("6");
    await page.getByRole("button", { name: "Draw the map" }).click();
    await page.getByRole("img", { name: /^Best model over learning rate/ }).waitFor({ timeout: 40_000 });
    await page.context().close();
  });
});

describe("files and links", () => {
  it("the page's link opens the same problem and view, and a reload keeps it", async () => {
    const { page } = await openPage(site, { hash: "gallery=past-two&tab=exits" });
    await answered(page);
    await page.getByLabel("Noise, exact value").fill("1.1");
    await page.getByLabel("Noise, exact value").press("Enter");
    await until(page, `location.hash.startsWith("#problem=")`);
    await answered(page);
    const address = page.url();
    const verdict = await page.locator(".sentences").innerText();
    await page.reload();
    await answered(page);
    expect(await page.locator(".sentences").innerText()).toBe(verdict);
    const other = await openPage(site, { hash: address.split("#")[1]! });
    await answered(other.page);
    expect(await other.page.locator(".sentences").innerText()).toBe(verdict);
    expect(await other.page.getByRole("tab", { selected: true }).innerText()).toBe("Exits");
    // pasted over another problem
    await other.page.evaluate(`location.hash = "gallery=maximum"`);
    await until(other.page, `document.querySelector("#formula").value === "-x^2/2"`);
    await other.page.evaluate(`location.hash = "problem=AAAA"`);
    await other.page.getByRole("alert").waitFor();
    expect(await other.page.getByRole("alert").innerText()).toMatch(/problem before it is kept/);
    expect(await other.page.getByLabel("Formula", { exact: true }).inputValue()).toBe("-x^2/2");
    await other.page.context().close();
    await page.context().close();
  });

  it("a hostile problem in a link is text", async () => {
    const hostile = { ...raw("quadratic"), name: "<img src=x onerror=alert(1)>", description: "<script>alert(2)</script>" };
    const { page, faults } = await openPage(site, { hash: `problem=${encodeURIComponent(JSON.stringify(hostile))}` });
    await answered(page);
    expect(await page.locator("img, body script").count()).toBe(0);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it("a dropped problem file is opened, a broken one told", async () => {
    const { page } = await openPage(site, { hash: "gallery=maximum" });
    await page.locator("#formula").waitFor();
    const drop = (name: string, text: string) =>
      page.evaluate(
        `(() => { const data = new DataTransfer(); data.items.add(new File([${JSON.stringify(text)}], ${JSON.stringify(name)}));
          document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })); })()`,
      );
    await drop("broken.json", '{"objective": ');
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("alert").innerText()).toMatch(/broken\.json is no problem file/);
    await drop("wrong.json", JSON.stringify({ ...raw("quartic"), learningRate: -1 }));
    await until(page, `/learningRate/.test(document.querySelector("[role=alert]").textContent)`);
    expect(await page.getByLabel("Formula", { exact: true }).inputValue()).toBe("-x^2/2");
    await drop("quartic.json", JSON.stringify(raw("quartic")));
    await until(page, `document.querySelector("#formula").value === "x^4/4"`);
    expect(await page.getByRole("alert").count()).toBe(0);
    const file = await saved(page, () => page.getByRole("button", { name: "Download problem" }).click());
    const { $schema: _schema, ...expected } = raw("quartic");
    expect(JSON.parse(file.text)).toEqual(expected);
    await page.context().close();
  });

  it("a CSV file becomes least squares, diagnosed and compared", async () => {
    const { page, faults } = await openPage(site, { hash: "gallery=maximum" });
    await answered(page);
    const rows = Array.from(
      { length: 40 },
      (_, i) => `${i % 7},${(i * i) % 11},${(3 * (i % 7) - ((i * i) % 11)) / 4 + ((i * 5) % 3)},name ${i}`,
    );
    await page.getByLabel("Problem or CSV file").setInputFiles({
      name: "mine.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(`a,b,y,label\n${rows.join("\n")}\n`),
    });
    await page.getByLabel("Target").selectOption("y");
    expect(await page.locator(".data-form").innerText()).toMatch(/Left out, not numeric: label/);
    await page.getByLabel("Batch", { exact: true }).fill("8");
    await page.getByRole("button", { name: "Diagnose and compare" }).click();
    await page.getByText("Least squares on 40 rows").waitFor();
    await answered(page);
    expect(await page.getByRole("region", { name: "Verdict" }).innerText()).toMatch(/HA-SME/);
    await page.getByRole("tab", { name: "Curvature" }).click();
    expect(await page.locator("[data-figure=spectrum]").count()).toBe(1);
    expect(faults).toEqual([]);
    await page.context().close();
  });
});

describe("habits", () => {
  it("by keyboard alone: a field, a slider, time, tabs", async () => {
    const { page } = await openPage(site, { hash: "gallery=maximum" });
    await answered(page);
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the answers");
    const reached: string[] = [];
    for (let k = 0; k < 60; k++) {
      await page.keyboard.press("Tab");
      const name = await page.evaluate<string>(
        `(() => { const e = document.activeElement; const style = getComputedStyle(e); return style.outlineStyle === "none" ? "no focus to see: " + e.outerHTML : e.getAttribute("aria-label") ?? e.labels?.[0]?.textContent ?? e.textContent; })()`,
      );
      reached.push(name);
    }
    expect(reached.filter((name) => name.startsWith("no focus"))).toEqual([]);
    for (const wanted of ["Formula", "Learning rate", "Noise", "Steps", "Start", "Copy link", "Play", "Moment", "Laws"])
      expect(
        reached.some((name) => name.trim().startsWith(wanted)),
        wanted,
      ).toBe(true);
    await page.getByRole("slider", { name: "Moment" }).focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowRight");
    expect(await page.locator("output").getAttribute("data-step")).toBe("1");
    await page.getByRole("tab", { name: "Laws" }).focus();
    await page.keyboard.press("ArrowRight");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Averages");
    expect(await page.getByRole("tabpanel").innerText()).toMatch(/largest on the way/);
    await page.context().close();
  });

  it("plays, pauses, and does not move by itself where motion is reduced", async () => {
    const { page } = await openPage(site, { hash: "gallery=maximum" });
    await answered(page);
    const step = () => page.locator("output").getAttribute("data-step");
    expect(await step()).toBe("12");
    await page.getByRole("button", { name: "Play" }).click();
    await until(page, `Number(document.querySelector("output").dataset.step) >= 3`);
    await page.getByRole("button", { name: "Pause" }).click();
    const now = await step();
    await page.waitForTimeout(400);
    expect(await step()).toBe(now);
    await page.context().close();
    const tour = await openPage(site, { hash: "tour=quadratic&step=1" });
    await answered(tour.page);
    expect(await tour.page.getByRole("button", { name: "Play" }).count()).toBe(1);
    await tour.page.context().close();
  });

  it.each([
    [360, "light", "gallery=maximum&tab=exits"],
    [360, "dark", "tour=barrier&step=2"],
    [1440, "dark", "gallery=past-one&tab=averages"],
    [1920, "light", "tour=none&step=1"],
    [800, "dark", "gallery=saddle&tab=map"],
  ] as const)("%d pixels, %s, %s: nothing serious to axe, nothing sideways", async (width, scheme, hash) => {
    const { page, faults } = await openPage(site, { width, scheme, hash });
    await answered(page);
    // axe's own script is ours to run, the page's policy holds for the page
    const violations = await page.evaluate<string[]>(
      `(async () => { ${axe}; return (await axe.run()).violations.filter((v) => ["serious", "critical"].includes(v.impact)).map((v) => v.id + ": " + v.nodes.map((n) => n.target.join(" ")).slice(0, 3)); })()`,
    );
    expect(violations).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
