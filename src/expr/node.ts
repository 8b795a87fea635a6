// The one node type of formulas: an immutable directed acyclic graph, hash-consed, so that the same structure is the same object and
// `===` compares formulas. Nothing here simplifies: build.ts does, and outside src/expr graphs are built by build.ts alone.
//
// Sums and products are binary and evaluated as they stand: the order of the arguments decides the bits of the result.
// Ids tell nodes apart. They depend on what was built before, so nothing that a user sees may depend on their order.
//
// Graphs may be tens of thousands of nodes deep (64 kB of sum): walk them with `postorder`, never by recursion.
import { InternalError } from "../errors.ts";

/** Functions that formulas may call, in the order in which messages list them. */
export const functionNames = [
  "exp",
  "log",
  "sqrt",
  "sin",
  "cos",
  "tan",
  "sinh",
  "cosh",
  "tanh",
  "atan",
  "abs",
  "erf",
  "log1p",
  "expm1",
  "sigmoid",
  "softplus",
  "relu",
] as const;

/** Functions that derivatives bring in: sign(0) = 0; step(x) = 1 for x > 0, else 0. */
export const internalFunctionNames = ["sign", "step"] as const;

export type FunctionName = (typeof functionNames)[number] | (typeof internalFunctionNames)[number];

export type BinaryKind = "add" | "subtract" | "multiply" | "divide" | "power";

interface Node {
  /** Unique, increasing: an argument's id is smaller than that of the node that uses it. */
  readonly id: number;
}

/** A finite number, never -0. */
export interface Constant extends Node {
  readonly kind: "constant";
  readonly value: number;
  readonly args: readonly [];
}

export interface Variable extends Node {
  readonly kind: "variable";
  readonly name: string;
  readonly args: readonly [];
}

export interface Negate extends Node {
  readonly kind: "negate";
  readonly args: readonly [Expr];
}

/** args[0] kind args[1]; `power` is the general one, whose exponent is a formula or no small integer. */
export interface Binary extends Node {
  readonly kind: BinaryKind;
  readonly args: readonly [Expr, Expr];
}

/** args[0]^exponent for an integer 2 <= exponent <= 64, by repeated squaring (functions.ts: integerPower); x^-2 is 1/x^2. */
export interface IntegerPower extends Node {
  readonly kind: "integerPower";
  readonly exponent: number;
  readonly args: readonly [Expr];
}

/** An elementary function of one argument. */
export interface Call extends Node {
  readonly kind: "call";
  readonly name: FunctionName;
  readonly args: readonly [Expr];
}

/**
 * The order-th derivative of K(p) = log|p|/(p - 1), K(1) = 1: the slope of the chord of log|p| from 1 to p. It holds what HA-SME needs
 * without a cancellation: the drift factor is c(z) = K(1 - z), the diffusion factor m(u, v) = K((1 - u)(1 - v)) (theory.md 2).
 * On numbers: functions.ts, logSlope.
 */
export interface LogSlope extends Node {
  readonly kind: "logSlope";
  readonly order: number;
  readonly args: readonly [Expr];
}

export type Expr = Constant | Variable | Negate | Binary | IntegerPower | Call | LogSlope;

/** The largest exponent that is kept as an integer power. */
export const maxIntegerPower = 64;

// The table of all living nodes. It holds them weakly: a studio session that edits formulas all day does not grow.
const table = new Map<string, WeakRef<Expr>>();
let nextId = 0;
let sweepAt = 1 << 16;

function intern<E extends Expr>(key: string, make: (id: number) => E): E {
  const known = table.get(key)?.deref();
  // The key tells the kind and every field, so what it leads to is an E.
  if (known !== undefined) return known as E;
  const node = make(nextId++);
  Object.freeze(node.args);
  Object.freeze(node);
  table.set(key, new WeakRef<Expr>(node));
  if (table.size >= sweepAt) sweep();
  return node;
}

/** Drops the entries of collected nodes; amortised over the insertions since the last sweep. */
function sweep(): void {
  for (const [key, reference] of table) if (reference.deref() === undefined) table.delete(key);
  sweepAt = Math.max(1 << 16, 2 * table.size);
}

export function makeConstant(value: number): Constant {
  if (!Number.isFinite(value)) throw new InternalError("expr/constant", `a formula's constant must be finite, found ${value}`, {});
  return intern(`c${value}`, (id) => ({ kind: "constant", value: value + 0, args: [], id }));
}

export function makeVariable(name: string): Variable {
  return intern(`v${name}`, (id) => ({ kind: "variable", name, args: [], id }));
}

export function makeNegate(a: Expr): Negate {
  return intern(`-${a.id}`, (id) => ({ kind: "negate", args: [a], id }));
}

export function makeBinary(kind: BinaryKind, a: Expr, b: Expr): Binary {
  return intern(`${kind}${a.id},${b.id}`, (id) => ({ kind, args: [a, b], id }));
}

export function makeIntegerPower(a: Expr, exponent: number): IntegerPower {
  return intern(`^${a.id},${exponent}`, (id) => ({ kind: "integerPower", exponent, args: [a], id }));
}

export function makeCall(name: FunctionName, a: Expr): Call {
  return intern(`f${name}${a.id}`, (id) => ({ kind: "call", name, args: [a], id }));
}

export function makeLogSlope(order: number, p: Expr): LogSlope {
  return intern(`l${order},${p.id}`, (id) => ({ kind: "logSlope", order, args: [p], id }));
}

/**
 * Every node that the roots reach, once each, arguments before the nodes that use them, in the order in which a reader from left
 * to right would finish them: it depends on the structure alone. Iterative, so safe at any depth.
 * @param isKnown  nodes that are left out with all below them, because the caller has their values already
 */
export function postorder(roots: readonly Expr[], isKnown: (node: Expr) => boolean = () => false): Expr[] {
  const order: Expr[] = [];
  const seen = new Set<Expr>();
  const stack: Expr[] = [];
  const nextArg: number[] = [];
  for (const root of roots) {
    if (seen.has(root) || isKnown(root)) continue;
    seen.add(root);
    stack.push(root);
    nextArg.push(0);
    while (stack.length > 0) {
      const top = stack.length - 1;
      const node = stack[top]!;
      const arg = node.args[nextArg[top]!++];
      if (arg === undefined) {
        order.push(node);
        stack.pop();
        nextArg.pop();
      } else if (!seen.has(arg) && !isKnown(arg)) {
        seen.add(arg);
        stack.push(arg);
        nextArg.push(0);
      }
    }
  }
  return order;
}

/** The value of `root` when `visit` gives each node's from those of its arguments; one visit a node. */
export function fold<T>(root: Expr, visit: (node: Expr, value: (arg: Expr) => T) => T): T {
  const values = new Map<Expr, T>();
  // Arguments come first in a postorder, so their values are there.
  const value = (arg: Expr): T => values.get(arg) as T;
  for (const node of postorder([root])) values.set(node, visit(node, value));
  return value(root);
}

/** Names of the variables that the roots depend on, in order of first appearance. */
export function freeVariables(roots: readonly Expr[]): string[] {
  const names: string[] = [];
  for (const node of postorder(roots)) if (node.kind === "variable") names.push(node.name);
  return names;
}

/** How many different nodes the roots reach: the work of one evaluation. */
export function nodeCount(roots: readonly Expr[]): number {
  return postorder(roots).length;
}
