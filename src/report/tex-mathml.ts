// TeX to MathML, for the formulas that models carry: fractions, roots, scripts, delimiters, Greek, operators, functions and matrices.
// Not a TeX: no macros, no spacing rules beyond \quad and \, and no errors either. What it does not know stands there as it was typed.
import { escapeHtml } from "./html.ts";
import { closings, commandClosings, doubleStruck, fences, functions, identifiers, operators, spaces, variants } from "./tex-symbols.ts";

type Token = { readonly kind: "command" | "character" | "number"; readonly text: string };

function tokens(tex: string): Token[] {
  const found: Token[] = [];
  for (const [text, command, digits, character] of tex.matchAll(/\\([A-Za-z]+|.)|(\d+(?:\.\d+)?)|(\S)/gsu)) {
    if (command !== undefined) found.push({ kind: "command", text: command });
    else if (digits !== undefined) found.push({ kind: "number", text: digits });
    else if (character !== undefined) found.push({ kind: "character", text });
  }
  return found;
}

/**
 * A formula as a MathML element, the TeX kept as its annotation.
 * @example texToMathML("\\frac{1}{\\eta}", "inline")
 */
export function texToMathML(tex: string, display: "block" | "inline" = "block"): string {
  const reader: Reader = { tokens: tokens(tex), at: 0, stop: () => false };
  let body = "";
  // A stray closing brace ends a row; what follows it is read on.
  while (reader.at < reader.tokens.length) {
    body += row(reader, () => false);
    reader.at += 1;
  }
  const shown = display === "block" ? ' display="block"' : "";
  return `<math xmlns="http://www.w3.org/1998/Math/MathML"${shown}><semantics><mrow>${body}</mrow><annotation encoding="application/x-tex">${escapeHtml(tex)}</annotation></semantics></math>`;
}

interface Reader {
  readonly tokens: Token[];
  at: number;
  /** What ends the row that is being read. */
  stop: (token: Token) => boolean;
}

function peek(reader: Reader): Token | undefined {
  return reader.tokens[reader.at];
}

function is(token: Token | undefined, kind: Token["kind"], text: string): boolean {
  return token?.kind === kind && token.text === text;
}

/** Atoms with their scripts until the end, a closing brace or what `stop` says; the stopping token is left. */
function row(reader: Reader, stop: (token: Token) => boolean): string {
  const outer = reader.stop;
  reader.stop = stop;
  let body = "";
  for (;;) {
    const token = peek(reader);
    if (token === undefined || is(token, "character", "}") || stop(token)) {
      reader.stop = outer;
      return body;
    }
    body += scripted(reader);
  }
}

/** An atom and its sub- and superscript. */
function scripted(reader: Reader): string {
  const first = peek(reader)!;
  const base = is(first, "character", "^") || is(first, "character", "_") ? "<mrow></mrow>" : atom(reader);
  let sub = "";
  let sup = "";
  for (;;) {
    const token = peek(reader);
    if (is(token, "character", "^") && sup === "") sup = argument(skip(reader));
    else if (is(token, "character", "_") && sub === "") sub = argument(skip(reader));
    else if (is(token, "character", "'") && sup === "") sup = primes(reader);
    else break;
  }
  if (sub !== "" && sup !== "") return `<msubsup>${base}${sub}${sup}</msubsup>`;
  if (sub !== "") return `<msub>${base}${sub}</msub>`;
  return sup === "" ? base : `<msup>${base}${sup}</msup>`;
}

function primes(reader: Reader): string {
  let text = "";
  while (is(peek(reader), "character", "'")) {
    reader.at += 1;
    text += "′";
  }
  return `<mo>${text}</mo>`;
}

function skip(reader: Reader): Reader {
  reader.at += 1;
  return reader;
}

/** {...} or one atom; of a number its first digit: \\tfrac14 is 1/4. */
function argument(reader: Reader): string {
  const token = peek(reader);
  if (token === undefined) return "<mrow></mrow>";
  if (token.kind === "number" && token.text.length > 1) {
    reader.tokens[reader.at] = { kind: "number", text: token.text.slice(1) };
    return `<mn>${token.text[0]}</mn>`;
  }
  return is(token, "character", "{") ? group(reader) : atom(reader);
}

function group(reader: Reader): string {
  const body = row(skip(reader), () => false);
  if (is(peek(reader), "character", "}")) reader.at += 1;
  return `<mrow>${body}</mrow>`;
}

function atom(reader: Reader): string {
  const token = peek(reader)!;
  if (is(token, "character", "{")) return group(reader);
  reader.at += 1;
  if (token.kind === "number") return `<mn>${token.text}</mn>`;
  if (token.kind === "character") return Object.hasOwn(closings, token.text) ? pair(token, reader) : character(token.text);
  return Object.hasOwn(commandClosings, token.text) ? pair(token, reader) : command(token.text, reader);
}

function character(text: string): string {
  if (/\p{L}/u.test(text)) return `<mi>${escapeHtml(text)}</mi>`;
  if (text === "-") return "<mo>−</mo>";
  if (text === "~") return space("0.25em");
  return `<mo>${escapeHtml(text)}</mo>`;
}

