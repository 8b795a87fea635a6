// docs/licences.md and LICENSES.txt are what scripts/write-licences.mjs writes, and every licence is one that goes with ours.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const script = "../../scripts/write-licences.mjs";
const { allowed, licencesPage, licenceTexts, packages } = (await import(script)) as {
  allowed: Set<string>;
  licencesPage: () => string;
  licenceTexts: () => string;
  packages: () => { name: string; licence: string; part: boolean }[];
};

it("the list and the texts are up to date: else run node scripts/write-licences.mjs", () => {
  expect(readFileSync("docs/licences.md", "utf8")).toBe(licencesPage());
  expect(readFileSync("LICENSES.txt", "utf8")).toBe(licenceTexts());
});

it("every licence is allowed, and every runtime dependency is in the list", () => {
  const all = packages();
  expect(all.filter(({ licence }) => !allowed.has(licence))).toEqual([]);
  const { dependencies } = JSON.parse(readFileSync("package.json", "utf8")) as { dependencies: Record<string, string> };
  const names = all.map(({ name }) => name);
  for (const name of Object.keys(dependencies)) expect(names).toContain(name);
  // Plot's own dependencies come along into the browser's file
  expect(all.find(({ name }) => name === "d3-scale")?.part).toBe(true);
});
