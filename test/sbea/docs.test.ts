// docs/sbea.md holds what the program derives: run scripts/write-sbea-tables.ts where this fails.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { file, tables, withTables } from "../../scripts/write-sbea-tables.ts";

it("has the program's tables", () => {
  const document = readFileSync(file, "utf8");
  expect(document).toBe(withTables(document));
  for (const content of tables().values()) expect(content.split("\n").length).toBeGreaterThan(3);
});

it("would see a changed coefficient", () => {
  const document = readFileSync(file, "utf8");
  const spoilt = document.replace("| -1/12 | `f_ijk f_j f_k d_i` |", "| -1/13 | `f_ijk f_j f_k d_i` |");
  expect(spoilt).not.toBe(document);
  expect(withTables(spoilt)).toBe(document);
});
