// The report page of `compare`: what was asked, the answer in a few sentences and a table of verdicts, then figures, numbers, mathematics,
// warnings, and all that is needed to get it again. A single question's page is answer-page.ts.
import type { Answer, ComparedProblem, CompareResult, ModelVerdict, QuestionName, Verdict } from "../answer/index.ts";
import { askedText, setting } from "./asked.ts";
import { askedQuestions, comparedModels, errorText, generalWarnings, treatmentNotes, treatmentOf, verdictOn } from "./compare-table.ts";
import { facts, indicatorFacts, sweepTable } from "./diagnose-table.ts";
import { exitTables } from "./exit-table.ts";
import { type FigureContext, problemFigures } from "./figure/index.ts";
import { questionWords } from "./figure/verdicts.ts";
import { html, type Markup } from "./html.ts";
import { defectNotes, lawTables } from "./law-table.ts";
import { formatNumber } from "./number.ts";
import {
  factsList,
  figureGrid,
  htmlTables,
  modelTable,
  type PageContext,
  pageFooter,
  problemFile,
  warningList,
  wholePage,
} from "./page-parts.ts";
import { problemName, regionText } from "./problem-text.ts";
import { daggerNote, processName, processStyle } from "./process-style.ts";
import { plainText } from "./text-table.ts";
import { type Footnotes, footnotes, notesOf } from "./warning-text.ts";
import { weakTables } from "./weak-table.ts";

export type { PageContext } from "./page-parts.ts";

/** One self-contained HTML file. The same answer and command give the same bytes. */
export function comparePage(answer: Answer<CompareResult>, context: PageContext): string {
  const { problems } = answer.result;
  const names = problems.map((each) => problemName(each.problem));
  const title = problems.length === 1 ? `Which model of SGD is right? ${names[0]}` : "Which model of SGD is right?";
  const contents = html`<nav aria-label="Problems"><ol>${problems.map((_, i) => html`<li><a href="#problem-${i + 1}">${names[i]}</a></li>`)}</ol></nav>`;
  const header = html`<p class="brand">Escapement</p><h1>${title}</h1>
<p>Stochastic gradient descent moves in steps. Continuous-time models replace the steps by a stochastic differential equation; this page measures how far each model is from SGD itself, with every figure's error.</p>${problems.length > 1 ? contents : null}`;
  const overview = problems.length > 1 ? bestModels(problems, names) : null;
  const ids = new Set(problems.flatMap(comparedModels));
  const main = html`${overview}${problems.map((each, i) => problemSection(each, names[i]!, i + 1, context))}${warningList(notesOf(generalWarnings(answer)), html`<h2>Warnings</h2>`)}`;
  return wholePage(title, header, main, pageFooter(context, answer.version, answer.seed), ids);
}

/** Several problems: the best model by problem and question. */
function bestModels(problems: readonly ComparedProblem[], names: readonly string[]): Markup {
  const questions = (["law", "weak", "exit", "stationary"] as const).filter((question) =>
    problems.some((each) => askedQuestions(each).includes(question)),
  );
  const cell = (problem: ComparedProblem, question: QuestionName) => {
    const list = problem.byQuestion[question];
    if (!list || list.length === 0) return html`<td class="note">not asked</td>`;
    const best = list[0]!;
    const level = list.filter(
      (each) => each.verdict !== "none" && (each.error === best.error || (best.verdict === "exact" && each.verdict === "exact")),
    );
    if (level.length === 0) return html`<td>no model has a figure</td>`;
    return html`<td class="verdict ${best.verdict}">${level.map((each) => bestName(problem, question, each.model)).join(", ")} ${verdictMark(best)}</td>`;
  };
  return html`<section aria-labelledby="best"><h2 id="best">The best model, by problem and question</h2>
<div class="scroll" tabindex="0" role="group" aria-label="Table: the best models"><table><caption>Best model and its error</caption>
<thead><tr><th scope="col">problem</th>${questions.map((question) => html`<th scope="col">${questionWords[question]}</th>`)}</tr></thead>
<tbody>${problems.map((problem, i) => html`<tr><th scope="row"><a href="#problem-${i + 1}">${names[i]}</a></th>${questions.map((question) => cell(problem, question))}</tr>`)}</tbody></table></div></section>
`;
}

function bestName(problem: ComparedProblem, question: QuestionName, model: string): string {
  const treatment = treatmentOf(problem, question, model);
  return `${processName(model, problem.descriptions)}${treatment === null ? "" : ` (${treatment})`}`;
}

/** The word, with a sign beside it for those who look before they read. */
const signs: { readonly [V in Verdict]: string } = { exact: "=", good: "✓", poor: "✗", none: "–" };

function verdictMark(verdict: ModelVerdict, treatment: string | null = null): Markup {
  const error = verdict.verdict === "exact" || verdict.verdict === "none" ? "" : ` ${errorText(verdict)}`;
  return html`<b>${signs[verdict.verdict]} ${verdict.verdict}</b>${error}${treatment === null ? "" : ` (${treatment})`}`;
}

