// The printed elementary functions are those that the descriptions give now.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { printElementaryFunctions } from "../../src/codegen/print-typescript.ts";

it("numerics/elementary/numbers.ts is up to date: npx tsx scripts/print-elementary.ts", () => {
  const file = readFileSync(new URL("../../src/numerics/elementary/numbers.ts", import.meta.url), "utf8");
  expect(file === printElementaryFunctions()).toBe(true);
});
