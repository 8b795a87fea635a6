// Formula text -> tokens with their columns. Whatever cannot be a token is noted as a problem and skipped, so that one reading of the
// text finds all of them.
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

// In the order in which they are tried, all at one place in the text ("sticky").
const patterns = {
  space: /\s+/y,
  number: /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y,
  name: new RegExp(`[${letter}_$][${letter}0-9_$]*`, "y"),
  member: new RegExp(`\\.\\s*[${letter}_$][${letter}0-9_$]*`, "y"),
  power: /\*\*/y,
  comparison: /<=|>=|==|!=|[<>=\u2264\u2265\u2260]/y,
  superscript: /[\u00B2\u00B3\u00B9\u2070\u2074-\u2079]+/y,
  bar: /\|(?!\|)/y,
  logic: /&&?|\|\||!/y,
  bracket: /[[\]{}]/y,
  quote: /["'`]/y,
  operator: /[-+*/^\u2212\u00B7\u22C5\u00D7\u00F7]/y,
  other: /[\s\S]/uy,
};

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
  let at = 0;
  let found = "";
  const reads = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    found = pattern.exec(text)?.[0] ?? "";
    return found !== "";
  };
  const push = (kind: TokenKind, value?: number): void => {
    tokens.push({ kind, text: synonyms.get(found) ?? found, start: at, end: at + found.length, value });
  };
  const problem = (message: string): void => {
    problems.push({ code: "expr/syntax", at, message });
  };
  for (; at < text.length; at += found.length) {
    if (reads(patterns.space)) continue;
    if (reads(patterns.number)) {
      const value = Number(found);
      if (!Number.isFinite(value)) problem(`the number ${shortened(found)} is too large for a double (about 1.8e308)`);
      push("number", value);
    } else if (reads(patterns.name)) push(found === "and" ? "and" : "name");
    else if (reads(patterns.member))
      problem(`unexpected "${shortened(found)}": formulas have no members; a dot stands only in numbers such as 0.5`);
    else if (reads(patterns.power)) {
      problem('"**" is written ^ here, as in x^2');
      found = "**";
      tokens.push({ kind: "operator", text: "^", start: at, end: at + 2 });
    } else if (reads(patterns.comparison)) push("comparison");
    else if (reads(patterns.superscript)) problem(`superscripts are written with ^, as in x^${digitsOf(found)}`);
    else if (reads(patterns.bar)) problem("the absolute value is written abs(x)");
    else if (reads(patterns.logic)) problem(`"${found}" has no meaning here; conditions are joined by the word "and"`);
    else if (reads(patterns.bracket)) problem(`"${found}": only round brackets ( ) are used in formulas`);
    else if (reads(patterns.quote)) problem(`a quotation mark (${found}) has no place in a formula`);
    else if (reads(patterns.operator)) push("operator");
    else if (reads(patterns.other)) {
      if (found === "(") push("open");
      else if (found === ")") push("close");
      else if (found === ",") problem('unexpected ",": functions take one argument, and decimals are written with a point');
      else problem(`unexpected character ${visible(found)}`);
    }
  }
  tokens.push({ kind: "end", text: "", start: text.length, end: text.length });
  return tokens;
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
