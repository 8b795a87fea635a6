// The decision table of docs/choose.md is what `compare` finds: rows that take a second are computed again here, all of them
// when the site is built.
// Run `npm run docs:tables` where this fails.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { choiceHead, choiceLine, choiceRows } from "../../docs-site/choose-table.ts";
import { compare } from "../../src/index.ts";
import { readProblemAt, readRaw } from "../../src/node/files.ts";

const document = readFileSync("docs/choose.md", "utf8");
const quick = ["quadratic", "past-one", "maximum", "double-well"];

it("has the rows, in order", () => {
  expect(document).toContain(choiceHead);
  for (const { situation, problem } of choiceRows) expect(document).toContain(`| ${situation} | [${problem}](gallery.md#${problem}) |`);
});

it.each(quick)("%s", async (name) => {
  const { raw, folder } = readRaw(name);
  const { result } = await compare([await readProblemAt(raw, folder)]);
  for (const row of choiceRows.filter(({ problem }) => problem === name))
    expect(document).toContain(`${choiceLine(row, result.problems[0]!)}\n`);
});

it("would see a changed figure", async () => {
  const { raw, folder } = readRaw("maximum");
  const changed = { ...(raw as object), learningRate: 0.25, steps: 12 };
  const { result } = await compare([await readProblemAt(changed, folder)]);
  expect(document).not.toContain(choiceLine(choiceRows.find(({ problem }) => problem === "maximum")!, result.problems[0]!));
});
