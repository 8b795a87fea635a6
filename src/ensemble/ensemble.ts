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

class MergedBlocks implements Ensemble {
  readonly #parts: Parts;
  #moments: Moments | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get job(): string {
    return this.#parts.job;
  }
  get paths(): number {
    return this.#parts.forest.reduce((sum, tree) => sum + tree.moments.count, 0);
  }
  get blocks(): readonly (readonly [number, number])[] {
    return rangesOf(this.#parts.forest);
  }
  get moments(): Moments {
    this.#moments ??= total(this.#parts.forest)!;
    return this.#moments;
  }
  get counts(): Float64Array {
    return this.#parts.counts;
  }
  get extremes(): readonly (Extreme | null)[] {
    return this.#parts.extremes;
  }
  merge(other: Ensemble): Ensemble {
    const both = mergingOf(this.#parts);
    both.add(other);
    return both.ensemble();
  }
  toJSON(): EnsembleJson {
    return toJson(this.#parts);
  }

  static partsOf(ensemble: Ensemble): Parts {
    // another copy of this module has classes of its own
    return ensemble instanceof MergedBlocks ? ensemble.#parts : partsOfJson(ensemble.toJSON());
  }
}

/** The ensemble of one block. */
export function ensembleOfBlock(
  job: string,
  block: number,
  moments: Moments,
  counts: Float64Array,
  extremes: readonly (Extreme | null)[],
): Ensemble {
  return new MergedBlocks({ job, forest: [{ level: 0, index: block, moments }], counts, extremes });
}

/** Ensembles on their way to one. */
export interface Merging {
  /** @throws InputError `ensemble/job`, `ensemble/overlap` */
  add(ensemble: Ensemble): void;
  /** What was added so far; undefined of nothing. */
  ensemble(): Ensemble | undefined;
}

/** Merges one ensemble after another: blocks come by the thousand, and none of the ensembles between is made. */
export function merging(): Merging {
  let begun: ReturnType<typeof mergingOf> | undefined;
  return {
    add(ensemble) {
      if (begun) begun.add(ensemble);
      else begun = mergingOf(MergedBlocks.partsOf(ensemble));
    },
    ensemble: () => begun?.ensemble(),
  };
}

function mergingOf({ job, ...first }: Parts) {
  const forest = [...first.forest];
  const counts = first.counts.slice();
  const extremes = [...first.extremes];
  return {
    add(ensemble: Ensemble) {
      const other = MergedBlocks.partsOf(ensemble);
      if (job !== other.job)
        throw new InputError(
          "ensemble/job",
          "Two ensembles of different jobs do not merge: problem, seed, figures and scheme have to be the same.",
          { a: job, b: other.job },
        );
      if (overlaps(forest, other.forest)) {
        const [a, b] = [rangesOf(forest), rangesOf(other.forest)];
        throw new InputError(
          "ensemble/overlap",
          `The ensembles hold some paths in common (blocks ${JSON.stringify(a)} and ${JSON.stringify(b)}); each path counts once.`,
          { a, b },
        );
      }
      for (const tree of other.forest) plant(forest, tree);
      for (let i = 0; i < counts.length; i++) counts[i]! += other.counts[i]!;
      for (let i = 0; i < extremes.length; i++) extremes[i] = larger(extremes[i]!, other.extremes[i]!);
    },
    ensemble: (): Ensemble => new MergedBlocks({ job, forest: [...forest], counts: counts.slice(), extremes: [...extremes] }),
  };
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
  return new MergedBlocks(partsOfJson(json));
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
  const forest: Subtree[] = [];
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
    plant(forest, added);
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
