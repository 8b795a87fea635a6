// Where two JSON values first differ, to say in one line why a run is not the one that was asked for.

export interface Difference {
  /** Such as problems[0].noise.gaussian.sigma. */
  readonly path: string;
  readonly a: string;
  readonly b: string;
}

/** The first difference, in the order of a's fields, then b's; undefined where the two are equal. */
export function firstDifference(a: unknown, b: unknown, path = ""): Difference | undefined {
  if (Object.is(a, b)) return undefined;
  if (isObject(a) && isObject(b) && Array.isArray(a) === Array.isArray(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const place = Array.isArray(a) ? `${path}[${key}]` : path ? `${path}.${key}` : key;
      const found = firstDifference(a[key], b[key], place);
      if (found) return found;
    }
    return undefined;
  }
  return { path, a: short(a), b: short(b) };
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

function short(value: unknown): string {
  if (value === undefined) return "not given";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
