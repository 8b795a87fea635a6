// Builds the documentation: `npm run docs` writes static pages to site/, which any web server, or none, shows. Commands and programs on the
// pages are run, pictures and API pages made, every link checked: what fails stops the build.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type ComparedAnswer, compareProblem, galleryProblems, inTurns } from "./answers.ts";
import { writeApi } from "./api.ts";
import { type Recorded, runBlocks } from "./blocks.ts";
import { choiceLine, choiceRows, isSampled, withChoices } from "./choose-table.ts";
import { commandReference } from "./commands.ts";
import { figureColours, galleryMarkup } from "./gallery.ts";
import { brokenLinks } from "./links.ts";
import { chooseMap } from "./map.ts";
import { render } from "./markdown.ts";
import { wholePage } from "./page.ts";
import { pages, type SitePage } from "./pages.ts";

export interface BuildOptions {
  readonly out: string;
  /** Without long commands, pictures and API pages: what the tests build. */
  readonly reduced?: boolean;
  readonly say?: (what: string) => void;
}

/** Where links of a source go: pages by their Markdown file, pictures and problem files copied beside them. */
export function addressIn(page: SitePage, copied: (file: string) => void): (link: string) => string {
  return (link) => {
    if (/^[a-z]+:/i.test(link) || link.startsWith("#")) return link;
    const [file = "", id] = link.split("#");
    const target = normalize(join(dirname(page.source), file));
    const found = pages.find(({ source }) => source === target);
    const after = id === undefined ? "" : `#${id}`;
    if (found) return found.path + after;
    if (target === "docs/api/index.html") return `api/index.html${after}`;
    if (/^docs\/gallery\/[\w-]+\.html$/.test(target)) return relative("docs", target) + after;
    if (/^docs\/images\/[\w-]+\.(png|svg)$/.test(target)) {
      copied(target);
      return relative("docs", target);
    }
    throw new Error(`${page.source}: the link ${link} leads to no page; allowed: pages of docs-site/pages.ts, pictures in docs/images`);
  };
}

export async function buildSite({ out, reduced = false, say = () => {} }: BuildOptions): Promise<void> {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const texts = new Map(pages.map((page) => [page, readFileSync(page.source, "utf8")]));

  say("API pages, pictures, commands");
  // the API pages keep one processor busy, the rest the other
  const api = reduced ? Promise.resolve() : writeApi(join(out, "api"));
  const problems = galleryProblems();
  const shown = problems.filter(({ name }) => !reduced || name === "quadratic");
  const compared = await inTurns(shown, 2, async ({ name }) => [name, await compareProblem(name, join(out, "gallery"))] as const);
  const answers = new Map<string, ComparedAnswer>(compared);
  for (const { name } of shown) cpSync(join("examples", `${name}.json`), join(out, "gallery", `${name}.json`));
  const recorded = await inTurns(pages, 2, (page) => runBlocks(page.source, texts.get(page)!, { slow: !reduced }));
  await api;

  // what is sampled may move with the engine, within its errors; the rest is as committed
  const choose = pages.find(({ source }) => source === "docs/choose.md")!;
  const committed = texts.get(choose)!;
  for (const row of choiceRows) {
    const compared = answers.get(row.problem)?.result.problems[0];
    if (compared && !isSampled(compared, row.question) && !committed.includes(`${choiceLine(row, compared)}\n`))
      throw new Error(`docs/choose.md: the row of ${row.problem} is not what the program computes: run npm run docs:tables`);
  }
  texts.set(choose, withChoices(committed, answers));

  say("pages");
  const map = reduced ? "" : await chooseMap();
  const inserts: Record<string, () => string> = {
    gallery: () => galleryMarkup(problems.map((problem) => ({ problem, answer: answers.get(problem.name) }))),
    commands: commandReference,
    map: () => map,
  };
  for (const [i, page] of pages.entries()) writePage(out, page, texts.get(page)!, recorded[i]!, inserts);
  writeAssets(out);
  // in a reduced site these are not there
  const faults = brokenLinks(out, reduced ? /^(api|gallery)\// : undefined);
  if (faults.length > 0) throw new Error(`broken links:\n${faults.join("\n")}`);
  say(`${pages.length} pages in ${out}`);
}

function writePage(
  out: string,
  page: SitePage,
  text: string,
  recorded: Map<number, Recorded>,
  inserts: Record<string, () => string>,
): void {
  const rendered = render(text, {
    source: page.source,
    recorded: (line) => recorded.get(line),
    address: addressIn(page, (file) => {
      const place = join(out, relative("docs", file));
      mkdirSync(dirname(place), { recursive: true });
      cpSync(file, place);
    }),
    insert: (name) => {
      const make = inserts[name];
      if (!make) throw new Error(`${page.source}: found insert: ${name}; allowed: ${Object.keys(inserts).join(", ")}`);
      return make();
    },
  });
  writeFileSync(join(out, page.path), wholePage({ page, ...rendered }));
}

/** Style, icon, and KaTeX's style with the fonts that browsers of today read. */
function writeAssets(out: string): void {
  const katex = dirname(fileURLToPath(import.meta.resolve("katex")));
  mkdirSync(join(out, "katex", "fonts"), { recursive: true });
  const css = readFileSync(join(katex, "katex.min.css"), "utf8").replace(/,url\([^)]*\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)/g, "");
  writeFileSync(join(out, "katex", "katex.min.css"), css);
  for (const font of readdirSync(join(katex, "fonts")))
    if (font.endsWith(".woff2")) cpSync(join(katex, "fonts", font), join(out, "katex", "fonts", font));
  writeFileSync(join(out, "style.css"), readFileSync("docs-site/style.css", "utf8") + figureColours());
  cpSync("studio/public/icon.svg", join(out, "icon.svg"));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildSite({ out: "site", reduced: process.argv.includes("--reduced"), say: (what) => console.log(what) });
}
