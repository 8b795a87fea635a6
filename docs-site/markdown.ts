// Markdown to HTML: headings with GitHub's anchors, tables that scroll by themselves, formulas, links to other sources turned into links to
// their pages, and what a block printed when it was run set below it.
import MarkdownIt from "markdown-it";
import type { Recorded } from "./blocks.ts";
import { mathematics } from "./mathematics.ts";

export interface Heading {
  readonly level: number;
  readonly id: string;
  readonly text: string;
}

export interface RenderContext {
  /** The file that is read, for messages. */
  readonly source: string;
  /** The address for a link or picture of the source; throws where it leads nowhere. */
  readonly address: (link: string) => string;
  /** What the fenced block that starts at this line printed; undefined if it is not run. */
  readonly recorded?: (line: number) => Recorded | undefined;
  /** Markup for `<!-- insert: name -->`. */
  readonly insert?: (name: string) => string;
}

export interface Rendered {
  readonly html: string;
  readonly title: string;
  readonly headings: readonly Heading[];
}

export const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.codePointAt(0)};`);

/** GitHub's: lower case, spaces to hyphens, punctuation dropped. */
export const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");

interface Environment extends RenderContext {
  headings: Heading[];
}

const scrolling = (name: string, content: string): string =>
  `<div class="scroll" tabindex="0" role="group" aria-label="${name}">${content}</div>\n`;

function reader(): MarkdownIt {
  const markdown = new MarkdownIt({ html: true });
  markdown.use(mathematics);
  const { rules } = markdown.renderer;

  markdown.core.ruler.push("anchors", (state) => {
    const taken = new Map<string, number>();
    for (const [i, token] of state.tokens.entries()) {
      if (token.type !== "heading_open") continue;
      const text = state.tokens[i + 1]!.children!.map((each) => each.content).join("");
      const plain = slug(text);
      const times = taken.get(plain) ?? 0;
      taken.set(plain, times + 1);
      const id = times === 0 ? plain : `${plain}-${times}`;
      token.attrSet("id", id);
      (state.env as Environment).headings.push({ level: Number(token.tag[1]), id, text });
    }
  });

  rules["heading_close"] = (tokens, i, options, _env, self) => {
    const open = tokens[i - 2]!;
    const level = Number(tokens[i]!.tag[1]);
    const anchor = level === 1 ? "" : ` <a class="anchor" href="#${open.attrGet("id")}" aria-label="Link to this section">#</a>`;
    return anchor + self.renderToken(tokens, i, options);
  };
  rules["table_open"] = () => `<div class="scroll" tabindex="0" role="group" aria-label="Table"><table>\n`;
  rules["table_close"] = () => "</table></div>\n";
  rules["link_open"] = (tokens, i, options, env: Environment, self) => {
    const token = tokens[i]!;
    token.attrSet("href", env.address(token.attrGet("href")!));
    return self.renderToken(tokens, i, options);
  };
  rules["image"] = (tokens, i, _options, env: Environment) => {
    const token = tokens[i]!;
    return `<img src="${escapeHtml(env.address(token.attrGet("src")!))}" alt="${escapeHtml(token.content)}" loading="lazy">`;
  };
  rules["fence"] = (tokens, i, _options, env: Environment) => {
    const token = tokens[i]!;
    const [language] = token.info.split(/\s/);
    const recorded = env.recorded?.(token.map![0]);
    if (recorded?.sessions)
      return scrolling(
        "Commands and what they print",
        `<pre class="session">${recorded.sessions.map(({ command, output }) => `<b>$ ${escapeHtml(command)}</b>\n${escapeHtml(output)}`).join("\n")}</pre>`,
      );
    const code = scrolling("Code", `<pre data-language="${escapeHtml(language!)}"><code>${escapeHtml(token.content)}</code></pre>`);
    return recorded ? code + scrolling("Output", `<pre class="output">${escapeHtml(recorded.output)}</pre>`) : code;
  };
  rules["code_block"] = (tokens, i) => scrolling("Code", `<pre><code>${escapeHtml(tokens[i]!.content)}</code></pre>`);
  rules["html_block"] = (tokens, i, _options, env: Environment) => {
    const name = /^<!-- insert: ([\w-]+) -->/.exec(tokens[i]!.content)?.[1];
    if (name === undefined) return tokens[i]!.content.replace(/<!--[\s\S]*?-->/g, "");
    if (!env.insert) throw new Error(`${env.source}: nothing to insert for ${name}`);
    return env.insert(name);
  };
  return markdown;
}

const markdown = reader();

export function render(text: string, context: RenderContext): Rendered {
  const env: Environment = { ...context, headings: [] };
  // a header cell without words is none to a screen reader
  const html = markdown.render(text, env).replaceAll("<th></th>", "<td></td>");
  const title = env.headings.find(({ level }) => level === 1)?.text;
  if (title === undefined) throw new Error(`${context.source}: found no title; allowed: one heading "# ..."`);
  return { html, title, headings: env.headings };
}

/** The fenced blocks of a text, in its order. */
export function fences(text: string): { readonly line: number; readonly info: string; readonly content: string }[] {
  return markdown
    .parse(text, { source: "", headings: [] })
    .filter(({ type }) => type === "fence")
    .map(({ map, info, content }) => ({ line: map![0], info: info.trim(), content }));
}
