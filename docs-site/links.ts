// Every link and picture of a built site leads somewhere: to a file of the site and, after #, to an id in it. Addresses elsewhere are not
// fetched; only https is allowed.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";

const withoutEntities = (text: string): string =>
  text
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, "&");

/** What is wrong, one line each; empty where all is well. Links to paths that `except` matches are not looked at. */
export function brokenLinks(site: string, except?: RegExp): string[] {
  const files = (readdirSync(site, { recursive: true }) as string[]).filter((path) => path.endsWith(".html"));
  const ids = new Map<string, Set<string>>();
  const texts = new Map(files.map((path) => [path, withoutData(readFileSync(join(site, path), "utf8"))]));
  for (const [path, text] of texts)
    ids.set(path, new Set([...text.matchAll(/\s(?:id|name)="([^"]*)"/g)].map((match) => withoutEntities(match[1]!))));
  const faults: string[] = [];
  for (const [path, text] of texts) {
    for (const [, attribute, found] of text.matchAll(/<(?:a|img|link|script|iframe)\b[^>]*?\s(href|src)="([^"]*)"/g)) {
      const target = withoutEntities(found!);
      const fault = faultOf(path, target, attribute!);
      if (fault) faults.push(`${path}: ${target}: ${fault}`);
    }
    const repeated = repeatedIds(text);
    if (repeated.length > 0 && !path.startsWith("api/")) faults.push(`${path}: the id ${repeated[0]} stands twice`);
  }
  return faults;

  function faultOf(path: string, target: string, attribute: string): string | undefined {
    if (/^[a-z][a-z0-9+.-]*:/i.test(target)) {
      if (target.startsWith("https://") || (attribute === "src" && target.startsWith("data:"))) return undefined;
      return "allowed: https";
    }
    if (target.startsWith("/")) return "allowed: relative addresses";
    const [file = "", id] = target.split("#");
    const place = file === "" ? path : normalize(join(dirname(path), decodeURIComponent(file)));
    if (except?.test(place)) return undefined;
    if (place.startsWith("..") || relative(site, join(site, place)).startsWith("..")) return "leaves the site";
    if (!existsSync(join(site, place))) return "there is no such file";
    if (id === undefined || id === "" || !place.endsWith(".html")) return undefined;
    return ids.get(place)?.has(decodeURIComponent(id)) ? undefined : "there is no such place in the file";
  }
}

/** Data blocks and scripts hold no links. */
const withoutData = (html: string): string => html.replace(/<script\b[^>]*>[\s\S]*?<\/script>/g, "<script></script>");

function repeatedIds(text: string): string[] {
  const all = [...text.matchAll(/\sid="([^"]*)"/g)].map((match) => match[1]!);
  return all.filter((id, i) => all.indexOf(id) !== i);
}
