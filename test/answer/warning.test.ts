import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { warningCodes } from "../../src/answer/warning.ts";

it("docs/warnings.md lists every code, and no other", () => {
  const documented = [...readFileSync("docs/warnings.md", "utf8").matchAll(/^\| `([\w-]+)` \|/gm)].map((m) => m[1]);
  expect(documented).toEqual(Object.keys(warningCodes));
});
