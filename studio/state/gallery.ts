// The gallery: the problem files that the package ships, data tables put in place of their paths.
import { readCsv } from "../../src/index.ts";
import type { Raw } from "../engine/jobs.ts";

const files = import.meta.glob<Raw>("../../examples/*.json", { import: "default" });
const tables = import.meta.glob<string>("../../examples/data/*.csv", { import: "default", query: "?raw" });

const nameOf = (path: string): string => path.replace(/^.*\/|\.json$/g, "");

/** Names as the command takes them; the headline cases first. */
export const galleryNames: readonly string[] = (() => {
  const first = ["double-well", "quadratic", "maximum", "past-one", "past-two", "saddle-escape", "saddle-no-sde", "diabetes"];
  const all = Object.keys(files).map(nameOf);
  return [...first.filter((name) => all.includes(name)), ...all.filter((name) => !first.includes(name)).sort()];
})();

export async function fromGallery(name: string): Promise<Raw | undefined> {
  const load = files[`../../examples/${name}.json`];
  if (!load) return undefined;
  const { $schema: _schema, ...raw } = await load();
  return withTables(raw);
}

/** A copy whose data are in the file itself, so that a link or a download holds all. */
async function withTables(raw: Raw): Promise<Raw> {
  const objective = raw["objective"] as Record<string, Record<string, unknown>>;
  for (const [form, given] of Object.entries(objective)) {
    const path = given?.["data"];
    const load = typeof path === "string" ? tables[`../../examples/${path}`] : undefined;
    if (load) return { ...raw, objective: { ...objective, [form]: { ...given, data: inlined(await load(), String(path)) } } };
  }
  return raw;
}

function inlined(csv: string, source: string): unknown {
  const { columns, rows } = readCsv(csv, source);
  return { columns, rows: withNumbers(rows) };
}

/** Cells that are numbers as numbers: half as long in a file. */
export function withNumbers(rows: readonly (readonly (string | number | null)[])[]): (string | number | null)[][] {
  return rows.map((row) =>
    row.map((cell) => (typeof cell === "string" && cell.trim() !== "" && Number.isFinite(Number(cell)) ? Number(cell) : cell)),
  );
}
