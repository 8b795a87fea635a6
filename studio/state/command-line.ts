// The command that gives the same answer: a gallery name, flags where flags say it all, else the problem file that the page downloads.
import type { Raw, Treatment } from "../engine/jobs.ts";

/** A problem's own file name. */
export function fileNameOf(raw: Raw): string {
  const name = typeof raw["name"] === "string" ? raw["name"] : "";
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 60);
  return `${plain || "problem"}.json`;
}

/** @param gallery  the gallery name, where the problem is just that */
export function commandLine(
  command: string,
  raw: Raw,
  gallery: string | undefined,
  { twoStep, nearest }: Treatment,
  flags: readonly string[] = [],
): string {
  const words = [...(gallery ? [gallery] : (flagsOf(raw) ?? [fileNameOf(raw)])), ...flags];
  if (twoStep) words.push("--two-step");
  if (nearest) words.push("--nearest");
  return ["escapement", command, ...words.map(quoted)].join(" ");
}

/** Undefined where the problem has what no flag says. */
function flagsOf(raw: Raw): string[] | undefined {
  const {
    objective,
    noise,
    learningRate,
    start,
    steps,
    tests,
    at,
    inside,
    $schema: _schema,
    name: _name,
    description: _description,
    ...rest
  } = raw;
  if (Object.keys(rest).length > 0 || !Array.isArray(start)) return undefined;
  const words: string[] = [];
  const { formula, variables, quadratic, ...others } = objective as Record<string, unknown>;
  if (Object.keys(others).length > 0) return undefined;
  if (typeof formula === "string")
    words.push("--formula", formula, ...(Array.isArray(variables) ? ["--variables", variables.join(",")] : []));
  else {
    const { matrix, center } = quadratic as Record<string, unknown>;
    if (center !== undefined) return undefined;
    words.push("--matrix", JSON.stringify(matrix));
  }
  const { gaussian, minibatch } = noise as Record<string, Record<string, unknown> | undefined>;
  if (gaussian?.["sigma"] !== undefined) words.push("--sigma", String(gaussian["sigma"]));
  else if (gaussian?.["covariance"] !== undefined) words.push("--covariance", JSON.stringify(gaussian["covariance"]));
  else if (minibatch && !minibatch["epochs"])
    words.push("--batch", String(minibatch["size"]), ...(minibatch["replacement"] ? ["--with-replacement"] : []));
  else return undefined;
  words.push("--eta", String(learningRate), `--start=${start.join(",")}`, "--steps", String(steps));
  if (Array.isArray(tests)) for (const test of tests) words.push("--test", String(test));
  if (Array.isArray(at)) words.push("--at", at.join(","));
  if (typeof inside === "string") words.push("--inside", inside);
  return words;
}

/** As shells read it: in single quotes, in which a single quote cannot stand. */
const quoted = (word: string): string => (/^[\w./:,=+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
