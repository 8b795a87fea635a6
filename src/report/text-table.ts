// Tables of plain text, readable without colour. Columns that do not fit into the width move to a further block that repeats the first
// column. It knows nothing about what stands in the cells.

export const defaults = { width: 80, gap: "  " } as const;

export interface TextColumn {
  /** May have several lines. */
  readonly header: string;
  /** Numbers go right, words left. */
  readonly align: "left" | "right";
}

/** A table that a terminal and a page can show. */
export interface NamedTable {
  readonly title: string;
  readonly columns: readonly TextColumn[];
  readonly rows: readonly (readonly string[])[];
}

/** An empty line, the title, the table. */
export function tableLines(table: NamedTable, width: number = defaults.width): string[] {
  return ["", ...(table.title === "" ? [] : wrap(table.title, width, "    ")), ...textTable(table.columns, table.rows, width)];
}

/** Text from a problem, for a terminal: control characters (escape sequences among them) become a replacement character. */
export function plainText(text: string): string {
  return text
    .replace(/\s*[\r\n]+\s*/g, " ")
    .replace(/\t/g, " ")
    .replace(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu, "\u{FFFD}");
}

/** Columns that a text takes: its code points. Formulas and names are close enough to one column a point. */
export function textWidth(text: string): number {
  return [...text].length;
}

function pad(text: string, width: number, align: "left" | "right"): string {
  const space = " ".repeat(Math.max(0, width - textWidth(text)));
  return align === "left" ? text + space : space + text;
}

/** Breaks at spaces; a word longer than the width is cut, so that no line is longer. Lines after the first are indented. */
export function wrap(text: string, width: number = defaults.width, indent = ""): string[] {
  const lines: string[] = [];
  let line = "";
  let fresh = true;
  const room = () => Math.max(1, lines.length === 0 ? width : width - textWidth(indent));
  const flush = () => {
    lines.push(line.trimEnd());
    line = "";
    fresh = true;
  };
  for (const word of text.split(" ")) {
    if (!fresh && textWidth(line) + 1 + textWidth(word) > room()) flush();
    line = fresh ? word : `${line} ${word}`;
    fresh = false;
    while (textWidth(line) > room()) {
      const points = [...line];
      const rest = points.slice(room()).join("");
      line = points.slice(0, room()).join("");
      flush();
      line = rest;
      fresh = false;
    }
  }
  if (!fresh) flush();
  return lines.map((each, i) => (i === 0 ? each : indent + each));
}

/** Pieces side by side, three spaces apart, broken between pieces where they do not fit. */
export function wrapPieces(pieces: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const piece of pieces) {
    if (line !== "" && textWidth(line) + 3 + textWidth(piece) <= width) line += `   ${piece}`;
    else {
      if (line !== "") lines.push(...wrap(line, width, "    "));
      line = piece;
    }
  }
  if (line !== "") lines.push(...wrap(line, width, "    "));
  return lines;
}

/**
 * Lines of a table. Rows may be shorter than the columns (empty cells).
 * @param width no line is longer, unless the first column and one more are
 */
export function textTable(columns: readonly TextColumn[], rows: readonly (readonly string[])[], width: number = defaults.width): string[] {
  const headers = columns.map((column) => column.header.split("\n"));
  const widths = columns.map((_, j) => Math.max(...headers[j]!.map(textWidth), ...rows.map((row) => textWidth(row[j] ?? "")), 0));
  const height = Math.max(...headers.map((lines) => lines.length));
  const lines: string[] = [];
  for (const block of blocks(widths, width)) {
    if (lines.length > 0) lines.push("");
    const show = (cells: (j: number) => string) =>
      lines.push(
        block
          .map((j) => pad(cells(j), widths[j]!, columns[j]!.align))
          .join(defaults.gap)
          .trimEnd(),
      );
    for (let i = 0; i < height; i++) show((j) => headers[j]![i - height + headers[j]!.length] ?? "");
    for (const row of rows) show((j) => row[j] ?? "");
  }
  return lines;
}

/** Which columns stand side by side: the first in every block, the others in order. */
function blocks(widths: readonly number[], width: number): number[][] {
  const found: number[][] = [];
  let block = [0];
  let used = widths[0] ?? 0;
  for (let j = 1; j < widths.length; j++) {
    const more = defaults.gap.length + widths[j]!;
    if (used + more > width && block.length > 1) {
      found.push(block);
      block = [0];
      used = widths[0]!;
    }
    block.push(j);
    used += more;
  }
  found.push(block);
  return found;
}
