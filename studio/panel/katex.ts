// KaTeX with its fonts. It builds nodes and sets their styles one by one, which the page's policy allows; what it cannot read it shows.
import katex from "katex";
import "katex/dist/katex.min.css";

export function render(tex: string, into: HTMLElement, displayMode: boolean): void {
  katex.render(tex, into, { displayMode, throwOnError: false, trust: false, strict: false, maxSize: 20, maxExpand: 200 });
}
