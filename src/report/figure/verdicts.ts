// The verdicts at a glance: a column a question, a row a model, each model's dimensionless error on a log axis with the limit of "good" at
// 0.05, and the verdict in words beside it.
import * as Plot from "@observablehq/plot";
import type { ComparedProblem } from "../../answer/index.ts";
import { askedQuestions, comparedModels, errorText, treatmentNotes, treatmentOf, verdictOn, verdictWords } from "../compare-table.ts";
import { assemble, defaults, type Figure, type FigureContext, panel, rowsOf, stylesOf, symbolOf } from "./frame.ts";
import { tickText } from "./scales.ts";

const options = { floor: 1e-4, limit: 0.05, rowHeight: 34 };

export const questionWords: { readonly [question: string]: string } = {
  law: "law",
  weak: "averages",
  exit: "exit time",
  stationary: "long run",
};

export function verdictsFigure(problem: ComparedProblem, context: FigureContext): Figure | null {
  const questions = askedQuestions(problem);
  const styles = stylesOf(comparedModels(problem), context);
  if (questions.length === 0 || styles.length === 0) return null;
  const errors = questions.flatMap((question) => styles.map(({ id }) => verdictOn(problem, question, id)?.error ?? 0));
  const top = Math.max(1, ...errors) * 1.5;
  const left = 100;
  const gap = 8;
  const cell = (defaults.width - left - gap * (questions.length - 1)) / questions.length;
  const height = 66 + options.rowHeight * styles.length;
  const panels = questions.map((question, q) => {
    const rows = styles.map((style) => {
      const verdict = verdictOn(problem, question, style.id);
      const error = verdict?.error ?? null;
      const word = verdict?.verdict ?? "none";
      const treatment = treatmentOf(problem, question, style.id);
      return {
        style,
        name: style.name,
        x: error === null ? null : Math.min(Math.max(error, options.floor), top),
        formal: treatment === "formal",
        text:
          error === null || !verdict
            ? "no figure"
            : `${word === "exact" ? "exact" : `${word} ${errorText(verdict)}`}${treatment === null ? "" : ` (${treatment})`}`,
      };
    });
    const marginLeft = q === 0 ? left : 20;
    return panel(
      {
        ...{ width: q === 0 ? left + cell - 6 : cell, height, marginLeft, marginRight: 10, marginTop: 26, marginBottom: 38 },
        x: {
          type: "log",
          domain: [options.floor / 1.4, top],
          ticks: [1e-4, 1e-2, 1],
          tickFormat: tickText,
          label: q === 0 ? "error" : null,
          labelAnchor: "left",
          labelArrow: "none",
        },
        y: { type: "band", domain: rows.map((row) => row.name), axis: null, padding: 0.12 },
        marks: [
          Plot.rectX([0], { x1: options.floor / 1.4, x2: options.limit, fill: "currentColor", fillOpacity: 0.07 }),
          Plot.ruleX([options.limit], { stroke: "currentColor", strokeDasharray: "4 3" }),
          Plot.text([questionWords[question] ?? question], { frameAnchor: "top", dy: -20, fontWeight: "bold", text: (d: string) => d }),
          ...rows.flatMap((row) => [
            Plot.ruleY(row.x === null ? [] : [row], {
              y: "name",
              x1: options.floor / 1.4,
              x2: "x",
              stroke: row.style.colour,
              strokeWidth: 1.5,
              dy: 7,
            }),
            Plot.dot(row.x === null ? [] : [row], { x: "x", y: "name", ...symbolOf(row.style, row.formal), dy: 7 }),
            Plot.text([row], {
              y: "name",
              text: "text",
              frameAnchor: "left",
              textAnchor: "start",
              dx: 4,
              dy: -7,
              fontSize: 11,
              stroke: "var(--paper, #ffffff)",
              fill: "currentColor",
              strokeWidth: 2.5,
            }),
            ...(q === 0
              ? [Plot.text([row], { y: "name", text: "name", frameAnchor: "left", textAnchor: "end", dx: -8, fontWeight: "bold" })]
              : []),
          ]),
        ],
      },
      context,
    );
  });
  const rows = questions.flatMap((question) =>
    (problem.byQuestion[question] ?? []).map((each) => [
      question,
      each.model,
      each.error,
      verdictWords(problem, question, each.model),
      each.why,
    ]),
  );
  const notes = treatmentNotes(problem);
  return {
    kind: "verdicts",
    title: "How wrong each model is, by question",
    caption: `Errors have no unit: distance of laws and errors of averages in SGD's standard deviations, |log| of the exit-time ratio. Left of the dashed line at 0.05 (shaded) is good, exact is rounding. Errors below ${options.floor} are drawn at the left edge.${notes.map((each) => ` (${each.replace(": ", "): ")}.`).join("")}${notes.some((each) => each.startsWith("formal")) ? " Formal ones are hollow." : ""}`,
    errorNote: "The errors of these figures are not drawn: the tables of each question give them.",
    svg: assemble(
      rowsOf(panels, panels.length, gap),
      {
        kind: "verdicts",
        label: `Verdicts: ${questions.map((question) => `${questionWords[question]}: ${styles.map(({ id, name }) => `${name} ${verdictWords(problem, question, id)}`).join(", ")}`).join("; ")}`,
      },
      context,
    ),
    data: { columns: ["question", "model", "error", "verdict", "why"], rows },
  };
}
