// `map` as text: a letter a cell for the best model, rows the first axis, columns the second; then who the letters are and how good they
// are where they are best.
import type { Answer, MapAxis, MapResult } from "../answer/index.ts";
import { axisText, axisWords, errorWords, lettersOf, type MapPlace, mapSentences, measureWords, placesOf, sharesOf } from "./map-places.ts";
import { formatNumber } from "./number.ts";
import { problemName, regionText, settingPieces } from "./problem-text.ts";
import { processIds, processName } from "./process-style.ts";
import { ending, type TableOptions } from "./table-frame.ts";
import { type NamedTable, plainText, tableLines, defaults as textDefaults, wrap, wrapPieces } from "./text-table.ts";
import { footnotes } from "./warning-text.ts";

/** After a cell's letter. */
const signs = { exact: "=", good: " ", poor: "!", none: " " } as const;

export function mapTable(answer: Answer<MapResult>, options: TableOptions = {}): string {
  const width = options.width ?? textDefaults.width;
  const { result, problem } = answer;
  const places = placesOf(result);
  const name = problemName(problem);
  const pieces = settingPieces(problem);
  const region = result.question === "exit" ? ` from ${regionText(problem) ?? "the region"}` : "";
  return [
    ...wrapPieces(name === pieces[0] ? pieces : [name, ...pieces], width),
    ...wrap(`but ${axisText(result.x)} down, ${axisText(result.y)} across`, width, "    "),
    ...wrap(`best model for ${result.question}${region}, by the ${measureWords[result.question]}`, width, "    "),
    ...gridLines(result, places, width),
    "",
    ...wrapPieces(["= exact to rounding", "! off by more than 0.05", ". no model has a figure", ...lineNotes(result)], width),
    ...tableLines(shareTable(result, places), width),
    "",
    ...mapSentences(result, places).flatMap((each) => wrap(plainText(each), width, "    ")),
    ...ending(footnotes(answer.warnings), processIds(Object.fromEntries(result.models.map((id) => [id, true]))), options),
  ].join("\n");
}

/** Letters in columns of three characters, or two where that is too wide; then in blocks. */
function gridLines(result: MapResult, places: readonly MapPlace[], width: number): string[] {
  const letters = lettersOf(result.models);
  const rowLabels = result.x.values.map((value) => formatNumber(value, 3));
  const columnLabels = result.y.values.map((value) => formatNumber(value, 3));
  const indent = Math.max(result.x.name.length, ...rowLabels.map((each) => each.length)) + 2;
  const cellWidth = columnLabels.length * 3 <= width - indent ? 3 : 2;
  const perBlock = Math.max(1, Math.floor((width - indent) / cellWidth));
  const columns = result.x.values.length;
  const lines: string[] = [];
  for (let from = 0; from < columnLabels.length; from += perBlock) {
    const to = Math.min(columnLabels.length, from + perBlock);
    lines.push(
      "",
      `${" ".repeat(indent)}${axisWords[result.y.name]}`,
      header(result.x, columnLabels.slice(from, to), indent, cellWidth, width),
    );
    rowLabels.forEach((label, i) => {
      const row = Array.from({ length: to - from }, (_, k) => {
        const place = places[(from + k) * columns + i]!;
        return ((place.best === null ? "." : letters.get(place.best)!) + signs[place.verdict]).padEnd(cellWidth);
      });
      lines.push(`${label.padStart(indent - 2)}  ${row.join("")}`.trimEnd());
    });
  }
  return lines;
}

/** Labels above the columns, as many as there is room for. */
function header(x: MapAxis, labels: readonly string[], indent: number, cellWidth: number, width: number): string {
  let line = x.name.padStart(indent - 2);
  labels.forEach((label, k) => {
    const at = indent + k * cellWidth;
    if (line.length < at && at + label.length <= width) line = line.padEnd(at) + label;
  });
  return line;
}

/** "z = 1 at eta 0.45": where the limits of one-step and stable learning rates lie. */
export function lineNotes(result: MapResult): string[] {
  return result.lines.map(({ name, points }) => {
    const at = points.map(([x]) => x);
    const [low, high] = [at.reduce((a, b) => Math.min(a, b)), at.reduce((a, b) => Math.max(a, b))];
    const [from, to] = [formatNumber(low, 3), formatNumber(high, 3)];
    return `${name} at ${result.x.name} ${from === to ? from : `${from} to ${to}`}`;
  });
}

/** The models that are best somewhere: their letters, cells, and errors there. */
export function shareTable(result: MapResult, places: readonly MapPlace[]): NamedTable {
  const letters = lettersOf(result.models);
  const rows = sharesOf(places).map(({ model, places: own }) => {
    const sorted = [...own].sort((a, b) => a.error! - b.error!);
    const [low, middle, high] = [sorted[0]!, sorted[Math.floor((sorted.length - 1) / 2)]!, sorted.at(-1)!];
    const factors = own
      .flatMap(({ error, nextError }) => (nextError !== null && error! > 0 ? [nextError / error!] : []))
      .sort((a, b) => a - b);
    const typical = own.every(({ verdict }) => verdict === "exact") ? null : factors[Math.floor((factors.length - 1) / 2)];
    return [
      processName(model),
      letters.get(model)!,
      `${own.length} of ${places.length}`,
      ...[low, middle, high].map(({ error, verdict }) => errorWords(error, verdict)),
      typical ? `${formatNumber(typical, 2)} times` : "-",
    ];
  });
  const right = (header: string) => ({ header, align: "right" as const });
  return {
    title: "best models",
    columns: [
      { header: "", align: "left" },
      { header: "letter", align: "left" },
      right("best in\ncells"),
      right("error:\nleast"),
      right("\nmiddle"),
      right("\nlargest"),
      right("better than\nthe next by"),
    ],
    rows,
  };
}
