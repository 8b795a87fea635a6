// The gallery: every example problem with what it shows, two of its figures and a link to its whole report page, all made by `compare` when
// the site is built.
import { createDocument } from "../src/node/document.ts";
import { colourVariables, type Figure, problemFigures, svgMarkup } from "../src/report/index.ts";
import { type ComparedAnswer, comparison, type GalleryProblem } from "./answers.ts";
import { escapeHtml } from "./markdown.ts";

/** Which two figures are shown: the first of these that a problem has, besides the verdicts. */
const telling = ["exit-ratios", "densities", "clouds", "ellipses", "spectrum", "weak-along", "moments"];

export interface GalleryEntry {
  readonly problem: GalleryProblem;
  /** Absent where the site is built without pictures. */
  readonly answer?: ComparedAnswer;
}

export function galleryMarkup(entries: readonly GalleryEntry[]): string {
  return entries.map(entryMarkup).join("\n");
}

function entryMarkup({ problem: { name, title, description }, answer }: GalleryEntry): string {
  const head = `<section class="wide" aria-labelledby="${name}"><h2 id="${name}">${escapeHtml(title)}</h2>
<p>${escapeHtml(description)}</p>`;
  const command = `<div class="scroll" tabindex="0" role="group" aria-label="Command"><pre><code>escapement ${comparison(name).join(" ")}</code></pre></div>`;
  if (!answer) return `${head}${command}</section>`;
  const compared = answer.result.problems[0]!;
  const context = { document: createDocument(), problem: compared.problem, descriptions: compared.descriptions, idPrefix: `${name}-` };
  const figures = problemFigures(compared, context);
  const second = telling.map((kind) => figures.find((figure) => figure.kind === kind)).find((figure) => figure !== undefined);
  const chosen = [figures.find((figure) => figure.kind === "verdicts"), second].filter((figure) => figure !== undefined);
  const sentences = compared.sentences.map((sentence) => `<li>${escapeHtml(sentence)}</li>`).join("");
  return `${head}<ul>${sentences}</ul>
<div class="pictures">${chosen.map(figureMarkup).join("\n")}</div>
${command}<p><a href="gallery/${name}.html">The whole report: all figures, numbers and warnings</a> · <a href="gallery/${name}.json">the problem file</a></p></section>`;
}

export function figureMarkup({ title, caption, errorNote, svg }: Figure): string {
  return `<figure><h3>${escapeHtml(title)}</h3><div class="scroll" tabindex="0" role="group" aria-label="${escapeHtml(`Figure: ${title}`)}">${svgMarkup(svg)}</div>
<figcaption><p>${escapeHtml(caption)}</p><p class="note">${escapeHtml(errorNote)}</p></figcaption></figure>`;
}

/** The processes' colours, light and dark, for the site's style sheet. */
export function figureColours(): string {
  return `\n:root {\n  ${colourVariables([], "light")}\n}\n@media (prefers-color-scheme: dark) {\n  :root {\n    ${colourVariables([], "dark")}\n  }\n}\n`;
}
