// Formulas in Markdown: $...$ within a line and $$...$$ on lines of its own, as GitHub reads them, set by KaTeX when the site is built. The
// result holds MathML beside what is seen, for screen readers. A formula that KaTeX cannot read stops the build.
import katex from "katex";
import type MarkdownIt from "markdown-it";

function set(tex: string, displayMode: boolean, where: string): string {
  try {
    return katex.renderToString(tex, { displayMode, throwOnError: true, strict: "error" });
  } catch (error) {
    throw new Error(`${where}: the formula ${JSON.stringify(tex)} cannot be set: ${(error as Error).message}`);
  }
}

export function mathematics(markdown: MarkdownIt): void {
  markdown.inline.ruler.after("escape", "formula", (state, silent) => {
    const { src, pos } = state;
    if (src[pos] !== "$") return false;
    const mark = src.startsWith("$$", pos) ? "$$" : "$";
    const first = pos + mark.length;
    if (mark === "$" && /\s/.test(src[first] ?? " ")) return false;
    let end = src.indexOf(mark, first);
    // a closing sign follows no space and precedes no digit: "costs $5 and $6" is no formula
    while (mark === "$" && end >= 0 && (/[\s\\]/.test(src[end - 1]!) || /\d/.test(src[end + 1] ?? ""))) end = src.indexOf(mark, end + 1);
    if (end < 0) return false;
    if (!silent) Object.assign(state.push("formula", "math", 0), { content: src.slice(first, end), markup: mark });
    state.pos = end + mark.length;
    return true;
  });
  markdown.block.ruler.before(
    "fence",
    "formula_block",
    (state, line, last, silent) => {
      const textOf = (n: number): string => state.src.slice(state.bMarks[n]! + state.tShift[n]!, state.eMarks[n]!).trim();
      if (!textOf(line).startsWith("$$")) return false;
      let end = line;
      while (!(textOf(end).endsWith("$$") && (end > line || textOf(end).length > 3))) if (++end >= last) return false;
      if (silent) return true;
      const lines = Array.from({ length: end - line + 1 }, (_, i) => textOf(line + i)).join("\n");
      Object.assign(state.push("formula", "math", 0), { content: lines.slice(2, -2), markup: "$$", block: true, map: [line, end + 1] });
      state.line = end + 1;
      return true;
    },
    { alt: ["paragraph", "reference", "blockquote", "list"] },
  );
  markdown.renderer.rules["formula"] = (tokens, i, _options, env: { source: string }) => {
    const { content, markup } = tokens[i]!;
    const formula = set(content.trim(), markup === "$$", env.source);
    // wide formulas scroll by themselves, by keyboard as well
    return markup === "$$" ? `<div class="display scroll" tabindex="0" role="group" aria-label="Formula">${formula}</div>\n` : formula;
  };
}
