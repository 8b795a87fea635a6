// Formula <-> JSON: the graph as a list of nodes, arguments before the nodes that use them, the root last. Shared nodes are written once,
// so the length is that of the graph; internal functions are kept. Reading gives the same node, and checks its input.
import { InputError } from "../errors.ts";
import {
  type BinaryKind,
  type Expr,
  type FunctionName,
  functionNames,
  internalFunctionNames,
  makeBinary,
  makeCall,
  makeConstant,
  makeIntegerPower,
  makeLogSlope,
  makeNegate,
  makeVariable,
  maxIntegerPower,
  postorder,
} from "./node.ts";
import { isName } from "./tokenize.ts";

/** args are indices of earlier entries. */
export type ExprJsonNode =
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "negate"; readonly args: readonly [number] }
  | { readonly kind: BinaryKind; readonly args: readonly [number, number] }
  | { readonly kind: "integerPower"; readonly exponent: number; readonly args: readonly [number] }
  | { readonly kind: "call"; readonly name: FunctionName; readonly args: readonly [number] }
  | { readonly kind: "logSlope"; readonly order: number; readonly args: readonly [number] };

export type ExprJson = readonly ExprJsonNode[];

/** The formula's graph as plain data. */
export function printJson(expr: Expr): ExprJson {
  const nodes = postorder([expr]);
  const index = new Map(nodes.map((node, i) => [node, i]));
  return nodes.map((node): ExprJsonNode => {
    const at = (arg: Expr): number => index.get(arg)!;
    switch (node.kind) {
      case "constant":
        return { kind: node.kind, value: node.value };
      case "variable":
        return { kind: node.kind, name: node.name };
      case "negate":
        return { kind: node.kind, args: [at(node.args[0])] };
      case "integerPower":
        return { kind: node.kind, exponent: node.exponent, args: [at(node.args[0])] };
      case "call":
        return { kind: node.kind, name: node.name, args: [at(node.args[0])] };
      case "logSlope":
        return { kind: node.kind, order: node.order, args: [at(node.args[0])] };
      default:
        return { kind: node.kind, args: [at(node.args[0]), at(node.args[1])] };
    }
  });
}

/**
 * The formula that printJson wrote: the same node, while it lives.
 * @throws InputError `expr/json` for anything else, with the index of the entry
 */
export function readJson(json: unknown): Expr {
  if (!Array.isArray(json) || json.length === 0) throw bad("a list of nodes is expected", json);
  const nodes: Expr[] = [];
  json.forEach((entry: unknown, i) => {
    if (typeof entry !== "object" || entry === null) throw bad(`entry ${i} is no object`, entry);
    const fields = new Map<string, unknown>(Object.entries(entry));
    nodes.push(readNode(fields, nodes, (message) => bad(`entry ${i}: ${message}`, entry)));
  });
  return nodes.at(-1)!;
}

function readNode(fields: ReadonlyMap<string, unknown>, earlier: readonly Expr[], fail: (message: string) => InputError): Expr {
  const kind = fields.get("kind");
  const name = fields.get("name");
  const arg = (position: number): Expr => {
    const args = fields.get("args");
    const at: unknown = Array.isArray(args) ? args[position] : undefined;
    const node = typeof at === "number" ? earlier[at] : undefined;
    if (node === undefined) throw fail(`args[${position}] is no index of an earlier entry`);
    return node;
  };
  const integer = (field: string, least: number, most: number): number => {
    const value = fields.get(field);
    if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most)
      throw fail(`${field} must be an integer from ${least} to ${most}`);
    return value;
  };
  switch (kind) {
    case "constant": {
      const value = fields.get("value");
      if (typeof value !== "number" || !Number.isFinite(value)) throw fail("value must be a finite number");
      return makeConstant(value);
    }
    case "variable":
      if (typeof name !== "string" || !isName(name)) throw fail("name must be a letter, then letters, digits and _");
      return makeVariable(name);
    case "negate":
      return makeNegate(arg(0));
    case "add":
    case "subtract":
    case "multiply":
    case "divide":
    case "power":
      return makeBinary(kind, arg(0), arg(1));
    case "integerPower":
      return makeIntegerPower(arg(0), integer("exponent", 2, maxIntegerPower));
    case "call": {
      const called = [...functionNames, ...internalFunctionNames].find((known) => known === name);
      if (called === undefined) throw fail(`${String(name)} is no function`);
      return makeCall(called, arg(0));
    }
    case "logSlope":
      return makeLogSlope(integer("order", 0, 100), arg(0));
    default:
      throw fail(`${String(kind)} is no kind of node`);
  }
}

function bad(message: string, found: unknown): InputError {
  return new InputError("expr/json", `Formula as JSON: ${message}; write it with printJson.`, { found });
}
