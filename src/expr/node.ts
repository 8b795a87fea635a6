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

// The table of all living nodes, by kind, fields and arguments' ids; constants by their value. The latest are held strongly, which is fast; the older ones weakly:
// a page on which formulas are edited all day does not grow.
type Key = string | number;

const young = new Map<Key, Expr>();
const old = new Map<Key, WeakRef<Expr>>();
const youngLimit = 1 << 17;
let sweepAt = 2 * youngLimit;
let nextId = 0;

/** The living node of that key. The key tells the kind and every field, so its type is the one that the caller makes. */
function known(key: Key): Expr | undefined {
  return young.get(key) ?? old.get(key)?.deref();
}

function enter<E extends Expr>(key: Key, node: E): E {
  Object.freeze(node.args);
  Object.freeze(node);
  young.set(key, node);
  if (young.size >= youngLimit) age();
  return node;
}

/** Weakens the hold on the young, and drops the entries of collected nodes when the table has doubled since the last time. */
function age(): void {
  for (const [key, node] of young) old.set(key, new WeakRef(node));
  young.clear();
  if (old.size < sweepAt) return;
  for (const [key, reference] of old) if (reference.deref() === undefined) old.delete(key);
  sweepAt = 2 * Math.max(youngLimit, old.size);
}

export function makeConstant(value: number): Constant {
  if (!Number.isFinite(value)) throw new InternalError("expr/constant", `a formula's constant must be finite, found ${value}`, {});
  return (known(value) as Constant | undefined) ?? enter(value, { kind: "constant", value: value + 0, args: [], id: nextId++ });
}

export function makeVariable(name: string): Variable {
  const key = `v${name}`;
  return (known(key) as Variable | undefined) ?? enter(key, { kind: "variable", name, args: [], id: nextId++ });
}

export function makeNegate(a: Expr): Negate {
  const key = `-${a.id}`;
  return (known(key) as Negate | undefined) ?? enter(key, { kind: "negate", args: [a], id: nextId++ });
}

export function makeBinary(kind: BinaryKind, a: Expr, b: Expr): Binary {
  const key = `${kind}${a.id},${b.id}`;
  return (known(key) as Binary | undefined) ?? enter(key, { kind, args: [a, b], id: nextId++ });
}

export function makeIntegerPower(a: Expr, exponent: number): IntegerPower {
  const key = `^${a.id},${exponent}`;
  return (known(key) as IntegerPower | undefined) ?? enter(key, { kind: "integerPower", exponent, args: [a], id: nextId++ });
}

export function makeCall(name: FunctionName, a: Expr): Call {
  const key = `f${name}(${a.id}`;
  return (known(key) as Call | undefined) ?? enter(key, { kind: "call", name, args: [a], id: nextId++ });
}

export function makeLogSlope(order: number, p: Expr): LogSlope {
  const key = `l${order},${p.id}`;
  return (known(key) as LogSlope | undefined) ?? enter(key, { kind: "logSlope", order, args: [p], id: nextId++ });
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
