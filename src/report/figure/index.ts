// All figures, as functions of answers, for pages and notebooks. A new figure is a file and its line here; pages take it from these lists.
import type { ComparedProblem, DiagnoseResult, ExitResult, LawResult, MapResult, WeakResult } from "../../answer/index.ts";
import { averagesFigure } from "./averages.ts";
import { cloudsFigure } from "./clouds.ts";
import { densitiesFigure } from "./densities.ts";
import { distancesFigure } from "./distances.ts";
import { ellipsesFigure } from "./ellipses.ts";
import { errorSourcesFigure } from "./error-sources.ts";
import { exitLawFigure } from "./exit-law.ts";
import { exitRatiosFigure } from "./exit-ratios.ts";
import type { Figure, FigureContext } from "./frame.ts";
import { mapFigure } from "./map.ts";
import { momentsFigure, stationaryFigure } from "./moments.ts";
import { pathsFigure } from "./paths.ts";
import { quantilesFigure } from "./quantiles.ts";
import { rankedSpectrumFigure } from "./ranked-spectrum.ts";
import { spectrumFigure } from "./spectrum.ts";
import { survivalFigure } from "./survival.ts";
import { verdictsFigure } from "./verdicts.ts";
import { weakAlongFigure } from "./weak-along.ts";
import { weakOrdersFigure } from "./weak-orders.ts";

export { csv } from "./data.ts";
export type { Figure, FigureContext, FigureData } from "./frame.ts";
export { standaloneSvg } from "./frame.ts";
export { svgMarkup } from "./markup.ts";
export {
  averagesFigure,
  cloudsFigure,
  densitiesFigure,
  distancesFigure,
  ellipsesFigure,
  errorSourcesFigure,
  exitLawFigure,
  exitRatiosFigure,
  mapFigure,
  momentsFigure,
  pathsFigure,
  quantilesFigure,
  rankedSpectrumFigure,
  spectrumFigure,
  stationaryFigure,
  survivalFigure,
  verdictsFigure,
  weakAlongFigure,
  weakOrdersFigure,
};

const present = (figures: readonly (Figure | null)[]): Figure[] => figures.filter((each) => each !== null);

export function lawFigures(law: LawResult, context: FigureContext): Figure[] {
  const densities = densitiesFigure(law, context);
  const ellipses = ellipsesFigure(law, context);
  return present([
    densities,
    quantilesFigure(law, context),
    ellipses,
    densities || ellipses ? null : momentsFigure(law, context),
    distancesFigure(law, context),
    stationaryFigure(law, context),
  ]);
}

export function weakFigures(weak: WeakResult, context: FigureContext): Figure[] {
  return present([averagesFigure(weak, context), weakAlongFigure(weak, context), weakOrdersFigure(weak, context)]);
}

export function exitFigures(exit: ExitResult, context: FigureContext): Figure[] {
  return present([exitRatiosFigure(exit, context), survivalFigure(exit, context), exitLawFigure(exit, context)]);
}

export function diagnoseFigures(diagnose: DiagnoseResult, context: FigureContext): Figure[] {
  return present([rankedSpectrumFigure(diagnose, context) ?? spectrumFigure(diagnose, context)]);
}

export function mapFigures(map: MapResult, context: FigureContext): Figure[] {
  return present([mapFigure(map, context)]);
}

/** Those that apply to a compared problem, in the order of a page. */
export function problemFigures(problem: ComparedProblem, context: FigureContext): Figure[] {
  return [
    ...present([verdictsFigure(problem, context), pathsFigure(problem, context), cloudsFigure(problem, context)]),
    ...lawFigures(problem.law, context),
    ...weakFigures(problem.weak, context),
    ...present([problem.errorSources ? errorSourcesFigure(problem.errorSources, context) : null]),
    ...(problem.exit ? exitFigures(problem.exit, context) : []),
    ...diagnoseFigures(problem.diagnose, context),
  ];
}
