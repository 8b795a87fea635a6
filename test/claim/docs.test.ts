// docs/claims.md is what the committed document of a run says, and that document is about the claims that there are: run
// scripts/write-claims.ts where this fails. What a run finds is tested beside (reproduce.test.ts).
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { page, readDocument, withClaims } from "../../scripts/write-claims.ts";
import { claims } from "../../src/claim/index.ts";
import { untested } from "../../src/claim/untested.ts";
import { verdictOf } from "../../src/claim/verdict.ts";
import { version } from "../../src/version.ts";

const text = readFileSync(page, "utf8");
const answer = readDocument();

it("has the run's verdicts and figures", () => {
  expect(text).toBe(withClaims(text, answer));
  for (const { id } of claims) expect(text).toContain(`| \`${id}\`: `);
});

it("the run is of this version, has every claim and each verdict follows from its tests", () => {
  expect(answer.version).toBe(version);
  expect(answer.result.claims.map(({ id, claim, source }) => ({ id, claim, source }))).toEqual(
    claims.map(({ id, claim, source }) => ({ id, claim, source })),
  );
  expect(answer.result.untested).toEqual(untested);
  for (const { tests, verdict } of answer.result.claims) expect(verdictOf(tests)).toBe(verdict);
});

it("would see a verdict that was changed by hand", () => {
  const spoilt = text.replace("| **does not hold** |", "| holds |");
  expect(spoilt).not.toBe(text);
  expect(withClaims(spoilt, answer)).toBe(text);
});
