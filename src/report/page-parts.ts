// The parts that pages share: the frame around the answer, figures with captions and data, tables, warnings, and how to get it again.
import type { ModelDescription, ProblemJson } from "../answer/index.ts";
import { bibtex, paper } from "./citation.ts";
import { csv, type Figure, svgMarkup } from "./figure/index.ts";
import { html, type Markup, raw } from "./html.ts";
import { pageScript, pageScriptHash } from "./page-script.ts";
import { pageStyle } from "./page-style.ts";
import { dagger, processStyle } from "./process-style.ts";
import { texToMathML } from "./tex-mathml.ts";
import type { NamedTable } from "./text-table.ts";
import { codeMeaning, type Note } from "./warning-text.ts";

export interface PageContext {
  /** Where figures are made: the browser's document, or linkedom's. */
  readonly document: Document;
  /** The command that asks the same again. */
  readonly command: string;
}

/** One self-contained HTML document: no address is fetched, only the script of known hash runs. */
export function wholePage(title: string, header: Markup, main: Markup, footer: Markup, processIds: Iterable<string>): string {
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${pageScriptHash}'; base-uri 'none'; form-action 'none'`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Escapement">
<title>${title}</title>
<style>${raw(pageStyle(processIds))}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the answer</a>
<header>${header}</header>
<main id="main">${main}</main>
<footer>${footer}</footer>
<script>${raw(pageScript)}</script>
</body>
</html>
`;
  return page.markup;
}

/** Figures with what to look at, how large their errors are, and buttons that save drawing and data. */
export function figureGrid(figures: readonly Figure[], prefix: string, level: 3 | 4): Markup {
  if (figures.length === 0) return html`<p>Nothing to draw: see the warnings.</p>`;
  return html`<div class="figures${figures.length === 1 ? " single" : ""}">${figures.map((figure) => figureCard(figure, prefix + figure.kind, level))}</div>`;
}

function figureCard(figure: Figure, id: string, level: 3 | 4): Markup {
  // "<" cannot stand in a data block: "</script>" would end it.
  const data = JSON.stringify(csv(figure.data)).replaceAll("<", "\\u003c");
  return html`<figure id="${id}"><h${level}>${figure.title}</h${level}>
<div class="scroll" tabindex="0" role="group" aria-label="${`Figure: ${figure.title}`}">${raw(svgMarkup(figure.svg))}</div>
<figcaption><p>${figure.caption}</p><p class="note">${figure.errorNote}</p></figcaption>
<div class="save"><button type="button" data-save="svg" data-figure="${id}" aria-label="${`Save the figure "${figure.title}" as SVG`}">Save as SVG</button><button type="button" data-save="csv" data-figure="${id}" aria-label="${`Save the data of "${figure.title}" as CSV`}">Save data (CSV)</button></div>
<script type="application/json" id="${id}-data">${raw(data)}</script></figure>
`;
}

/** A table in its own scrolling box; the first cell of each row is its header. */
export function htmlTable(table: NamedTable): Markup {
  const name = table.title;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${`Table: ${name}`}"><table><caption>${name}</caption>
<thead><tr>${table.columns.map((column, i) => (i === 0 && column.header === "" ? html`<td></td>` : html`<th scope="col" class="${column.align}">${column.header}</th>`))}</tr></thead>
<tbody>${table.rows.map((row) => html`<tr>${table.columns.map((column, i) => (i === 0 ? html`<th scope="row">${row[i] ?? ""}</th>` : html`<td class="${column.align}">${row[i] ?? ""}</td>`))}</tr>`)}</tbody></table></div>
`;
}

/** Several tables, side by side where there is room. */
export function htmlTables(tables: readonly NamedTable[]): Markup {
  return html`<div class="tables">${tables.map(htmlTable)}</div>`;
}

export function factsList(facts: readonly (readonly [name: string, value: string])[]): Markup {
  return html`<dl class="facts">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

/** Every warning in plain words, numbered as tables refer to them, and what the codes mean. */
export function warningList(notes: readonly Note[], heading: Markup): Markup {
  if (notes.length === 0) return html``;
  const items = notes.map((note) => html`<li>${note.text} <code>${note.code}</code></li>`);
  const codes = [...new Set(notes.map((note) => note.code))].map((code) => [code, codeMeaning(code)] as const);
  const meanings = html`<details><summary>What these warnings mean in general</summary>${factsList(codes)}</details>`;
  return html`${heading}<ol class="warnings">${items}</ol>${meanings}`;
}

/** Drift and diffusion of each model in mathematics. */
export function modelTable(descriptions: readonly ModelDescription[], caption: string): Markup {
  if (descriptions.length === 0) return html``;
  const rows = descriptions.map((each) => {
    const { name } = processStyle(each.id, [each]);
    return html`<tr><th scope="row">${name}</th><td class="right">${each.declaredOrder}</td><td>${raw(texToMathML(each.driftTex, "inline"))}</td><td>${raw(texToMathML(each.diffusionTex, "inline"))}</td></tr>`;
  });
  const symbols = html`<p class="note">Each model is ${raw(texToMathML("dX = b(X)\\,dt + D(X)\\,dW", "inline"))}, and ${raw(texToMathML("X(k\\eta)", "inline"))} stands for ${raw(texToMathML("x_k", "inline"))}. ${raw(texToMathML("H", "inline"))} is the Hessian of ${raw(texToMathML("f", "inline"))} with eigenpairs ${raw(texToMathML("(\\lambda_i, u_i)", "inline"))}, ${raw(texToMathML("U = [u_1 \\ldots u_d]", "inline"))}, ${raw(texToMathML("z_i = \\eta \\lambda_i", "inline"))}, ${raw(texToMathML("\\Sigma", "inline"))} the covariance of one gradient.</p>`;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${`Table: ${caption}`}"><table><caption>${caption}</caption>
<thead><tr><th scope="col">model</th><th scope="col" class="right">weak order</th><th scope="col">drift ${raw(texToMathML("b", "inline"))}</th><th scope="col">diffusion ${raw(texToMathML("D D^\\top", "inline"))}</th></tr></thead><tbody>${rows}</tbody></table></div>${symbols}
`;
}

export function problemFile(problem: ProblemJson, summary: string): Markup {
  return html`<details><summary>${summary}</summary><pre><code>${JSON.stringify(problem, null, 2)}</code></pre></details>`;
}

/** The command, how to read numbers and daggers, and what to cite. */
export function pageFooter(context: PageContext, version: string, seed: number): Markup {
  return html`<section aria-labelledby="again"><h2 id="again">To get this again</h2>
<pre><code>${context.command}</code></pre>
<p class="note">Escapement ${version}, seed ${seed}. The same command gives the same figures on every machine.</p></section>
<section aria-labelledby="reading"><h2 id="reading">How to read this page</h2>
<p>1.23(4) means 1.23 with an error of 0.04; a number without a parenthesis is right to the digits shown. A dash stands where a figure does not exist; a warning says why. ${dagger} marks models that are ours and not in the paper.</p>
<p>The models come from ${paper.authors}: <a href="${paper.address}">${paper.title}</a> (${paper.id}) and the papers cited there; how formulas for general objectives are read is documented with the software.</p></section>
<section aria-labelledby="cite"><h2 id="cite">To cite</h2><pre><code>${bibtex(version)}</code></pre></section>
`;
}
