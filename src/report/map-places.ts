// What a map says, before it is drawn or printed: the best model of each cell, regions of cells with the same best model, and a letter a
// model. Models that are equally good (exact to rounding alike, or with errors that agree to six digits) count as one, under the name of the
// first of them in the models' order: otherwise rounding would decide, cell by cell.
import type { MapAxis, MapCell, MapResult, Verdict } from "../answer/index.ts";
import { formatNumber } from "./number.ts";
import { processIds, processName } from "./process-style.ts";
import { listed } from "./warning-text.ts";

const options = { /** Errors that differ by less, relative to the least, are the same. */ alike: 1e-6, good: 0.05 };

export interface MapPlace {
  readonly cell: MapCell;
  /** Column (x) and row (y). */
  readonly i: number;
  readonly j: number;
  /** The first of the best; null where no model has a figure. */
  readonly best: string | null;
  /** All that are as good, `best` among them. */
  readonly ties: readonly string[];
  /** The best of the others, and its error. */
  readonly next: string | null;
  readonly nextError: number | null;
  readonly error: number | null;
  readonly verdict: Verdict;
}

/** Row by row as the cells of the answer. */
export function placesOf(result: MapResult): MapPlace[] {
  const columns = result.x.values.length;
  const order = processIds(Object.fromEntries(result.models.map((id) => [id, true])));
  return result.cells.map((cell, index) => ({ cell, i: index % columns, j: Math.floor(index / columns), ...ranked(cell, order) }));
}

function ranked(cell: MapCell, order: readonly string[]): Omit<MapPlace, "cell" | "i" | "j"> {
  const known = order.flatMap((id) => (typeof cell.errors[id] === "number" ? [{ id, error: cell.errors[id] }] : []));
  if (known.length === 0) return { best: null, ties: [], next: null, nextError: null, error: null, verdict: "none" };
  const least = known.reduce((a, b) => (b.error < a.error ? b : a));
  const exact = cell.verdicts[least.id] === "exact";
  const tied = known.filter(({ id, error }) =>
    exact ? cell.verdicts[id] === "exact" : error - least.error <= options.alike * least.error,
  );
  const others = known.filter((each) => !tied.includes(each));
  const next = others.length === 0 ? null : others.reduce((a, b) => (b.error < a.error ? b : a));
  return {
    best: tied[0]!.id,
    ties: tied.map(({ id }) => id),
    next: next?.id ?? null,
    nextError: next?.error ?? null,
    error: least.error,
    verdict: cell.verdicts[least.id] ?? "none",
  };
}

export interface MapShare {
  readonly model: string;
  /** Those that are as good in some of its cells. */
  readonly alike: readonly string[];
  readonly places: readonly MapPlace[];
}

/** The models that are best somewhere, most cells first. */
export function sharesOf(places: readonly MapPlace[]): MapShare[] {
  const models = processIds(Object.fromEntries(places.flatMap(({ best }) => (best === null ? [] : [[best, true]]))));
  return models
    .map((model) => {
      const own = places.filter(({ best }) => best === model);
      const alike = processIds(Object.fromEntries(own.flatMap(({ ties }) => ties.filter((id) => id !== model).map((id) => [id, true]))));
      return { model, alike, places: own };
    })
    .sort((a, b) => b.places.length - a.places.length);
}

/** Cells that hang together (by their sides) and have the same best model, largest first; those without figures make no region. */
export function regionsOf(places: readonly MapPlace[], columns: number): MapPlace[][] {
  const seen = new Set<MapPlace>();
  const regions: MapPlace[][] = [];
  for (const first of places) {
    if (seen.has(first) || first.best === null) continue;
    const region = [first];
    seen.add(first);
    for (const { i, j } of region)
      for (const [di, dj] of [
        [1, 0],
        [-1, 0],
        [0, 1],
        [0, -1],
      ] as const) {
        const other = i + di < 0 || i + di >= columns ? undefined : places[(j + dj) * columns + i + di];
        if (!other || seen.has(other) || other.best !== first.best) continue;
        seen.add(other);
        region.push(other);
      }
    regions.push(region);
  }
  return regions.sort((a, b) => b.length - a.length);
}

const known: { readonly [id: string]: string } = {
  ...{ "gradient-flow": "G", sme1: "1", sme2: "2", spf: "P", "ha-sme": "H", "ha-sme-3": "3", "ha-sme-4": "4" },
  ...{ "ha-sme-m": "M", langevin: "L", overdamped: "O" },
};

/** One character a model; those that are not in the list get the first free letters. */
export function lettersOf(models: readonly string[]): ReadonlyMap<string, string> {
  const free = [..."ABCDEFIJKNQRSTUVWXYZ"];
  return new Map(models.map((id) => [id, (Object.hasOwn(known, id) ? known[id] : free.shift()) ?? "?"]));
}

