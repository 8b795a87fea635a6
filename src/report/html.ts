// Markup from text: everything put into the template is text and is escaped, unless it is markup made here.

/** Markup, to be told from text. */
export interface Markup {
  readonly markup: string;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}

/** For markup that was made elsewhere in this folder: SVG, MathML. */
export function raw(markup: string): Markup {
  return { markup };
}

type Part = Markup | string | number | null | undefined | readonly Part[];

function show(part: Part): string {
  if (part === null || part === undefined) return "";
  if (typeof part === "string") return escapeHtml(part);
  if (typeof part === "number") return String(part);
  if ("markup" in part) return part.markup;
  return part.map(show).join("");
}

/** @example html`<p>${"a < b"}</p>` // <p>a &#60; b</p> */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { markup: strings.reduce((all, each, i) => all + (i === 0 ? "" : show(parts[i - 1])) + each, "") };
}
