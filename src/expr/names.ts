// What the names in a formula stand for: declared variables, constants, functions, and what to say of any other.
// Names are looked up in Maps alone, so __proto__ and constructor are names like others.
import { InputError, nearestWord } from "../errors.ts";
import { constant, variable } from "./build.ts";
import { type Expr, type FunctionName, functionNames } from "./node.ts";
import type { Problem } from "./syntax-error.ts";
import { isName, type Token } from "./tokenize.ts";

export interface Scope {
  /** Variables and constants by name. */
  readonly values: ReadonlyMap<string, Expr>;
  readonly functions: ReadonlySet<FunctionName>;
  readonly variables: readonly string[];
  readonly constants: readonly string[];
}

const functions: ReadonlySet<FunctionName> = new Set(functionNames);

/** The function of that name, if there is one. */
export const functionNamed = (name: string): FunctionName | undefined => (isFunction(name) ? name : undefined);

const isFunction = (name: string): name is FunctionName => (functions as ReadonlySet<string>).has(name);

/**
 * The scope of a formula.
 * @param tokens  of the formula: without declared variables, every name that is nothing else is one, in order of appearance
 * @throws InputError `expr/variables` if a declared name cannot be one
 */
export function scopeOf(
  tokens: readonly Token[],
  declared: readonly string[] | undefined,
  given: Readonly<Record<string, number>>,
  field: string,
): Scope {
  const fixed = new Map(Object.entries(given));
  for (const [name, value] of fixed) {
    checkName(name, "constant", field);
    if (!Number.isFinite(value)) throw badName(name, `the constant ${name} is ${value}; constants are finite numbers`, field);
  }
  const values = new Map<string, Expr>();
  values.set("pi", constant(Math.PI)).set("e", constant(Math.E));
  for (const [name, value] of fixed) values.set(name, constant(value));
  const variables = new Set<string>();
  if (declared === undefined) {
    tokens.forEach((token, i) => {
      const free = token.kind === "name" && isName(token.text) && !isFunction(token.text) && tokens[i + 1]!.kind !== "open";
      if (free && !values.has(token.text)) variables.add(token.text);
    });
  }
  for (const name of declared ?? []) {
    checkName(name, "variable", field);
    if (fixed.has(name)) throw badName(name, `"${name}" is declared both as a variable and as a constant`, field);
    if (variables.has(name)) throw badName(name, `the variable "${name}" is declared twice`, field);
    variables.add(name);
  }
  for (const name of variables) values.set(name, variable(name));
  const constants = [...values.keys()].filter((name) => !variables.has(name));
  return { values, functions, variables: [...variables], constants };
}

function checkName(name: string, what: "variable" | "constant", field: string): void {
  if (isFunction(name)) throw badName(name, `"${name}" is a function and cannot name a ${what}`, field);
  if (!isName(name))
    throw badName(
      name,
      `"${name}" cannot name a ${what}: names are a letter (also Greek), then letters, digits and _, and not "and"`,
      field,
    );
}

function badName(name: string, message: string, field: string): InputError {
  return new InputError("expr/variables", `${field}: ${message}.`, { field, name });
}

/** Adds a problem for every name that stands for nothing, or stands where it cannot. */
export function checkNames(tokens: readonly Token[], scope: Scope, problems: Problem[]): void {
  tokens.forEach((token, i) => {
    if (token.kind !== "name") return;
    const next = tokens[i + 1]!;
    const { text, start: at } = token;
    const called = next.kind === "open";
    if (scope.values.has(text)) {
      if (called) problems.push({ code: "expr/syntax", at, message: `"${text}" is no function; a product is written ${text}*(...)` });
    } else if (isFunction(text)) {
      if (!called) {
        const argument = next.kind === "name" || next.kind === "number" ? next.text : "...";
        problems.push({ code: "expr/syntax", at, message: `${text} is a function: write ${text}(${argument})` });
      }
    } else problems.push({ code: "expr/unknown-name", at, message: unknown(text, called, scope) });
  });
}

/** What other programs call these things, and what to write here. */
const elsewhere: ReadonlyMap<string, string> = new Map([
  ["ln", "the natural logarithm is log"],
  ["log10", "write log(x)/log(10)"],
  ["log2", "write log(x)/log(2)"],
  ["pow", "a power is written x^2"],
  ["max", "max(x, 0) is relu(x); there is no other maximum"],
  ["min", "min(x, 0) is -relu(-x); there is no other minimum"],
  ["arctan", "write atan"],
  ["tg", "write tan"],
  ["square", "write x^2"],
  ["or", 'regions are joined by "and" alone'],
  ["not", 'regions are joined by "and" alone'],
]);

function unknown(name: string, called: boolean, scope: Scope): string {
  const shown = name.length <= 40 ? name : `${name.slice(0, 39)}…`;
  const equivalent = elsewhere.get(name);
  const hintElsewhere = equivalent === undefined ? undefined : `${equivalent}; `;
  const functionList = [...scope.functions].join(" ");
  if (called) {
    const nearest = nearestWord(name, scope.functions);
    const hint = hintElsewhere ?? (nearest === undefined ? "" : `did you mean ${nearest}(...)? `);
    return `unknown function "${shown}"; ${hint}functions: ${functionList}`;
  }
  const known = [...scope.values.keys(), ...scope.functions];
  const nearest = nearestWord(
    name,
    known.filter((word) => word.length > 1),
  );
  const hint = hintElsewhere ?? productHint(name, scope) ?? (nearest === undefined ? "" : `did you mean ${nearest}? `);
  const variables = scope.variables.length === 0 ? "no variables" : `variables: ${listed(scope.variables)}`;
  return `unknown name "${shown}"; ${hint}${variables}; constants: ${listed(scope.constants)}; functions: ${functionList}`;
}

function listed(names: readonly string[]): string {
  return names.length <= 20 ? names.join(" ") : `${names.slice(0, 19).join(" ")} ... ${names.at(-1)}`;
}

/** xy with x and y known is a forgotten product, sinx a forgotten pair of parentheses. */
function productHint(name: string, scope: Scope): string | undefined {
  for (let cut = 1; cut < name.length; cut++) {
    const [left, right] = [name.slice(0, cut), name.slice(cut)];
    if (!scope.values.has(right)) continue;
    if (scope.values.has(left)) return `a product is written ${left}*${right}; `;
    if (isFunction(left)) return `write ${left}(${right}); `;
  }
  return undefined;
}
