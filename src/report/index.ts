// What `escapement/report` offers: answers as plain-text tables, as figures (SVG elements, for pages and notebooks) and as whole pages.
// It reads answers and nothing else; a DOM document is passed in: the browser's, or linkedom's in Node.
export { answerPage, mapPage } from "./answer-page.ts";
export { bibtex } from "./citation.ts";
export { claimsPage } from "./claims-page.ts";
export { type ClaimsTableOptions, claimsTable } from "./claims-table.ts";
export { type CompareTableOptions, compareTable } from "./compare-table.ts";
export { deriveLatex } from "./derive-latex.ts";
export { derivePython, deriveTable } from "./derive-table.ts";
export { diagnoseTable } from "./diagnose-table.ts";
export { exitTable } from "./exit-table.ts";
export {
  averagesFigure,
  cloudsFigure,
  csv,
  densitiesFigure,
  diagnoseFigures,
  distancesFigure,
  ellipsesFigure,
  errorSourcesFigure,
  exitFigures,
  exitLawFigure,
  exitRatiosFigure,
  type Figure,
  type FigureContext,
  type FigureData,
  lawFigures,
  mapFigure,
  mapFigures,
  momentsFigure,
  pathsFigure,
  problemFigures,
  quantilesFigure,
  spectrumFigure,
  standaloneSvg,
  stationaryFigure,
  survivalFigure,
  svgMarkup,
  verdictsFigure,
  weakAlongFigure,
  weakFigures,
  weakOrdersFigure,
} from "./figure/index.ts";
export { lawTable } from "./law-table.ts";
export { mapTable } from "./map-table.ts";
export { fastOrSlow, formatEstimate, formatFigure, formatNumber } from "./number.ts";
export { comparePage, type PageContext } from "./page.ts";
export { type PathsTableOptions, pathsTable } from "./paths-table.ts";
export { colourVariables, dagger, type ProcessStyle, processName, processStyle } from "./process-style.ts";
export { answerTable, hasTable, type ReportableResult } from "./table.ts";
export type { TableOptions } from "./table-frame.ts";
export { texToMathML } from "./tex-mathml.ts";
export { weakTable } from "./weak-table.ts";
