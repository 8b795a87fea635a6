// What the page's state is made of, without a browser: fields and problem files, links, commands.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compare, readProblem } from "../../src/index.ts";
import { createDocument } from "../../src/node/document.ts";
import { problemFigures, svgMarkup } from "../../src/report/index.ts";
import { createDrawingDocument } from "../../studio/engine/drawing-document.ts";
import type { Raw } from "../../studio/engine/jobs.ts";
import { problemOf } from "../../studio/engine/problem.ts";
import { commandLine, fileNameOf } from "../../studio/state/command-line.ts";
import { formOf, rawOf } from "../../studio/state/form.ts";
import { linkOf, readLink } from "../../studio/state/link.ts";

const gallery = readdirSync("examples")
  .filter((name) => name.endsWith(".json"))
  .map((name): [string, Raw] => [name, JSON.parse(readFileSync(`examples/${name}`, "utf8"))]);
const example = (name: string): Raw => gallery.find(([file]) => file === `${name}.json`)![1];
const plain = { twoStep: false, nearest: false };

describe("fields", () => {
  it("has a gallery to look at", () => expect(gallery.length).toBeGreaterThan(15));
  it.each(gallery)("%s goes into fields and comes back the same", (_name, raw) => expect(rawOf(formOf(raw))).toEqual(raw));
  it("changes what was changed and keeps the rest", () => {
    const raw = example("double-well");
    expect(rawOf({ ...formOf(raw), learningRate: 0.1 })).toEqual({ ...raw, learningRate: 0.1 });
    expect(rawOf({ ...formOf(raw), sigma: "1 + x^2/9" })).toEqual({ ...raw, noise: { gaussian: { sigma: "1 + x^2/9" } } });
  });
  it("a shorter horizon asks about steps within it", () =>
    expect(rawOf({ ...formOf(example("double-well")), steps: 12 })["at"]).toEqual([1, 5, 12]));
  it("another variable in the formula drops the names that were given", () =>
    expect(rawOf({ ...formOf(example("double-well")), formula: "x^2 + y^2" })["objective"]).toEqual({ formula: "x^2 + y^2" }));
});

describe("the learning rate's slider", () => {
  // files on disk are the command's
  const readable = gallery.filter(([, raw]) => !JSON.stringify(raw).includes('"data":"'));
  it("has problems to look at", () => expect(readable.length).toBeGreaterThan(12));
  it.each(readable)("%s: the problem that is kept is the one that would be read", async (_name, raw) => {
    problemOf(raw);
    const changed = { ...raw, learningRate: 0.75 * Number(raw["learningRate"]) };
    const [kept, read] = [problemOf(changed), readProblem(changed)];
    const plainly = ({ json, learningRate, start, steps, at, tests, warnings }: typeof read) => [
      json, learningRate, start, steps, at, tests.map(({ text }) => text), warnings,
    ]; // biome-ignore format: a list
    expect(JSON.stringify(kept.json)).toBe(JSON.stringify(read.json));
    expect(plainly(kept)).toEqual(plainly(read));
    expect(kept.objective.value(kept.start)).toBe(read.objective.value(read.start));
    expect(() => problemOf({ ...raw, learningRate: -1 })).toThrow(/learningRate/);
  });
});

describe("links", () => {
  it.each(gallery)("%s survives a link", async (_name, problem) => {
    const hash = await linkOf({ problem, tab: "exits", frame: 3, flags: ["nearest"] });
    expect(hash).toMatch(/^[\w=&.,%-]+$/);
    expect(await readLink(`#${hash}`)).toMatchObject({ problem, tab: "exits", frame: 3, flags: ["nearest"] });
  });
  it("a problem written by hand is read", async () => {
    const problem = example("quartic");
    expect((await readLink(`#problem=${encodeURIComponent(JSON.stringify(problem))}`)).problem).toEqual(problem);
  });
  it("a table too long for a link makes none", async () => {
    // numbers without a pattern, which do not deflate
    let x = 1;
    const rows = Array.from({ length: 9000 }, () => [(x = (x * 48271) % 2147483647), (x = (x * 48271) % 2147483647)]);
    expect(await linkOf({ problem: { objective: { leastSquares: { data: { columns: ["a", "b"], rows } } } } })).toBeNull();
  });
  it.each([
    ["cut", async () => `problem=${(await linkOf({ problem: example("bowl") }))!.slice(8, 60)}`, /cut or changed/],
    ["no base64", async () => "problem=!!", /cut or changed/],
    ["no JSON", async () => `problem=${encodeURIComponent('{"a":')}`, /not JSON/],
    ["half a percent sign", async () => "gallery=%E0%A4%A", /percent sign/],
  ])("a broken one (%s) says so", async (_what, hash, message) => {
    await expect(readLink(await hash())).rejects.toThrow(message);
  });
  it("what inflates to a bomb is refused", async () => {
    const hash = await linkOf({ problem: { name: "x".repeat(9_000_000) } });
    expect(hash!.length).toBeLessThan(60_000);
    await expect(readLink(hash!)).rejects.toThrow(/cut or changed/);
  });
});

describe("the command", () => {
  it("names the gallery's problem", () =>
    expect(commandLine("compare", example("quartic"), "quartic", plain)).toBe("escapement compare quartic"));
  it("writes the problem as flags, quoted for a shell", () =>
    expect(commandLine("compare", example("double-well"), undefined, { twoStep: true, nearest: false })).toBe(
      "escapement compare --formula 'x^2/2 + 1.5*exp(-x^2)' --variables x --sigma 0.9 --eta 0.2 --start=-1.0481470739682048 --steps 50 --test loss --at 1,5,20,50 --inside 'x < 0' --two-step",
    ));
  it("names the downloaded file where no flag says it", () => {
    expect(commandLine("compare", example("mueller-brown"), undefined, plain)).toBe("escapement compare mueller-brown-potential.json");
    expect(fileNameOf({ name: "../../etc/passwd" })).toBe("etc-passwd.json");
  });
  it("quotes what would end the quotes", () =>
    expect(commandLine("law", { ...example("quartic"), inside: "x' < 1; rm" }, undefined, plain)).toContain(`--inside 'x'\\'' < 1; rm'`));
});

describe("the workers' document", () => {
  it("draws what linkedom draws", async () => {
    const { result } = await compare([readProblem(example("saddle"))]);
    const problem = result.problems[0]!;
    const draw = (document: Document) =>
      problemFigures(problem, { document, problem: problem.problem, descriptions: problem.descriptions });
    const [ours, theirs] = [draw(createDrawingDocument()), draw(createDocument())];
    expect(ours.length).toBeGreaterThan(8);
    expect(ours.map(({ svg }) => svgMarkup(svg))).toEqual(theirs.map(({ svg }) => svgMarkup(svg)));
  });
});
