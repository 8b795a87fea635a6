// What is kept of a set of paths: moments of the figures that were asked for beforehand, counts of events, and extremes with the place where
// they stood. Ensembles of disjoint sets of paths of one and the same job merge; the merged one depends on the set of paths alone, byte for
// byte, and refuses paths that it holds already. No paths are kept.
import { InputError } from "../errors.ts";
import { blocksOf, overlaps, plant, rangesOf, type Subtree, total } from "./forest.ts";
import type { Moments } from "./moments.ts";

/** Paths of one block: the unit of work and of merging. */
export const pathsPerBlock = 1024;

/** The largest value met, and the first path and the place where it stood. */
export interface Extreme {
  readonly value: number;
  readonly path: number;
  readonly place: readonly number[];
}

export interface EnsembleJson {
  readonly kind: "ensemble";
  readonly job: string;
  readonly subtrees: readonly {
    readonly level: number;
    readonly index: number;
    readonly count: number;
    readonly mean: readonly (number | null)[];
    readonly squares: readonly (number | null)[];
  }[];
  readonly counts: readonly number[];
  readonly extremes: readonly (Extreme | null)[];
}

export interface Ensemble {
  /** What was simulated, as text: two ensembles merge only if they are of the same job. */
  readonly job: string;
  /** Number of paths. */
  readonly paths: number;
  /** Blocks of path numbers in it, [from, to). */
  readonly blocks: readonly (readonly [number, number])[];
  /** Moments of the figures over all paths. */
  readonly moments: Moments;
  /** Events, counted over all paths. */
  readonly counts: Float64Array;
  readonly extremes: readonly (Extreme | null)[];
  /** @throws InputError `ensemble/job`, `ensemble/overlap` */
  merge(other: Ensemble): Ensemble;
  toJSON(): EnsembleJson;
}

interface Parts {
  readonly job: string;
  readonly forest: readonly Subtree[];
  readonly counts: Float64Array;
  readonly extremes: readonly (Extreme | null)[];
}

const partsOf = new WeakMap<Ensemble, Parts>();

function make(parts: Parts): Ensemble {
  const { job, forest, counts, extremes } = parts;
  // blocks merge by the thousand: what no one asks of the ensembles between is not worked out
  let moments: Moments | undefined;
  const ensemble: Ensemble = Object.freeze({
    job,
    paths: forest.reduce((sum, tree) => sum + tree.moments.count, 0),
    get blocks() {
      return rangesOf(forest);
    },
    get moments() {
      moments ??= total(forest)!;
      return moments;
    },
    counts,
    extremes,
    merge: (other: Ensemble) => mergeParts(parts, partsOf.get(other) ?? partsOfJson(other.toJSON())),
    toJSON: () => toJson(parts),
  });
  partsOf.set(ensemble, parts);
  return ensemble;
}

/** The ensemble of one block. */
export function ensembleOfBlock(
  job: string,
  block: number,
  moments: Moments,
  counts: Float64Array,
  extremes: readonly (Extreme | null)[],
): Ensemble {
  return make({ job, forest: [{ level: 0, index: block, moments }], counts, extremes });
}

function mergeParts(a: Parts, b: Parts): Ensemble {
  if (a.job !== b.job)
    throw new InputError(
      "ensemble/job",
      "Two ensembles of different jobs do not merge: problem, seed, figures and scheme have to be the same.",
      { a: a.job, b: b.job },
    );
  if (overlaps(a.forest, b.forest))
    throw new InputError(
      "ensemble/overlap",
      `The ensembles hold some paths in common (blocks ${JSON.stringify(rangesOf(a.forest))} and ${JSON.stringify(rangesOf(b.forest))}); each path counts once.`,
      {
        a: rangesOf(a.forest),
        b: rangesOf(b.forest),
      },
    );
  let forest = a.forest;
  for (const tree of b.forest) forest = plant(forest, tree);
  return make({
    job: a.job,
    forest,
    counts: a.counts.map((count, i) => count + b.counts[i]!),
    extremes: a.extremes.map((extreme, i) => larger(extreme, b.extremes[i]!)),
  });
}