function verdictTable(problem: ComparedProblem): Markup {
  const questions = askedQuestions(problem);
  const models = comparedModels(problem);
  const rows = models.map((id) => {
    const description = problem.descriptions.find((each) => each.id === id);
    const cells = questions.map((question) => {
      const verdict = verdictOn(problem, question, id);
      return verdict
        ? html`<td class="verdict ${verdict.verdict}">${verdictMark(verdict, treatmentOf(problem, question, id))}</td>`
        : html`<td class="verdict none"><b>${signs.none} none</b></td>`;
    });
    return html`<tr><th scope="row">${processName(id, problem.descriptions)}</th><td class="right">${description?.declaredOrder ?? "-"}</td>${cells}</tr>`;
  });
  const reasons = questions.map(
    (question) =>
      html`<h4>${questionWords[question]}</h4><ol>${problem.byQuestion[question]!.map((each) => html`<li><strong>${processName(each.model, problem.descriptions)}</strong>, ${each.verdict}: ${plainText(each.why)}</li>`)}</ol>`,
  );
  const ours = models.some((id) => processStyle(id, problem.descriptions).ours) ? ` ${daggerNote}.` : "";
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Table: verdicts"><table><caption>Verdict and error, by question</caption>
<thead><tr><th scope="col">model</th><th scope="col" class="right">weak order</th>${questions.map((question) => html`<th scope="col">${questionWords[question]}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>
<p class="note">Errors have no unit: law and long run, Wasserstein-2 distance from SGD's law in SGD's standard deviations; averages, the largest error on the way in standard deviations of the test function; exit time, |log| of the ratio to SGD's. Exact is rounding, good is below 0.05, poor is above, none is no figure.${treatmentNotes(problem).map((each) => ` ${each[0]!.toUpperCase()}${each.slice(1)}.`)}${ours}</p>
<details><summary>Why: best first, question by question</summary>${reasons}</details>
`;
}

function problemSection(problem: ComparedProblem, name: string, number: number, context: PageContext): Markup {
  const id = `problem-${number}`;
  const prefix = `p${number}-`;
  const figures: FigureContext = {
    document: context.document,
    problem: problem.problem,
    descriptions: problem.descriptions,
    idPrefix: prefix,
  };
  const notes = footnotes(problem.warnings);
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${name}</h2>
<h3>What was asked</h3><p class="setting">${setting(problem.problem)}</p><p>${askedText(problem.problem, askedQuestions(problem))}</p>
${problem.sentences.length > 0 ? html`<h3>In short</h3><ul class="short">${problem.sentences.map((sentence) => html`<li>${plainText(sentence).replaceAll(" %", "\u00a0%")}</li>`)}</ul>` : null}
<h3>Verdicts</h3>${verdictTable(problem)}
${stability(problem)}${warningList(notes.notes, html`<h3>Warnings</h3>`)}
<h3>Figures</h3>${figureGrid(problemFigures(problem, figures), prefix, 4)}
<h3>Numbers</h3>${numbers(problem, notes)}
<h3>Models</h3>${modelTable(problem.descriptions, "Drift and diffusion of each model")}
${problemFile(problem.problem, "The problem file")}</section>
`;
}

/** What half and twice the learning rate do at the start: asked of networks. */
function stability({ diagnose, problem }: ComparedProblem): Markup | null {
  if (!diagnose.sweep || diagnose.sweep.length === 0) return null;
  const { meanSquare, meanSquareBounds: bounds } = diagnose.thresholds;
  const beta = typeof problem["momentum"] === "number" ? problem["momentum"] : 0;
  const squares = diagnose.sweep.some((row) => row.stableInMeanSquare === null);
  const undecided = beta > 0 ? " A dash: with momentum not decided here." : " A dash: not decided here, see the warnings.";
  return html`<h3>Stability where SGD starts</h3>${htmlTables([sweepTable(diagnose.sweep)])}<p class="note">In mean: every z between 0 and ${beta > 0 ? html`2(1 + beta) = ${formatNumber(2 * (1 + beta), 4)}` : 2}. In mean square: E|x|² stays bounded although samples have curvatures of their own${typeof meanSquare === "number" ? html`, up to a learning rate of ${formatNumber(meanSquare, 4)}` : bounds ? html`, surely below a learning rate of ${formatNumber(bounds.stableBelow, 4)} and surely not above ${formatNumber(bounds.unstableAbove, 4)}` : null}.${squares ? undecided : ""}</p>
`;
}

function numbers(problem: ComparedProblem, notes: Footnotes): Markup {
  const { law, weak, exit, diagnose } = problem;
  const references = notes.notes.length > 0 ? html`<p class="note">[1], [2], … refer to the warnings above.</p>` : null;
  return html`<details><summary>Laws${law.sgd.laws.length > 0 ? `, by ${law.method}` : ": not compared"}</summary>${htmlTables(lawTables(law, problem.problem, notes))}${defectNotes(law).map((each) => html`<p>${each}</p>`)}</details>
<details><summary>Averages, by ${weak.method}</summary>${htmlTables(weakTables(weak, notes))}</details>
${exit ? html`<details><summary>Exit times, by ${exit.method}</summary>${htmlTables(exitTables(exit, notes, regionText(problem.problem)))}</details>` : null}
<details><summary>The point where SGD starts</summary>${factsList([...facts(diagnose), ...(diagnose.indicators ? indicatorFacts(diagnose.indicators) : [])])}</details>${references}
`;
}
