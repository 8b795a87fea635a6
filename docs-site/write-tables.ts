// npm run docs:tables: writes the tables of docs that the program computes: the decision table of docs/choose.md.
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compareProblem, inTurns } from "./answers.ts";
import { choiceRows, withChoices } from "./choose-table.ts";

const folder = mkdtempSync(join(tmpdir(), "escapement-tables-"));
const names = [...new Set(choiceRows.map(({ problem }) => problem))];
const answers = new Map(await inTurns(names, 2, async (name) => [name, await compareProblem(name, folder)] as const));
writeFileSync("docs/choose.md", withChoices(readFileSync("docs/choose.md", "utf8"), answers));
