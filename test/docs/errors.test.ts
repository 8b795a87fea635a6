// docs/errors.md has every error code of the source, each under what its kind of error means to the reader.
import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { type ErrorKind, errorCodes } from "../../docs-site/codes.ts";

const headings: Record<string, ErrorKind> = {
  "Bad input": "input",
  "Nothing has an answer": "no answer",
  Interrupted: "interrupted",
  "Another program failed": "transport",
  "Defects of ours": "internal",
};

/** Codes in the first column of the tables, as "kind: code". */
function documented(text: string): string[] {
  return text.split(/^## /m).flatMap((section) => {
    const kind = headings[section.split("\n")[0]!];
    const cells = [...section.matchAll(/^\| ((?:`[\w-]+\/[\w-]+`(?:, )?)+) \|/gm)].map((match) => match[1]!);
    return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => `${kind}: ${match[1]}`));
  });
}

const inSource = [...errorCodes()].flatMap(([code, kinds]) => [...kinds].map((kind) => `${kind}: ${code}`));

it("lists every code under its kind, and no other", () => {
  const listed = documented(readFileSync("docs/errors.md", "utf8"));
  expect([...listed].sort()).toEqual([...inSource].sort());
  expect(new Set(listed).size).toBe(listed.length);
});

it("would see a code that is missing", () => {
  const text = readFileSync("docs/errors.md", "utf8").replace("`node/shard`", "`node/shards`");
  expect([...documented(text)].sort()).not.toEqual([...inSource].sort());
});

it("the source has no error that the search does not see", () => {
  // texts of the form folder/what that are in no comment and no import: codes, and the names of two threads' files
  const folders = readdirSync("src", { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const alike = new RegExp(`"((?:${folders.map(({ name }) => name).join("|")}|derive|diagnose)/[a-z][a-z-]+)"`, "g");
  const found = new Set<string>();
  for (const path of readdirSync("src", { recursive: true }) as string[]) {
    if (!path.endsWith(".ts")) continue;
    const code = readFileSync(`src/${path}`, "utf8").replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, "");
    for (const [, text] of code.matchAll(alike)) found.add(text!);
  }
  const known = errorCodes();
  expect([...found].filter((text) => !known.has(text)).sort()).toEqual(["node/network-thread", "node/pool-thread"]);
});
