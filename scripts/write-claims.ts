// docs/claims.md: the table and the lists under "What came out" and "Words and sources", from the document of a run of `reproduce`:
//
//   escapement reproduce --json --quiet > docs/claims.json && npx tsx scripts/write-claims.ts
//
// A test (test/claim/docs.test.ts) compares the committed page with the committed document. Which figures stand in the table is chosen here
// by name; what they are, and the verdicts, is the run's.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Answer, ClaimAnswer, Measured, ReproduceResult } from "../src/answer/index.ts";
import { formatEstimate } from "../src/report/index.ts";

export const page = "docs/claims.md";
export const document = "docs/claims.json";

/** The figures of the table, by claim: the beginnings of their names. Without an entry the first four stand. */
const telling: Record<string, readonly string[]> = {
  "weak-order": ["order of ha-sme, x^2, 1-D", "order of sme2, x^2, 1-D", "order of ha-sme, x^2, 2-D", "order of ha-sme, loss, 10-D"],
  smoothness: [
    "Hessian scaled, convex, T ~ 1/s: power of s in sme2's error",
    "Hessian scaled, convex, T ~ 1/s: power of s in spf's error",
    "Hessian scaled, convex, T ~ 1/s: power of s in ha-sme's error",
  ],
  "quadratic-law": [
    "HA-SME, largest relative gap of the joint law",
    "share of quadratics where D D^T is not psd: d samples, d = 3",
    "share of quadratics where D D^T is not psd: d - 1 samples, d = 3",
  ],
  "earlier-models": [
    "minimum past 2, z = 2.1: SGD, closed form",
    "minimum past 2, z = 2.1: sme1",
    "maximum, z = -0.3: SGD, closed form",
    "maximum, z = -0.3: sme2",
  ],
  networks: ["iris, 4 tanh units, eta = 0.5: sme1 over SGD", "iris, 4 tanh units, eta = 0.5: ha-sme over SGD"],
  "escape-saddle": ["saddle, quartic, eta 0.2: sme1 over SGD", "saddle, quartic, eta 0.2: ha-sme over SGD"],
  "escape-barrier": ["eta 0.2, sigma 0.9: sme1 over SGD", "eta 0.2, sigma 0.9: ha-sme over SGD", "eta 0.2, sigma 0.9: ha-sme-3 over SGD"],
  "quasi-potential": ["sgd: exponent W v, measured", "ha-sme: exponent W v, measured"],
};

const verdicts = { holds: "holds", "holds-with-limit": "holds, with a limit", "does-not-hold": "**does not hold**" } as const;

/** Text as it stands: the products of formulas are no emphasis. */
const plain = (text: string): string => text.replaceAll("*", "\\*");
const cell = (text: string): string => plain(text).replaceAll("|", "\\|");

const figure = ({ name, value }: Measured): string => `${name}: ${formatEstimate(value, 4)}`;

function figuresOf({ id, measured }: ClaimAnswer): readonly Measured[] {
  const names = telling[id] ?? [];
  const chosen = names.flatMap((start) => measured.find(({ name }) => name.startsWith(start)) ?? []);
  return chosen.length > 0 ? chosen : measured.slice(0, 4);
}

/** The parts of the page, by the name of their markers. */
export function claimParts({ result, seed }: Answer<ReproduceResult>): Map<string, string> {
  const rows = result.claims.map(
    (claim) => `| \`${claim.id}\`: ${cell(claim.title)} | ${verdicts[claim.verdict]} | ${cell(figuresOf(claim).map(figure).join("; "))} |`,
  );
  const run = `From a ${result.effort === "quick" ? "`--quick`" : "full"} run, seed ${seed} (the same on every machine); the page that the command writes has all figures, \`docs/claims.json\` is its document.`;
  const failed = result.claims.flatMap(({ id, tests }) => {
    const sentences = tests
      .filter(({ passed }) => !passed)
      .map(({ decides, rule, found }) => `${decides === "claim" ? "Fails" : "Limit"}: ${plain(rule)}: ${plain(found)}.`);
    return sentences.length > 0 ? [`- \`${id}\`: ${sentences.join(" ")}`] : [];
  });
  const words = result.claims.map(({ id, claim, source }) => `- \`${id}\`: ${plain(claim)} (${plain(source)})`);
  const untested = result.untested.map(({ claim, source, why }) => `- ${plain(claim)} (${plain(source)}) ${plain(why)}`);
  return new Map([
    ["outcome", [run, "", "| claim | verdict | some of the figures |", "|---|---|---|", ...rows, "", ...failed].join("\n")],
    ["words", words.join("\n")],
    ["untested", untested.join("\n")],
  ]);
}

/** The page with its parts replaced. */
export function withClaims(text: string, answer: Answer<ReproduceResult>): string {
  let whole = text;
  for (const [name, part] of claimParts(answer)) {
    const pattern = new RegExp(`(<!-- claims: ${name} -->\n)[\\s\\S]*?(<!-- end: ${name} -->)`);
    if (!pattern.test(whole)) throw new Error(`${page}: found no place for ${name}`);
    whole = whole.replace(pattern, (_all, open: string, close: string) => `${open}${part}\n${close}`);
  }
  return whole;
}

export const readDocument = (): Answer<ReproduceResult> => JSON.parse(readFileSync(document, "utf8")) as Answer<ReproduceResult>;

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(page, withClaims(readFileSync(page, "utf8"), readDocument()));
