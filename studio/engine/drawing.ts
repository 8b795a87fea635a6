// The report's figures, drawn in the worker, so that the page never waits for them. Loaded when the first answer is there.
import type { Answer, ComparedProblem, MapResult } from "../../src/index.ts";
import {
  averagesFigure,
  csv,
  distancesFigure,
  errorSourcesFigure,
  exitFigures,
  type Figure,
  type FigureContext,
  lawFigures,
  mapFigure,
  pathsFigure,
  spectrumFigure,
  standaloneSvg,
  svgMarkup,
  verdictsFigure,
  weakAlongFigure,
  weakOrdersFigure,
} from "../../src/report/index.ts";
import { createDrawingDocument } from "./drawing-document.ts";
import type { DrawnFigure } from "./jobs.ts";

const document = createDrawingDocument();

/** One after the other: each is shown when it is drawn. */
export function* drawProblem(problem: ComparedProblem): Generator<DrawnFigure> {
  const context: FigureContext = { document, problem: problem.problem, descriptions: problem.descriptions, idPrefix: "studio-" };
  const makers: readonly (() => Figure | null | readonly Figure[])[] = [
    () => verdictsFigure(problem, context),
    () => distancesFigure(problem.law, context),
    () => lawFigures(problem.law, context).filter(({ kind }) => kind !== "distances"),
    () => averagesFigure(problem.weak, context),
    () => weakAlongFigure(problem.weak, context),
    () => weakOrdersFigure(problem.weak, context),
    () => (problem.exit ? exitFigures(problem.exit, context) : []),
    () => spectrumFigure(problem.diagnose, context),
    () => (problem.errorSources ? errorSourcesFigure(problem.errorSources, context) : null),
    () => pathsFigure(problem, context),
  ];
  for (const make of makers) {
    const made = make();
    for (const figure of made === null ? [] : Array.isArray(made) ? (made as readonly Figure[]) : [made as Figure]) yield drawn(figure);
  }
}

export function* drawMap({ result, problem }: Answer<MapResult>): Generator<DrawnFigure> {
  const figure = mapFigure(result, { document, problem, idPrefix: "studio-" });
  if (figure) yield drawn(figure);
}

function drawn(figure: Figure): DrawnFigure {
  const { kind, title, caption, errorNote } = figure;
  return {
    kind,
    title,
    caption,
    errorNote,
    label: figure.svg.getAttribute("aria-label") ?? title,
    svg: svgMarkup(figure.svg),
    file: standaloneSvg(figure),
    csv: csv(figure.data),
  };
}
