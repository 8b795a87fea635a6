// A figure's numbers as CSV (RFC 4180): one header line, CRLF, quotes where needed. Numbers at full precision.
import type { FigureData } from "./frame.ts";

export function csv(data: FigureData): string {
  return [data.columns, ...data.rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/** A text that a spreadsheet would take for a formula gets a quote before it; texts come from problem files. */
function cell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
