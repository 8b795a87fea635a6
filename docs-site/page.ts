// The frame around every page: navigation, contents, next and previous. No script at all: the colour scheme is the reader's, the menu of
// narrow screens a details element.
import { escapeHtml, type Heading } from "./markdown.ts";
import { apiPage, pages, type SitePage, sections } from "./pages.ts";

export interface PageParts {
  readonly page: SitePage;
  readonly title: string;
  readonly headings: readonly Heading[];
  readonly html: string;
}

const policy =
  "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none'";

function link(page: { readonly path: string; readonly label: string }, current: SitePage): string {
  const here = page.path === current.path ? ' aria-current="page"' : "";
  return `<a href="${page.path}"${here}>${escapeHtml(page.label)}</a>`;
}

function navigation(current: SitePage): string {
  const lists = sections.map(
    ({ title, pages }, i) =>
      `<p>${escapeHtml(title)}</p><ul>${pages.map((each) => `<li>${link(each, current)}</li>`).join("")}${i === sections.length - 1 ? `<li>${link(apiPage, current)}</li>` : ""}</ul>`,
  );
  return lists.join("\n");
}

function contents(headings: readonly Heading[]): string {
  const parts = headings.filter(({ level }) => level === 2);
  if (parts.length < 3) return "";
  const items = parts.map(({ id, text }) => `<li><a href="#${id}">${escapeHtml(text)}</a></li>`).join("");
  return `<nav class="contents" aria-label="On this page"><details><summary>On this page</summary><ul>${items}</ul></details></nav>`;
}

export function wholePage({ page, title, headings, html }: PageParts): string {
  const i = pages.indexOf(page);
  const beside = (other: SitePage | undefined, rel: string, arrow: string): string =>
    other
      ? `<a rel="${rel}" href="${other.path}">${arrow === "←" ? `← ${escapeHtml(other.label)}` : `${escapeHtml(other.label)} →`}</a>`
      : "<span></span>";
  const heading = title.toLowerCase() === "escapement" ? "Escapement" : `${title} · Escapement`;
  // the contents stand below the title
  const [head, ...rest] = html.split("</h1>");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(heading)}</title>
<link rel="icon" href="icon.svg">
<link rel="stylesheet" href="katex/katex.min.css">
<link rel="stylesheet" href="style.css">
</head>
<body>
<a class="skip" href="#main">Skip to the text</a>
<header><a class="name" href="index.html"><img src="icon.svg" alt="" width="28" height="28">Escapement</a>
<details class="menu"><summary>Menu</summary><nav aria-label="Pages, menu">${navigation(page)}</nav></details></header>
<div class="columns">
<nav class="side" aria-label="Pages">${navigation(page)}</nav>
<main id="main">
${head}</h1>${contents(headings)}${rest.join("</h1>")}
<nav class="beside" aria-label="Before and after">${beside(pages[i - 1], "prev", "←")}${beside(pages[i + 1], "next", "→")}</nav>
</main>
</div>
<footer><p>Escapement is free software under the MIT licence. Figures on these pages come from the program, when the pages were built.</p></footer>
</body>
</html>
`;
}
