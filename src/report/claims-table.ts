// `reproduce` as text: each claim with its verdict, why, and every figure measured; then what is not tested. Verdicts against the paper are told as large
// as the others.
import type { Answer, ClaimVerdict, ReproduceResult } from "../answer/index.ts";
import { formatEstimate } from "./number.ts";
import type { TableOptions } from "./table-frame.ts";
import { plainText, tableLines, defaults as textDefaults, wrap } from "./text-table.ts";
import { footnotes, noteLines } from "./warning-text.ts";

export interface ClaimsTableOptions extends TableOptions {
  /** Where the page was written. */
  readonly report?: string;
  /** What asks the same again. */
  readonly command?: string;
}

export const verdictWords: { readonly [V in ClaimVerdict]: string } = {
  holds: "HOLDS",
  "holds-with-limit": "HOLDS, WITH A LIMIT",
  "does-not-hold": "DOES NOT HOLD",
};

export function claimsTable(answer: Answer<ReproduceResult>, options: ClaimsTableOptions = {}): string {
  const width = options.width ?? textDefaults.width;
  const { result } = answer;
  const right = (header: string) => ({ header, align: "right" as const });
  const left = (header: string) => ({ header, align: "left" as const });
  const claims = result.claims.flatMap((claim) => [
    "",
    ...wrap(`${verdictWords[claim.verdict]}: ${claim.title} (${claim.id})`, width),
    ...wrap(`  Claim: ${plainText(claim.claim)}`, width, "    "),
    ...wrap(`  Source: ${plainText(claim.source)}`, width, "    "),
    ...wrap(`  Why: ${plainText(claim.why)}`, width, "    "),
    ...claim.setting.flatMap((line) => wrap(`  Measured on ${plainText(line)}`, width, "    ")),
    ...tableLines(
      {
        title: "",
        columns: [left("measured"), right("")],
        rows: claim.measured.map(({ name, value }) => [shortened(name, width - 22), formatEstimate(value, 5)]),
      },
      width,
    ),
  ]);
  const notes = footnotes(answer.warnings).notes;
  return [
    ...wrap(
      `The claims of arXiv:2405.18373, measured (${result.effort}). Problems, data and rates are ours; figures are consistent with a claim or not, they prove none.`,
      width,
    ),
    ...tableLines(
      {
        title: "",
        columns: [left("claim"), left("verdict")],
        rows: result.claims.map(({ title, verdict }) => [title, verdictWords[verdict]]),
      },
      width,
    ),
    ...claims,
    "",
    "NOT TESTED",
    ...result.untested.flatMap((each) =>
      wrap(`  ${plainText(each.claim)} (${plainText(each.source)}) ${plainText(each.why)}`, width, "    "),
    ),
    "",
    ...wrap("1.23(4) is 1.23 with error 0.04; no parenthesis: right to the digits shown", width),
    ...(notes.length > 0 ? ["", ...noteLines(notes, width)] : []),
    ...(options.report ? ["", `Report: ${options.report}`] : []),
    ...(options.command ? [`Again:  ${options.command}`] : []),
  ].join("\n");
}

/** Names of figures are sentences; a table's first column is not cut by its own rules. */
function shortened(name: string, most: number): string {
  const points = [...name];
  return points.length <= most ? name : `${points.slice(0, most - 1).join("")}…`;
}
