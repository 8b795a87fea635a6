// The page of a single question: law, weak, exit or diagnose. Figures first, then every number, warnings and how to get it again.
import type { Answer, CompareResult, DiagnoseResult, ExitResult, LawResult, MapResult, WeakResult } from "../answer/index.ts";
import { InputError } from "../errors.ts";
import { setting } from "./asked.ts";
import { facts, indicatorFacts, lossFacts, sweepTable } from "./diagnose-table.ts";
import { exitTables } from "./exit-table.ts";
import { diagnoseFigures, exitFigures, type Figure, type FigureContext, lawFigures, mapFigures, weakFigures } from "./figure/index.ts";
import { html, type Markup } from "./html.ts";
import { defectNotes, lawTables } from "./law-table.ts";
import { axisText, errorWords, mapSentences, measureWords, placesOf } from "./map-places.ts";
import { lineNotes, shareTable } from "./map-table.ts";
import { formatNumber, missing } from "./number.ts";
import { comparePage } from "./page.ts";
import {
  factsList,
  figureGrid,
  htmlTable,
  htmlTables,
  type PageContext,
  pageFooter,
  problemFile,
  warningList,
  wholePage,
} from "./page-parts.ts";
import { problemName, regionText } from "./problem-text.ts";
import { processName } from "./process-style.ts";
import type { ReportableResult } from "./table.ts";
import { type NamedTable, plainText } from "./text-table.ts";
import { type Footnotes, footnotes } from "./warning-text.ts";
import { weakModels, weakTables } from "./weak-table.ts";

interface Body {
  readonly question: string;
  readonly method: string | null;
  readonly figures: readonly Figure[];
  readonly numbers: Markup;
  /** Before the figures. */
  readonly short?: Markup;
  readonly ids: readonly string[];
}

/**
 * One self-contained HTML file for an answer of `law`, `weak`, `exit`, `diagnose`, `map` or `compare`.
 * @throws InputError `report/no-page` for an answer of another command
 */
export function answerPage(answer: Answer<ReportableResult>, context: PageContext): string {
  if (answer.command === "compare") return comparePage(answer as Answer<CompareResult>, context);
  const notes = footnotes(answer.warnings);
  const body = bodyOf(answer, { document: context.document, problem: answer.problem }, notes);
  const name = problemName(answer.problem);
  const header = html`<p class="brand">Escapement</p><h1>${body.question}: ${name}</h1><p class="setting">${setting(answer.problem)}</p>${body.method === null ? null : html`<p class="note">Method: ${body.method}.</p>`}`;
  const main = html`${body.short}${warningList(notes.notes, html`<h2>Warnings</h2>`)}
<h2>Figures</h2>${figureGrid(body.figures, "", 3)}
<h2>Numbers</h2>${body.numbers}
${problemFile(answer.problem, "The problem file")}`;
  return wholePage(`${body.question}: ${name}`, header, main, pageFooter(context, answer.version, answer.seed), body.ids);
}

/** The page of `map`. */
export function mapPage(answer: Answer<MapResult>, context: PageContext): string {
  return answerPage(answer, context);
}

function mapShort(map: MapResult): Markup {
  const varied = `Varied: ${axisText(map.x)} and ${axisText(map.y)}. Errors are the ${measureWords[map.question]}.`;
  const limits = lineNotes(map);
  return html`<p>${varied}${limits.length > 0 ? ` ${limits.join("; ")}.` : ""}</p><h2>In short</h2><ul class="short">${mapSentences(map, placesOf(map)).map((each) => html`<li>${plainText(each)}</li>`)}</ul>`;
}

function mapNumbers(map: MapResult): Markup {
  const places = placesOf(map);
  const right = (header: string) => ({ header, align: "right" as const });
  const cells: NamedTable = {
    title: "Errors by cell; a dash: no figure",
    columns: [right(map.x.name), right(map.y.name), { header: "best", align: "left" }, ...map.models.map((id) => right(processName(id)))],
    rows: places.map(({ cell, ties }) => [
      ...[formatNumber(cell.x, 4), formatNumber(cell.y, 4), ties.map((id) => processName(id)).join(", ") || missing],
      ...map.models.map((id) => errorWords(cell.errors[id] ?? null, cell.verdicts[id] ?? "none")),
    ]),
  };
  return html`${htmlTable(shareTable(map, places))}<details><summary>Every cell</summary>${htmlTable(cells)}</details>`;
}

function bodyOf(answer: Answer<ReportableResult>, context: FigureContext, notes: Footnotes): Body {
  switch (answer.command) {
    case "law": {
      const law = answer.result as LawResult;
      const numbers = html`${htmlTables(lawTables(law, answer.problem, notes))}${defectNotes(law).map((each) => html`<p>${each}</p>`)}`;
      return {
        question: "The law of SGD and of each model",
        method: law.method,
        figures: lawFigures(law, context),
        numbers,
        ids: Object.keys(law.models),
      };
    }
    case "weak": {
      const weak = answer.result as WeakResult;
      return {
        question: "Averages of SGD and of each model",
        method: weak.method,
        figures: weakFigures(weak, context),
        numbers: html`${htmlTables(weakTables(weak, notes))}`,
        ids: weakModels(weak),
      };
    }
    case "exit": {
      const exit = answer.result as ExitResult;
      const region = regionText(answer.problem);
      const question = region === null ? "When the region is left" : `When ${region} is left`;
      return {
        question,
        method: exit.method,
        figures: exitFigures(exit, context),
        numbers: html`${htmlTables(exitTables(exit, notes, region))}`,
        ids: Object.keys(exit.models),
      };
    }
    case "diagnose": {
      const diagnose = answer.result as DiagnoseResult;
      const verdicts = html`<h3>Which models to trust at this point</h3><ul>${diagnose.verdicts.map((each) => html`<li><strong>${processName(each.model)}</strong>, ${each.trust}: ${plainText(each.why)}</li>`)}</ul>`;
      const loss = diagnose.stationaryExcessLoss ? html`<h3>Stationary excess loss</h3>${factsList(lossFacts(diagnose))}` : null;
      const numbers = html`${factsList([...facts(diagnose), ...(diagnose.indicators ? indicatorFacts(diagnose.indicators) : [])])}${diagnose.verdicts.length > 0 ? verdicts : null}${loss}${diagnose.sweep && diagnose.sweep.length > 0 ? htmlTable(sweepTable(diagnose.sweep)) : null}`;
      return {
        question: "Which models to trust at a point",
        method: null,
        figures: diagnoseFigures(diagnose, context),
        numbers,
        ids: diagnose.verdicts.map((each) => each.model),
      };
    }
    case "map": {
      const map = answer.result as MapResult;
      return {
        question: "Which model to use where",
        method: null,
        figures: mapFigures(map, context),
        numbers: mapNumbers(map),
        short: mapShort(map),
        ids: map.models,
      };
    }
    default:
      throw new InputError("report/no-page", `no page for "${answer.command}"; there is one for law, weak, exit, diagnose, map, compare`, {
        command: answer.command,
      });
  }
}
