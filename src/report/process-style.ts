// Each process has one name, colour, dash and symbol in every table, legend and figure. The colours keep apart for the colour-blind
// and stand out from white and from near-black (test/report/process-style.test.ts measures both); dash and symbol say the same again,
// so that nothing hangs on colour. Ids that are not in the list get what is left, always the same for the same id.
import type { ModelDescription } from "../answer/index.ts";

export interface ProcessStyle {
  readonly id: string;
  /** With its dagger, if the model is ours and not in the paper. */
  readonly name: string;
  readonly ours: boolean;
  readonly light: string;
  readonly dark: string;
  /** SVG stroke-dasharray; "none" is solid. */
  readonly dash: string;
  /** A symbol's name of Observable Plot (d3-shape). */
  readonly symbol: Symbol;
  readonly strokeWidth: number;
  /** CSS colour: a variable that the page sets for light and dark, with the light colour where no page is around. */
  readonly colour: string;
}

export type Symbol =
  | "circle"
  | "cross"
  | "diamond"
  | "square"
  | "star"
  | "triangle"
  | "wye"
  | "plus"
  | "times"
  | "triangle2"
  | "asterisk"
  | "square2"
  | "diamond2";

export const dagger = "†";
export const daggerNote = `${dagger} ours, not in the paper`;

type Entry = readonly [id: string, title: string, ours: boolean, light: string, dark: string, dash: string, symbol: Symbol];

const known: readonly Entry[] = [
  ["sgd", "SGD", false, "#1f2328", "#f0f3f6", "none", "circle"],
  ["sgd-gaussian", "SGD, Gaussian noise", false, "#6e7681", "#a8b1bb", "9 3", "plus"],
  ["gradient-flow", "Gradient flow", false, "#656565", "#6b6b6b", "1 3", "times"],
  ["sme1", "SME-1", false, "#dd7725", "#e9eb38", "6 3", "triangle"],
  ["sme2", "SME-2", false, "#0977c4", "#8bc9ff", "2 2", "square"],
  ["spf", "SPF", false, "#1fa396", "#00b997", "8 3 2 3", "diamond"],
  ["ha-sme", "HA-SME", false, "#5d0c9b", "#b270e7", "13 3", "star"],
  ["ha-sme-3", "HA-SME-3", true, "#cc1900", "#ff732c", "10 2 2 2 2 2", "wye"],
  ["ha-sme-4", "HA-SME-4", true, "#1919ff", "#4a48ff", "14 2 2 2 2 2 2 2", "diamond2"],
  ["ha-sme-m", "HA-SME-M", true, "#b5179e", "#ff9aea", "5 2 1 2", "asterisk"],
  ["langevin", "Langevin", false, "#7a5230", "#c9a27e", "4 4", "cross"],
  ["overdamped", "overdamped", false, "#5b6b00", "#b9c94a", "3 5", "triangle2"],
];

/** For ids that are not in the list. */
const spare: readonly (readonly [light: string, dark: string, dash: string, symbol: Symbol])[] = [
  ["#7a5230", "#c9a27e", "7 2 7 5", "asterisk"],
  ["#00727f", "#4fd3e3", "3 2 1 2", "cross"],
  ["#5b6b00", "#b9c94a", "4 5", "square2"],
  ["#a3245f", "#ff8fc0", "11 2 3 2", "triangle2"],
];

/** The order of interface.md, SGD first; ids that are not in the list come last. */
export function byProcessOrder(a: string, b: string): number {
  const place = (id: string) => {
    const i = known.findIndex((entry) => entry[0] === id);
    return i < 0 ? known.length : i;
  };
  return place(a) - place(b);
}

export function processIds(models: { readonly [id: string]: unknown }): string[] {
  return Object.keys(models).sort(byProcessOrder);
}

function hash(text: string): number {
  let h = 0;
  for (const character of text) h = (Math.imul(h, 31) + character.codePointAt(0)!) >>> 0;
  return h;
}

/** A name that a CSS variable and an SVG id may have. */
export function safeName(text: string): string {
  return text.replace(/[^A-Za-z0-9_-]+/g, "-");
}

/**
 * The style of a process. A text that starts with a known title, such as "HA-SME (nearest, defect 2e-5)", keeps its wording and has that
 * model's look.
 */
export function processStyle(id: string, descriptions: readonly ModelDescription[] = []): ProcessStyle {
  const description = descriptions.find((each) => each.id === id);
  const entry = known.find((each) => each[0] === id);
  const alike = entry ?? known.filter((each) => each[0] !== "sgd" && (id.startsWith(`${each[1]} (`) || id.startsWith(`${each[0]} (`)))[0];
  if (alike) {
    const [knownId, knownTitle, knownOurs, light, dark, dash, symbol] = alike;
    const ours = description?.ours ?? knownOurs;
    const title = entry ? (description?.title ?? knownTitle) : id.startsWith(knownId) ? knownTitle + id.slice(knownId.length) : id;
    return {
      ...{ id, name: withDagger(title, ours), ours, light, dark, dash, symbol },
      strokeWidth: knownId === "sgd" ? 2.5 : 1.75,
      colour: `var(--process-${safeName(knownId)}, ${light})`,
    };
  }
  return spareStyle(id, hash(id) % spare.length, description);
}

/** The styles of processes in one figure: those that are not in the list differ from each other as long as there are spare looks. */
export function processStyles(ids: readonly string[], descriptions: readonly ModelDescription[] = []): ProcessStyle[] {
  let next = 0;
  return ids.map((id) => {
    const style = processStyle(id, descriptions);
    if (!style.colour.startsWith("var(--process-spare-")) return style;
    return spareStyle(
      id,
      next++ % spare.length,
      descriptions.find((each) => each.id === id),
    );
  });
}

function spareStyle(id: string, place: number, description: ModelDescription | undefined): ProcessStyle {
  const [light, dark, dash, symbol] = spare[place]!;
  // The series of the modified equation, which are made on request and so are in no list, are ours.
  const series = /^series-(\d+)$/.exec(id)?.[1];
  const ours = description?.ours ?? series !== undefined;
  const title = description?.title ?? (series === undefined ? id : `Series-${series}`);
  return {
    ...{ id, name: withDagger(title, ours), ours, light, dark, dash, symbol },
    strokeWidth: 1.75,
    colour: `var(--process-spare-${place}, ${light})`,
  };
}

function withDagger(title: string, ours: boolean): string {
  return ours && !title.includes(dagger) ? `${title} ${dagger}` : title;
}

export function processName(id: string, descriptions: readonly ModelDescription[] = []): string {
  return processStyle(id, descriptions).name;
}

/** Declarations that set the colours of these processes, for one colour scheme. */
export function colourVariables(ids: Iterable<string>, scheme: "light" | "dark"): string {
  const all = new Set([...known.map((entry) => entry[0]), ...ids]);
  const spares = spare.map(([light, dark], place) => `--process-spare-${place}:${scheme === "light" ? light : dark};`);
  return [...[...all].map((id) => `--process-${safeName(id)}:${processStyle(id)[scheme]};`), ...spares].join("");
}