/** Brackets and what is between them are one base, so that scripts after them belong to the whole. */
function pair(open: Token, reader: Reader): string {
  const outer = reader.stop;
  const closing = (open.kind === "command" ? commandClosings : closings)[open.text]!;
  const closes = (token: Token) => token.kind === open.kind && closing.includes(token.text);
  const start = reader.at;
  const body = row(reader, (token) => closes(token) || outer(token));
  const token = peek(reader);
  if (token === undefined || !closes(token)) {
    // Not a pair: the bar of a condition, say.
    reader.at = start;
    return plainFence(open);
  }
  reader.at += 1;
  return `<mrow>${plainFence(open)}${body}${plainFence(token)}</mrow>`;
}

function plainFence(token: Token): string {
  return `<mo stretchy="false">${escapeHtml(token.kind === "command" ? operators[token.text]! : token.text)}</mo>`;
}

function space(width: string): string {
  return `<mspace width="${width}"></mspace>`;
}

function command(name: string, reader: Reader): string {
  if (name === "frac" || name === "dfrac") return `<mfrac>${argument(reader)}${argument(reader)}</mfrac>`;
  if (name === "tfrac") return `<mstyle displaystyle="false"><mfrac>${argument(reader)}${argument(reader)}</mfrac></mstyle>`;
  if (name === "sqrt") return `<msqrt>${argument(reader)}</msqrt>`;
  if (name === "left") return fenced(reader);
  if (name === "text" || name === "textrm") return `<mtext>${escapeHtml(words(reader))}</mtext>`;
  if (name === "begin") return matrix(reader);
  if (Object.hasOwn(variants, name)) return named(words(reader), variants[name]!);
  if (/^[bB]igg?[lrm]?$/.test(name) || name === "displaystyle" || name === "limits" || name === "middle") return "";
  if (functions.has(name)) return `<mi>${name}</mi><mo>&#x2061;</mo>`;
  if (Object.hasOwn(identifiers, name)) return `<mi>${identifiers[name]}</mi>`;
  if (Object.hasOwn(operators, name)) return `<mo>${escapeHtml(operators[name]!)}</mo>`;
  if (Object.hasOwn(spaces, name)) return space(spaces[name]!);
  if (name === "\\") return space("1em");
  return `<mtext>${escapeHtml(`\\${name}`)}</mtext>`;
}

/** The characters of an argument as a name. */
function words(reader: Reader): string {
  if (!is(peek(reader), "character", "{")) {
    const token = peek(reader);
    reader.at += 1;
    return token?.text ?? "";
  }
  let text = "";
  reader.at += 1;
  while (peek(reader) !== undefined && !is(peek(reader), "character", "}")) {
    const token = peek(reader)!;
    text +=
      token.kind === "command" ? (identifiers[token.text] ?? operators[token.text] ?? (token.text === " " ? " " : token.text)) : token.text;
    reader.at += 1;
  }
  reader.at += 1;
  return text;
}

function named(text: string, variant: string): string {
  if (variant === "double-struck")
    return `<mi mathvariant="normal">${[...text].map((letter) => doubleStruck[letter] ?? escapeHtml(letter)).join("")}</mi>`;
  const style = variant === "bold" ? ' style="font-weight:bold"' : variant === "sans-serif" ? ' style="font-family:sans-serif"' : "";
  return `<mi mathvariant="normal"${style}>${escapeHtml(text)}</mi>`;
}

function delimiter(reader: Reader): string {
  const token = peek(reader);
  reader.at += 1;
  if (token === undefined || is(token, "character", ".")) return "";
  return token.kind === "command" ? (operators[token.text] ?? "") : token.text;
}

function fenced(reader: Reader): string {
  const open = delimiter(reader);
  const body = row(reader, (token) => is(token, "command", "right"));
  const close = is(peek(reader), "command", "right") ? delimiter(skip(reader)) : "";
  return `<mrow>${fence(open)}${body}${fence(close)}</mrow>`;
}

function fence(text: string): string {
  return text === "" ? "" : `<mo stretchy="true">${escapeHtml(text)}</mo>`;
}

function matrix(reader: Reader): string {
  const name = words(reader);
  const [open, close] = fences[name] ?? ["", ""];
  const ends = (token: Token) => is(token, "character", "&") || is(token, "command", "\\") || is(token, "command", "end");
  const rows: string[][] = [[]];
  for (;;) {
    rows.at(-1)!.push(row(reader, ends));
    const token = peek(reader);
    reader.at += 1;
    if (is(token, "character", "&")) continue;
    if (is(token, "command", "\\")) rows.push([]);
    else {
      if (is(token, "command", "end")) words(reader);
      break;
    }
  }
  const cells = rows
    .filter((each) => each.some((cell) => cell !== ""))
    .map((each) => `<mtr>${each.map((cell) => `<mtd>${cell}</mtd>`).join("")}</mtr>`)
    .join("");
  return `<mrow>${fence(open)}<mtable>${cells}</mtable>${fence(close)}</mrow>`;
}
