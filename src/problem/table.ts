// Tables of data: from CSV text, a binary file's table or inline rows to numeric features and a target. Files are read by whoever calls
// (node/): what a Parquet or npz file's columns are is settled there (node/parquet-table.ts, node/npz-table.ts).
import Papa from "papaparse";
import type { Warning } from "../answer/warning.ts";
import { warning } from "../answer/warning.ts";
import { InputError, nearestWord } from "../errors.ts";
import type { Cell, Table } from "./cells.ts";
import { type Loaders, needLoader } from "./loaders.ts";

export type { Cell, Table };

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

/** A table of the problem file itself, or a file's. */
export function readTable(data: string | { columns: string[]; rows: Cell[][] }, field: string, load: Loaders = {}): Table {
  if (typeof data === "string") {
    const instead = 'give {"columns": [...], "rows": [[...], ...]}';
    if (/\.(parquet|npz)$/i.test(data)) return needLoader(load.loadTable, field, data, instead)(data);
    if (/\.csv$/i.test(data)) return readCsv(needLoader(load.loadText, field, data, instead)(data), data);
    throw new InputError("problem/data", `${field}: ${data}: found another ending; allowed: .csv, .parquet, .npz`, { field });
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

/** Which columns of a table are used, and how. */
export interface ColumnChoice {
  readonly target: string;
  readonly features?: readonly string[];
  readonly intercept?: boolean;
  readonly standardize?: boolean;
}

/** Chooses columns, reads numbers, standardizes and adds the intercept, as interface.md ("Data") says. */
export function selectFeatures(table: Table, choice: ColumnChoice, field: string): Features {
  const { targetIndex, ...features } = readFeatures(table, choice, field);
  return { ...features, y: Float64Array.from(table.rows, (row, i) => readNumber(row[targetIndex], table, i, targetIndex)) };
}

export interface ClassifiedFeatures extends Omit<Features, "y"> {
  /** Sorted as numbers where all are numbers, else by code point. */
  readonly classes: readonly string[];
  /** Number of each row's class. */
  readonly classOf: Int32Array;
}

/**
 * The same with a target that names classes.
 * @throws InputError `problem/data` for an empty cell, a single class, or a class with a single row (its noise is no batch's)
 */
export function selectClasses(table: Table, choice: ColumnChoice, field: string): ClassifiedFeatures {
  const { targetIndex, ...features } = readFeatures(table, choice, field);
  const column = table.columns[targetIndex]!;
  const labels = table.rows.map((row, i) => {
    const cell = row[targetIndex];
    if (cell === null || cell === undefined || String(cell).trim() === "")
      throw new InputError("problem/data", `${table.source}: row ${i + 1}, column "${column}": found an empty cell; allowed: a class`, {
        row: i + 1,
        column,
      });
    return String(cell).trim();
  });
  const numeric = labels.every((label) => Number.isFinite(Number(label)));
  const keys = numeric ? labels.map((label) => String(Number(label))) : labels;
  const classes = [...new Set(keys)].sort(numeric ? (a, b) => Number(a) - Number(b) : byCodePoint);
  const numberOf = new Map(classes.map((name, j) => [name, j]));
  const classOf = Int32Array.from(keys, (key) => numberOf.get(key)!);
  if (classes.length < 2)
    throw new InputError("problem/data", `${table.source}: column "${column}" has one class, ${classes[0]}; allowed: two or more`, {
      column,
    });
  const counts = new Int32Array(classes.length);
  for (const j of classOf) counts[j]!++;
  const single = counts.indexOf(1);
  if (single >= 0) {
    const row = classOf.indexOf(single) + 1;
    throw new InputError(
      "problem/data",
      `${table.source}: row ${row}, column "${column}": class ${JSON.stringify(classes[single])} has this one row; allowed: two rows or more of each class${classes.length > features.n / 2 ? ' (numbers to be predicted as numbers need "loss": "squared-error")' : ""}`,
      { row, column, class: classes[single] },
    );
  }
  return { ...features, classes, classOf };
}

/** By Unicode code points, which is not by UTF-16 units. */
function byCodePoint(a: string, b: string): number {
  const [p, q] = [Array.from(a), Array.from(b)];
  const at = p.findIndex((c, i) => c !== q[i]);
  return at < 0 ? p.length - q.length : at >= q.length ? 1 : p[at]!.codePointAt(0)! - q[at]!.codePointAt(0)!;
}

function readFeatures(table: Table, choice: ColumnChoice, field: string): Omit<Features, "y"> & { targetIndex: number } {
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
  table.rows.forEach((row, i) => {
    indices.forEach((column, j) => {
      a[i * d + j] = readNumber(row[column], table, i, column);
    });
    if (choice.intercept) a[i * d + d - 1] = 1;
  });
  const warnings = choice.standardize ? standardize(a, n, d, names) : [];
  return { n, d, names: choice.intercept ? [...names, "intercept"] : names, a, warnings, targetIndex };
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
  const empty = cell === null || cell === undefined || cell === "";
  const what = empty ? "an empty cell" : typeof cell === "number" ? String(cell) : JSON.stringify(cell);
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
