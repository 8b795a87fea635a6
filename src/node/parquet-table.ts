// A Parquet file as a table of data: its flat columns, numbers and texts. Nulls are empty cells, booleans 0 and 1, decimals and integers
// doubles (integers beyond 2^53 are refused: no double holds them). Nested columns, bytes and dates are refused by name, but only where
// they are read: columns that the problem leaves out may be anything.

import * as zlib from "node:zlib";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { type Compressors, parquetMetadataAsync, parquetReadObjects, parquetSchema } from "hyparquet";
import { InputError } from "../errors.ts";
import type { Cell, Table } from "../problem/table.ts";

/** zstd came to Node's zlib with version 22.15. */
const zstd = (zlib as { zstdDecompressSync?: (input: Uint8Array) => Uint8Array }).zstdDecompressSync;

/** Codecs besides Snappy and none, which the reader has itself. */
const compressors: Compressors = {
  GZIP: (input) => gunzipSync(input),
  BROTLI: (input) => brotliDecompressSync(input),
  ...(zstd ? { ZSTD: (input: Uint8Array) => zstd(input) } : {}),
};

/**
 * Reads the whole file.
 * @param source   the file, named in messages
 * @param wanted   columns to read; default: all
 * @throws InputError `node/parquet` naming the row and column at fault
 */
export async function readParquetTable(bytes: Uint8Array, source: string, wanted?: readonly string[]): Promise<Table> {
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const refuse = (what: string, details: object = {}): InputError =>
    new InputError("node/parquet", `${source}: ${what}`, { source, ...details });
  const fail = (error: unknown): InputError => {
    const reason = error instanceof Error ? error.message : String(error);
    const codec = /codec[^A-Z]*([A-Z_0-9]+)/.exec(reason)?.[1];
    return refuse(
      codec
        ? `is compressed by ${codec}, which is not read here; allowed: none, SNAPPY, GZIP, BROTLI (and ZSTD from Node 22.15)`
        : `cannot be read as Parquet: ${reason}`,
    );
  };
  let metadata: Awaited<ReturnType<typeof parquetMetadataAsync>>;
  try {
    metadata = await parquetMetadataAsync(file);
  } catch (error) {
    throw fail(error);
  }
  const columns = parquetSchema(metadata).children.map((child) => child.element.name);
  const chosen = wanted ? columns.filter((name) => wanted.includes(name)) : columns;
  if (metadata.num_rows === 0n || columns.length === 0) throw refuse("holds no rows; allowed: at least one");
  let objects: Record<string, unknown>[];
  try {
    objects = chosen.length === 0 ? [] : await parquetReadObjects({ file, metadata, columns: chosen, compressors });
  } catch (error) {
    throw fail(error);
  }
  if (objects.length !== Number(metadata.num_rows) && chosen.length > 0)
    throw refuse(`holds ${objects.length} rows; its end says ${metadata.num_rows}: the file is damaged`);
  const rows = objects.map((object, row) =>
    columns.map((column) => {
      if (!chosen.includes(column)) return null;
      const cell = cellOf(object[column]);
      if (cell !== undefined) return cell;
      throw refuse(
        `row ${row + 1}, column ${JSON.stringify(column)}: found ${shown(object[column])}; allowed: numbers up to 2^53, texts, booleans`,
        {
          row: row + 1,
          column,
        },
      );
    }),
  );
  return { source, columns, rows };
}

/** A cell; undefined where it is neither number nor text. */
function cellOf(value: unknown): Cell | undefined {
  if (value === null || value === undefined) return null;
  if (typeof value === "number" || typeof value === "string") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : undefined;
  return undefined;
}

function shown(value: unknown): string {
  if (typeof value === "bigint") return `the integer ${value}`;
  if (value instanceof Date) return `the date ${Number.isNaN(value.getTime()) ? "(none)" : value.toISOString()}`;
  return value instanceof Uint8Array ? "bytes" : "a nested value";
}
