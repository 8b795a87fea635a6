// An .npz file as a table of data. One-dimensional arrays are columns under their names. A two-dimensional n x m array is m columns: named by
// the texts of an array `columns` if there is one (m of them), else X1 .. Xm for an array X. All have the same number of rows. This is
// what `numpy.savez("data.npz", X=X, y=y)` gives. Arrays of more dimensions, and single numbers, are refused.
import { InputError } from "../errors.ts";
import type { Cell, Table } from "../problem/table.ts";
import { type NpzArray, readNpz } from "./npz.ts";

/** @throws InputError `node/npz` naming the array at fault */
export function readNpzTable(file: Uint8Array, source: string): Table {
  const arrays = readNpz(file, source);
  const names = columnNames(arrays);
  const data = names ? arrays.filter((a) => a.name !== "columns") : arrays;
  const refuse = (array: string, what: string, allowed: string): InputError =>
    new InputError("node/npz", `${source}: array ${JSON.stringify(array)} ${what}; allowed: ${allowed}`, { source, array });
  const first = data[0];
  if (!first)
    throw new InputError("node/npz", `${source}: found no arrays; allowed: columns, such as numpy.savez(file, X=X, y=y)`, { source });
  const matrices = data.filter((a) => a.shape.length === 2);
  if (names && matrices.length !== 1)
    throw refuse("columns", `names the columns of a matrix, but there are ${matrices.length}`, "one two-dimensional array beside it");
  const columns: string[] = [];
  const cells: ((row: number) => Cell)[] = [];
  const rows = first.shape[0] ?? 0;
  for (const { name, shape, values } of data) {
    if (shape.length !== 1 && shape.length !== 2)
      throw refuse(
        name,
        `has ${shape.length} dimensions, shape [${shape.join(", ")}]`,
        "one (a column) or two (rows and columns); reshape it",
      );
    if (shape[0] !== rows)
      throw refuse(name, `has ${shape[0]} rows, ${JSON.stringify(first.name)} has ${rows}`, "the same number of rows in all arrays");
    const width = shape[1] ?? 1;
    if (shape.length === 2 && names && names.length !== width)
      throw refuse("columns", `has ${names.length} names, ${JSON.stringify(name)} has ${width} columns`, `${width} names`);
    for (let j = 0; j < width; j++) {
      columns.push(shape.length === 1 ? name : (names?.[j] ?? `${name}${j + 1}`));
      cells.push((row) => values[row * width + j]!);
    }
  }
  if (rows === 0) throw refuse(first.name, "has no rows", "at least one row");
  return { source, columns, rows: Array.from({ length: rows }, (_, row) => cells.map((cell) => cell(row))) };
}

/** The texts of an array `columns`, if there is one. */
function columnNames(arrays: readonly NpzArray[]): readonly string[] | undefined {
  const values = arrays.find((a) => a.name === "columns" && a.shape.length === 1)?.values;
  return values === undefined || values instanceof Float64Array ? undefined : values;
}