/** The larger of two extremes; of equal ones that of the lower path number, so that the order of merging does not count. */
export function larger(a: Extreme | null, b: Extreme | null): Extreme | null {
  if (!a || !b) return a ?? b;
  if (a.value !== b.value) return a.value > b.value ? a : b;
  return a.path <= b.path ? a : b;
}

function toJson({ job, forest, counts, extremes }: Parts): EnsembleJson {
  const numbers = (values: Float64Array) => Array.from(values, (value) => (Number.isFinite(value) ? value : null));
  return {
    kind: "ensemble",
    job,
    subtrees: forest.map(({ level, index, moments }) => ({
      level,
      index,
      count: moments.count,
      mean: numbers(moments.mean),
      squares: numbers(moments.squares),
    })),
    counts: Array.from(counts),
    extremes,
  };
}

/**
 * Reads what toJSON wrote; figures that do not exist are null there and NaN here.
 * @throws InputError `ensemble/json` naming the field that is wrong
 */
export function readEnsemble(json: unknown): Ensemble {
  return make(partsOfJson(json));
}

function partsOfJson(json: unknown): Parts {
  const refuse = (field: string, allowed: string): never => {
    throw new InputError("ensemble/json", `This is no ensemble: field ${field} should be ${allowed}.`, { field });
  };
  const record = (value: unknown, field: string): Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : refuse(field, "an object");
  const list = (value: unknown, field: string): unknown[] => (Array.isArray(value) ? value : refuse(field, "a list"));
  const whole = (value: unknown, field: string): number =>
    Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : refuse(field, "a whole number");
  const figures = (value: unknown, field: string): Float64Array =>
    Float64Array.from(list(value, field), (entry) =>
      entry === null ? Number.NaN : typeof entry === "number" ? entry : refuse(field, "a list of numbers and nulls"),
    );

  const document = record(json, "(document)");
  if (document["kind"] !== "ensemble") refuse("kind", '"ensemble"');
  const job = typeof document["job"] === "string" ? document["job"] : refuse("job", "a text");
  let forest: Subtree[] = [];
  for (const entry of list(document["subtrees"], "subtrees")) {
    const tree = record(entry, "subtrees[]");
    const level = whole(tree["level"], "subtrees[].level");
    const index = whole(tree["index"], "subtrees[].index");
    const moments = {
      count: whole(tree["count"], "subtrees[].count"),
      mean: figures(tree["mean"], "subtrees[].mean"),
      squares: figures(tree["squares"], "subtrees[].squares"),
    };
    const first = forest[0];
    if (moments.mean.length !== moments.squares.length || (first && first.moments.mean.length !== moments.mean.length))
      refuse("subtrees[].mean", "as long as every other list of figures");
    const blocks = blocksOf({ level, index });
    if (level > 40 || moments.count < 1 || moments.count > (blocks[1] - blocks[0]) * pathsPerBlock)
      refuse("subtrees[].count", "1 up to the paths of its blocks");
    const added = { level, index, moments };
    if (overlaps(forest, [added])) refuse("subtrees", "disjoint");
    forest = plant(forest, added);
  }
  if (forest.length === 0) refuse("subtrees", "a list that is not empty");
  const counts = Float64Array.from(list(document["counts"], "counts"), (count) => whole(count, "counts[]"));
  const extremes = list(document["extremes"], "extremes").map((entry): Extreme | null => {
    if (entry === null) return null;
    const extreme = record(entry, "extremes[]");
    const value = typeof extreme["value"] === "number" ? extreme["value"] : refuse("extremes[].value", "a number");
    return { value, path: whole(extreme["path"], "extremes[].path"), place: Array.from(figures(extreme["place"], "extremes[].place")) };
  });
  return { job, forest, counts, extremes };
}
