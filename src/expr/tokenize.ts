// Formula text -> tokens with their columns. Whatever cannot be a token is noted as a problem and skipped, so that one reading of the
// text finds all of them.
import { InternalError } from "../errors.ts";
import type { Problem } from "./syntax-error.ts";

export type TokenKind = "number" | "name" | "operator" | "comparison" | "and" | "open" | "close" | "end";

export interface Token {
  readonly kind: TokenKind;
  /** Normalised: * for a middle dot, <= for its sign. */
  readonly text: string;
  /** Of the token's first character, counted from 0; `end` is where the next may begin. */
  readonly start: number;
  readonly end: number;
  /** Of a number. */
  readonly value?: number;
}

/** Letters are those of ASCII and the Greek ones. */
const letter = "A-Za-z\\u0391-\\u03A9\\u03B1-\\u03C9\\u03D1\\u03D5\\u03F5";

const namePattern = new RegExp(`^[${letter}][${letter}0-9_]*$`);

/** Whether a text can name a variable or a constant: a letter, then letters, digits and underscores. */
export const isName = (text: string): boolean => namePattern.test(text) && text !== "and";

/** All that may stand in a formula, tried in this order. */
const readable: readonly (readonly [TokenKind | "space", string])[] = [
  ["space", "\\s+"],
  ["number", "(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?"],
  ["name", `[${letter}_$][${letter}0-9_$]*`],
  ["operator", "\\*(?!\\*)|[-+/^\u2212\u00B7\u22C5\u00D7\u00F7]"],
  ["open", "\\("],
  ["close", "\\)"],
  ["comparison", "<=|>=|==|!=|[<>=\u2264\u2265\u2260]"],
];

/** One group a kind; "sticky": it matches where reading has come to, or not at all. */
const pattern = new RegExp(readable.map(([, source]) => `(${source})`).join("|"), "y");

/** What cannot stand in a formula, and what to say of it; the last pattern takes any character. */
const complaints: readonly (readonly [RegExp, (found: string) => string])[] = [
  [
    new RegExp(`\\.\\s*[${letter}_$][${letter}0-9_$]*`, "y"),
    (found) => `unexpected "${shortened(found)}": formulas have no members; a dot stands only in numbers such as 0.5`,
  ],
  [/\*\*/y, () => '"**" is written ^ here, as in x^2'],
  [/[\u00B2\u00B3\u00B9\u2070\u2074-\u2079]+/y, (found) => `superscripts are written with ^, as in x^${digitsOf(found)}`],
  [/\|(?!\|)/y, () => "the absolute value is written abs(x)"],
  [/&&?|\|\||!/y, (found) => `"${found}" has no meaning here; conditions are joined by the word "and"`],
  [/[[\]{}]/y, (found) => `"${found}": only round brackets ( ) are used in formulas`],
  [/["'`]/y, (found) => `a quotation mark (${found}) has no place in a formula`],
  [/,/y, () => 'unexpected ",": functions take one argument, and decimals are written with a point'],
  [/[\s\S]/uy, (found) => `unexpected character ${visible(found)}`],
];

const synonyms: ReadonlyMap<string, string> = new Map([
  ["\u2212", "-"],
  ["\u00B7", "*"],
  ["\u22C5", "*"],
  ["\u00D7", "*"],
  ["\u00F7", "/"],
  ["\u2264", "<="],
  ["\u2265", ">="],
  ["\u2260", "!="],
]);

/** The tokens, ending with one of kind "end"; what could not be read is added to `problems`. */
export function tokenize(text: string, problems: Problem[]): Token[] {
  const tokens: Token[] = [];
  for (let start = 0, end = 0; start < text.length; start = end) {
    pattern.lastIndex = start;
    const match = pattern.exec(text);
    if (match === null) {
      const [found, message] = complaint(text, start);
      problems.push({ code: "expr/syntax", at: start, message });
      end = start + found.length;
      continue;
    }
    const [found] = match;
    end = start + found.length;
    const kind = readable[match.indexOf(found, 1) - 1]![0];
    if (kind === "space") continue;
    const value = kind === "number" ? Number(found) : undefined;
    if (value !== undefined && !Number.isFinite(value))
      problems.push({
        code: "expr/syntax",
        at: start,
        message: `the number ${shortened(found)} is too large for a double (about 1.8e308)`,
      });
    tokens.push({ kind: found === "and" ? "and" : kind, text: synonyms.get(found) ?? found, start, end, value });
  }
  tokens.push({ kind: "end", text: "", start: text.length, end: text.length });
  return tokens;
}

/** What stands at a place where nothing can be read, and what to say of it. */
function complaint(text: string, at: number): [found: string, message: string] {
  for (const [pattern, message] of complaints) {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) return [found, message(found)];
  }
  throw new InternalError("expr/tokenize", "every character is complained of", { at });
}

/** At most 20 characters of what was found, for messages. */
export function shortened(text: string): string {
  return text.length <= 20 ? text : `${text.slice(0, 19)}…`;
}

function visible(character: string): string {
  const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
  return code < "0021" ? `U+${code}` : `"${character}" (U+${code})`;
}

const superscripts = "\u2070\u00B9\u00B2\u00B3\u2074\u2075\u2076\u2077\u2078\u2079";

function digitsOf(text: string): string {
  return Array.from(text, (character) => superscripts.indexOf(character)).join("");
}
