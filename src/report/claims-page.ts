// The page of `reproduce`: a table of verdicts, then each claim with its words, verdict, reasons, figures and every number; then what is untested.
import type { Answer, ClaimAnswer, ReproduceResult } from "../answer/index.ts";
import { verdictWords } from "./claims-table.ts";
import { claimFigure } from "./figure/claim-chart.ts";
import { html, type Markup } from "./html.ts";
import { formatEstimate } from "./number.ts";
import { figureGrid, htmlTable, type PageContext, pageFooter, warningList, wholePage } from "./page-parts.ts";
import { processIds } from "./process-style.ts";
import { footnotes } from "./warning-text.ts";

/** Colours of the page's verdict cells, each with its sign, so that nothing hangs on colour. */
const looks = { holds: ["exact", "✓"], "holds-with-limit": ["good", "~"], "does-not-hold": ["poor", "✗"] } as const;

/** One self-contained HTML file with every claim and all figures. */
export function claimsPage(answer: Answer<ReproduceResult>, context: PageContext): string {
  const { result } = answer;
  const title = "The published claims, measured";
  const header = html`<p class="brand">Escapement</p><h1>${title}</h1><p class="setting">arXiv:2405.18373, of which only the abstracts were at hand; ${result.effort} run. Problems, data and rates are ours. Numbers are consistent with a claim or not; they prove none.</p>`;
  const rows = result.claims.map(
    (claim) => html`<tr><th scope="row"><a href="#${claim.id}">${claim.title}</a></th>${verdictCell(claim)}<td>${claim.claim}</td></tr>`,
  );
  const main = html`${warningList(footnotes(answer.warnings).notes, html`<h2>Warnings</h2>`)}
<div class="scroll" tabindex="0" role="group" aria-label="Table: verdicts"><table><caption>Verdicts</caption><thead><tr><th scope="col">claim</th><th scope="col">verdict</th><th scope="col">what is claimed</th></tr></thead><tbody>${rows}</tbody></table></div>
${result.claims.map((claim) => section(claim, context))}
<section aria-labelledby="untested"><h2 id="untested">Not tested</h2><dl class="stacked">${result.untested.map((each) => html`<dt>${each.claim}</dt><dd>${each.why} <span class="note">(${each.source})</span></dd>`)}</dl></section>`;
  const ids = result.claims.flatMap(({ charts }) => charts.flatMap(({ lines }) => lines.map(({ process }) => process)));
  return wholePage(
    title,
    header,
    main,
    pageFooter(context, answer.version, answer.seed),
    processIds(Object.fromEntries(ids.map((id) => [id, true]))),
  );
}

function verdictCell({ verdict }: ClaimAnswer): Markup {
  const [look, sign] = looks[verdict];
  return html`<td class="verdict ${look}"><b>${sign} ${verdictWords[verdict].toLowerCase()}</b></td>`;
}

function section(claim: ClaimAnswer, context: PageContext): Markup {
  const figures = claim.charts.map((chart) => claimFigure(chart, { document: context.document, problem: {}, idPrefix: `${claim.id}-` }));
  const tests = claim.tests.map(
    (test) => html`<li><b>${test.passed ? "✓" : "✗"}</b> ${test.rule}${test.decides === "limit" ? " (limit)" : ""}: ${test.found}</li>`,
  );
  const numbers = {
    title: `All figures: ${claim.title}`,
    columns: [
      { header: "measured", align: "left" as const },
      { header: "value", align: "right" as const },
    ],
    rows: claim.measured.map(({ name, value }) => [name, formatEstimate(value)]),
  };
  return html`<section aria-labelledby="${claim.id}"><h2 id="${claim.id}">${claim.title}</h2>
<p class="short"><b>Verdict: ${looks[claim.verdict][1]} ${verdictWords[claim.verdict].toLowerCase()}</b></p>
<p>${claim.claim}</p><p class="note">${claim.source}</p>
<h3>Why</h3><p>${claim.why}</p>
<details><summary>The rules that decide, and what was run</summary><ul>${tests}</ul><ul>${claim.setting.map((line) => html`<li>${line}</li>`)}</ul></details>
<h3>Figures</h3>${figureGrid(figures, `${claim.id}-`, 4)}
<details><summary>Every number</summary>${htmlTable(numbers)}</details></section>
`;
}