/** Bounds between neighbouring values, and beyond the first and the last: geometric on a logarithmic axis. */
export function edgesOf({ values, logarithmic }: MapAxis): number[] {
  const middle = (a: number, b: number) => (logarithmic ? Math.sqrt(a * b) : (a + b) / 2);
  const beyond = (end: number, inner: number) => (logarithmic ? end * Math.sqrt(end / inner) : end + (end - inner) / 2);
  const inner = values.slice(1).map((value, i) => middle(values[i]!, value));
  return [beyond(values[0]!, values[1]!), ...inner, beyond(values.at(-1)!, values.at(-2)!)];
}

export const axisWords: { readonly [name in MapAxis["name"]]: string } = { eta: "learning rate", sigma: "noise sigma", start: "start" };

/** What is measured, as `compare` does. */
export const measureWords: { readonly [Q in MapResult["question"]]: string } = {
  law: "distance of the laws at the last step (Wasserstein-2) in SGD's standard deviations",
  weak: "largest error of an average on the way in the test function's standard deviations",
  exit: "|log| of the mean exit time over SGD's, both watched at t = k eta",
};

/** "learning rate 0.05 to 0.4 (7 values, equal ratios)". */
export function axisText({ name, values, logarithmic }: MapAxis): string {
  return `${axisWords[name]} ${formatNumber(values[0]!, 3)} to ${formatNumber(values.at(-1)!, 3)} (${values.length} values${logarithmic ? ", equal ratios" : ""})`;
}

/** "exact", or two digits; one where that would be long. */
export function errorWords(error: number | null, verdict: Verdict): string {
  if (error === null) return "-";
  return verdict === "exact" ? "exact" : formatNumber(error, error < 1e-3 ? 1 : 2);
}

/** "HA-SME (HA-SME-3 † and HA-SME-4 † are as good)". */
export function shareName({ model, alike }: MapShare): string {
  return alike.length === 0
    ? processName(model)
    : `${processName(model)} (${listed(alike.map((id) => processName(id)))} ${alike.length === 1 ? "is" : "are"} as good)`;
}

/** The map in sentences: who is best where, where nobody is good, where nothing is known. */
export function mapSentences(result: MapResult, places: readonly MapPlace[]): string[] {
  const sentences = sharesOf(places).map((share) => {
    const errors = share.places.map(({ error }) => error!);
    const exact = share.places.every(({ verdict }) => verdict === "exact");
    const [low, high] = [errors.reduce((a, b) => Math.min(a, b)), errors.reduce((a, b) => Math.max(a, b))];
    const range = exact
      ? "exact there"
      : low === high
        ? `off by ${formatNumber(low, 2)} there`
        : `off by ${formatNumber(low, 2)} to ${formatNumber(high, 2)} there`;
    return `${shareName(share)}: best in ${share.places.length} of ${places.length} cells${where(share, result)}, ${range}.`;
  });
  const poor = places.filter(({ verdict }) => verdict === "poor").length;
  const silent = places.filter(({ best }) => best === null);
  return [
    ...sentences,
    ...(poor > 0 ? [`In ${poor} of ${places.length} cells even the best model is off by more than ${options.good}.`] : []),
    ...(silent.length > 0
      ? [`In ${silent.length} cells no model has a figure: ${reasonsOf(silent.map(({ cell }) => cell.reason ?? "no reason given"))}.`]
      : []),
  ];
}

/** Each reason once, those of most cells first, with their numbers where they differ. */
function reasonsOf(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) {
    const bare = reason.replace(/\.$/, "");
    counts.set(bare, (counts.get(bare) ?? 0) + 1);
  }
  const most = [...counts].sort(([, a], [, b]) => b - a);
  return most.map(([reason, count]) => (most.length === 1 ? reason : `${reason} (${count})`)).join("; ");
}

/** ", learning rate 0.05 to 0.2": the ranges that its cells span, where these leave out a part of the axis. */
function where({ places }: MapShare, result: MapResult): string {
  const spans = (
    [
      ["i", result.x],
      ["j", result.y],
    ] as const
  ).flatMap(([index, axis]) => {
    const indices = places.map((place) => place[index]);
    const [low, high] = [Math.min(...indices), Math.max(...indices)];
    if (low === 0 && high === axis.values.length - 1) return [];
    const [from, to] = [formatNumber(axis.values[low]!, 3), formatNumber(axis.values[high]!, 3)];
    return [`${axisWords[axis.name]} ${from === to ? from : `${from} to ${to}`}`];
  });
  return spans.length === 0 ? "" : `, ${listed(spans)}`;
}
