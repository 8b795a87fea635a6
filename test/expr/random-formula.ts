// Random formulas for tests: a tree, its text with as few parentheses as the grammar allows (written here once more, not by
// src/expr/print-text.ts), its text with parentheses everywhere, and its value by Math alone.
import fc from "fast-check";

export type Tree =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "minus"; readonly a: Tree }
  | { readonly kind: "+" | "-" | "*" | "/" | "^"; readonly a: Tree; readonly b: Tree }
  | { readonly kind: "call"; readonly name: string; readonly a: Tree };

export const names = ["x", "y"] as const;

/** Functions that mathjs has under the same names. */
export const commonFunctions = ["exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "atan", "abs"] as const;

const number: fc.Arbitrary<Tree> = fc
  .oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom(0.5, 0.1, 2.5, 1e-3, 1 / 3))
  .map((value) => ({ kind: "number", value }));

const name: fc.Arbitrary<Tree> = fc.constantFrom(...names).map((text) => ({ kind: "name", name: text }));

/** Trees of bounded depth; `exponents` small integers and halves mostly, so that values stay finite. */
export function trees(functions: readonly string[], maxDepth = 5): fc.Arbitrary<Tree> {
  const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.oneof(
      { maxDepth, depthIdentifier: "formula" },
      { weight: 2, arbitrary: name },
      { weight: 1, arbitrary: number },
      { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom("+", "-", "*", "/" as const), a: tie("tree"), b: tie("tree") }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("minus" as const), a: tie("tree") }) },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant("^" as const),
          a: tie("tree"),
          b: fc.constantFrom<number>(2, 3, 4, 0.5, 1.5).map((value): Tree => ({ kind: "number", value })),
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("^" as const), a: tie("tree"), b: tie("tree") }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant("call" as const), name: fc.constantFrom(...functions), a: tie("tree") }) },
    ),
  }));
  return tree;
}

const strength = { "+": 1, "-": 1, "*": 2, "/": 2, minus: 4, "^": 5 } as const;

function strengthOf(tree: Tree): number {
  return tree.kind === "number" || tree.kind === "name" || tree.kind === "call" ? 9 : strength[tree.kind];
}

/** Text with as few parentheses as the grammar allows; blanks around every sign. */
export function sparse(tree: Tree): string {
  const inner = (part: Tree, wraps: boolean): string => (wraps ? `(${sparse(part)})` : sparse(part));
  switch (tree.kind) {
    case "number":
      return String(tree.value);
    case "name":
      return tree.name;
    case "call":
      return `${tree.name}(${sparse(tree.a)})`;
    case "minus":
      return `-${inner(tree.a, strengthOf(tree.a) < strength.minus)}`;
    case "^":
      return `${inner(tree.a, strengthOf(tree.a) <= strength["^"])} ^ ${inner(tree.b, strengthOf(tree.b) < strength.minus)}`;
    default: {
      const own = strength[tree.kind];
      return `${inner(tree.a, strengthOf(tree.a) < own)} ${tree.kind} ${inner(tree.b, strengthOf(tree.b) <= own)}`;
    }
  }
}

/** Text with parentheses around everything. */
export function dense(tree: Tree): string {
  switch (tree.kind) {
    case "number":
      return `(${tree.value})`;
    case "name":
      return tree.name;
    case "call":
      return `${tree.name}(${dense(tree.a)})`;
    case "minus":
      return `(-${dense(tree.a)})`;
    default:
      return `(${dense(tree.a)} ${tree.kind} ${dense(tree.b)})`;
  }
}

const functionsOfMath = new Map<string, (x: number) => number>([
  ["exp", Math.exp],
  ["log", Math.log],
  ["sqrt", Math.sqrt],
  ["sin", Math.sin],
  ["cos", Math.cos],
  ["tan", Math.tan],
  ["sinh", Math.sinh],
  ["cosh", Math.cosh],
  ["tanh", Math.tanh],
  ["atan", Math.atan],
  ["abs", Math.abs],
  ["log1p", Math.log1p],
  ["expm1", Math.expm1],
  ["sigmoid", (x) => 1 / (1 + Math.exp(-x))],
  ["softplus", (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))],
  ["relu", (x) => Math.max(x, 0)],
]);

export const allFunctions: readonly string[] = [...functionsOfMath.keys()];

/**
 * Value by plain recursion, with a bound of its rounding error: each step's error in first order, by differences for functions.
 * Undefined where something on the way is not finite, or so near a pole or a kink that the bound means nothing.
 */
export function value(tree: Tree, at: ReadonlyMap<string, number>): { value: number; error: number } | undefined {
  const rounded = (result: number, error: number) =>
    Number.isFinite(result) && Number.isFinite(error) && Math.abs(result) < 1e12 && error < 1e-4
      ? { value: result, error: error + 4 * Number.EPSILON * Math.abs(result) }
      : undefined;
  if (tree.kind === "number") return { value: tree.value, error: 0 };
  if (tree.kind === "name") return { value: at.get(tree.name)!, error: 0 };
  const a = value(tree.a, at);
  if (a === undefined) return undefined;
  if (tree.kind === "minus") return rounded(-a.value, a.error);
  if (tree.kind === "call") {
    const f = functionsOfMath.get(tree.name)!;
    const spread = 1e-7 * (1 + Math.abs(a.value));
    const [low, middle, high] = [f(a.value - spread), f(a.value), f(a.value + spread)];
    const slope = Math.max(Math.abs(high - middle), Math.abs(middle - low)) / spread;
    // the argument itself may be rounded otherwise by a rewritten formula
    return rounded(middle, slope * (a.error + 8 * Number.EPSILON * Math.abs(a.value)));
  }
  const b = value(tree.b, at);
  if (b === undefined) return undefined;
  switch (tree.kind) {
    case "+":
      return rounded(a.value + b.value, a.error + b.error + 8 * Number.EPSILON * (Math.abs(a.value) + Math.abs(b.value)));
    case "-":
      return rounded(a.value - b.value, a.error + b.error + 8 * Number.EPSILON * (Math.abs(a.value) + Math.abs(b.value)));
    case "*":
      return rounded(a.value * b.value, a.error * Math.abs(b.value) + b.error * Math.abs(a.value));
    case "/":
      return rounded(a.value / b.value, a.error / Math.abs(b.value) + (b.error * Math.abs(a.value)) / b.value ** 2);
    case "^": {
      const power = a.value ** b.value;
      const along = (Math.abs(power * b.value) / Math.abs(a.value)) * (a.error + 8 * Number.EPSILON * Math.abs(a.value));
      const up = a.value > 0 ? Math.abs(power * Math.log(a.value)) * b.error : b.error === 0 ? 0 : Number.NaN;
      return rounded(power, along + up);
    }
  }
}
