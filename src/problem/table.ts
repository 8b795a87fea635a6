// Tables of data: from CSV text or inline rows to numeric features and a target. Files are read by whoever calls (node/).
import Papa from "papaparse";
import type { Warning } from "../answer/warning.ts";
import { warning } from "../answer/warning.ts";
import { InputError, nearestWord } from "../errors.ts";

export type Cell = number | string | null;

export interface Table {
  /** Named in messages: a path, or "rows". */
  readonly source: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** How a file's path becomes its text; handed in, since only Node has files. */
export type LoadText = (path: string) => string;

export interface Features {
  readonly n: number;
  /** Parameters: features, and one more with an intercept. */
  readonly d: number;
  readonly names: readonly string[];
  /** n x d, row-major. */
  readonly a: Float64Array;
  readonly y: Float64Array;
  readonly warnings: readonly Warning[];
}

/** CSV with a header line. */
export function readCsv(text: string, source: string): Table {
  const parsed = Papa.parse<string[]>(text.replace(/^\uFEFF/, ""), { skipEmptyLines: true });
  const broken = parsed.errors.find((e) => e.code !== "UndetectableDelimiter");
  if (broken) throw new InputError("problem/csv", `${source}: row ${(broken.row ?? 0) + 1}: ${broken.message}`, { source });
  const [columns, ...rows] = parsed.data;
  if (!columns || rows.length === 0)
    throw new InputError("problem/csv", `${source}: a header line and at least one row of data were expected`, { source });
  rows.forEach((row, i) => {
    if (row.length !== columns.length)
      throw new InputError("problem/csv", `${source}: row ${i + 1} has ${row.length} cells; the header has ${columns.length}`, {
        source,
        row: i + 1,
      });
  });
  return { source, columns, rows };
}

/** A table of the problem file itself, or a file. */
export function readTable(data: string | { columns: string[]; rows: Cell[][] }, field: string, load: LoadText | undefined): Table {
  if (typeof data === "string") {
    if (/\.(parquet|npz)$/i.test(data))
      throw new InputError("problem/not-yet", `${field}: ${data}: Parquet and npz files are not read yet; give a .csv file`, { field });
    if (!/\.csv$/i.test(data))
      throw new InputError("problem/data", `${field}: ${data}: found another ending; allowed: .csv, .parquet, .npz`, { field });
    if (!load)
      throw new InputError("problem/data", `${field}: ${data}: files cannot be read here; give {"columns": [...], "rows": [[...], ...]}`, {
        field,
      });
    return readCsv(load(data), data);
  }
  data.rows.forEach((row, i) => {
    if (row.length !== data.columns.length)
      throw new InputError(
        "problem/data",
        `${field}.rows: row ${i + 1} has ${row.length} cells; there are ${data.columns.length} columns`,
        { field, row: i + 1 },
      );
  });
  return { source: `${field}.rows`, columns: data.columns, rows: data.rows };
}

/** Chooses columns, reads numbers, standardizes and adds the intercept, as interface.md ("Data") says. */
export function selectFeatures(
  table: Table,
  choice: { target: string; features?: readonly string[]; intercept?: boolean; standardize?: boolean },
  field: string,
): Features {
  const twice = table.columns.find((c, i) => table.columns.indexOf(c) !== i);
  if (twice !== undefined) throw new InputError("problem/data", `${table.source}: two columns are named "${twice}"`, { column: twice });
  const targetIndex = columnIndex(table, choice.target, `${field}.target`);
  const names = choice.features ?? table.columns.filter((c) => c !== choice.target);
  if (names.length === 0)
    throw new InputError("problem/data", `${field}: no feature is left besides the target "${choice.target}"`, { field });
  const indices = names.map((name) => columnIndex(table, name, `${field}.features`));
  const n = table.rows.length;
  const d = names.length + (choice.intercept ? 1 : 0);
  const a = new Float64Array(n * d);
  const y = new Float64Array(n);
  table.rows.forEach((row, i) => {
    indices.forEach((column, j) => {
      a[i * d + j] = readNumber(row[column], table, i, column);
    });
    if (choice.intercept) a[i * d + d - 1] = 1;
    y[i] = readNumber(row[targetIndex], table, i, targetIndex);
  });
  const warnings = choice.standardize ? standardize(a, n, d, names) : [];
  return { n, d, names: choice.intercept ? [...names, "intercept"] : names, a, y, warnings };
}

function columnIndex(table: Table, name: string, field: string): number {
  const index = table.columns.indexOf(name);
  if (index >= 0) return index;
  const near = nearestWord(name, table.columns);
  throw new InputError(
    "problem/data",
    `${field}: no column "${name}" in ${table.source}${near ? `; did you mean "${near}"?` : ""} columns: ${table.columns.slice(0, 12).join(", ")}`,
    {
      field,
      column: name,
    },
  );
}

function readNumber(cell: Cell | undefined, table: Table, row: number, column: number): number {
  const value = typeof cell === "number" ? cell : typeof cell === "string" && cell.trim() !== "" ? Number(cell) : Number.NaN;
  if (Number.isFinite(value)) return value;
  const what = cell === null || cell === undefined || cell === "" ? "an empty cell" : JSON.stringify(cell);
  throw new InputError(
    "problem/data",
    `${table.source}: row ${row + 1}, column "${table.columns[column]}": found ${what}; allowed: a finite number`,
    {
      row: row + 1,
      column: table.columns[column],
    },
  );
}

/** Features to mean 0 and population standard deviation 1, once over all rows; a constant column becomes 0, with a warning. */
function standardize(a: Float64Array, n: number, d: number, names: readonly string[]): Warning[] {
  const warnings: Warning[] = [];
  names.forEach((name, j) => {
    let mean = 0;
    for (let i = 0; i < n; i++) mean += a[i * d + j]!;
    mean /= n;
    let square = 0;
    let largest = 0;
    for (let i = 0; i < n; i++) {
      square += (a[i * d + j]! - mean) ** 2;
      largest = Math.max(largest, Math.abs(a[i * d + j]!));
    }
    const deviation = Math.sqrt(square / n);
    // a column of equal doubles leaves n roundings of the mean: a few epsilon of its size
    const constant = deviation <= 4 * Number.EPSILON * largest;
    if (constant) warnings.push(warning("constant-column", `column "${name}" is constant; standardized to 0`, { column: name }));
    for (let i = 0; i < n; i++) a[i * d + j] = constant ? 0 : (a[i * d + j]! - mean) / deviation;
  });
  return warnings;
}
