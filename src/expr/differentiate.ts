// Exact derivatives of formulas, of any order, node by node through the graph: a node that occurs twice is differentiated once, and what
// was derived is remembered as long as the formula lives, so that Hessians reuse gradients.
//
// At kinks: |x|' = sign(x), 0 at 0; relu' = step, 0 at 0; sign' = step' = 0: a kink has no curvature (interface.md, Networks).
import { build } from "./build.ts";
import { one, zero } from "./coefficient.ts";
import { type Call, type Expr, type FunctionName, postorder } from "./node.ts";
import { factorsOf } from "./terms.ts";

const { add, subtract, multiply, divide, negate, integerPower, power, call, constant } = build;

/** Derivatives found so far, by variable. */
const known = new Map<string, WeakMap<Expr, Expr>>();

/** d expr / d variable. */
export function differentiate(expr: Expr, variable: string): Expr {
  let memo = known.get(variable);
  if (memo === undefined) known.set(variable, (memo = new WeakMap()));
  const found = memo;
  for (const node of postorder([expr], (n) => found.has(n)))
    found.set(
      node,
      derivative(node, variable, (arg) => found.get(arg)!),
    );
  return found.get(expr)!;
}

/** The derivatives in each variable. */
export function gradientOf(expr: Expr, variables: readonly string[]): Expr[] {
  return variables.map((variable) => differentiate(expr, variable));
}

/** sum_i directions[i] d expr / d variables[i]; directions are formulas themselves and are not differentiated. */
export function directional(expr: Expr, variables: readonly string[], directions: readonly Expr[]): Expr {
  return variables.reduce<Expr>((sum, variable, i) => add(sum, multiply(directions[i]!, differentiate(expr, variable))), zero);
}

/** The derivative of one node, given those of its arguments. */
function derivative(node: Expr, variable: string, of: (arg: Expr) => Expr): Expr {
  switch (node.kind) {
    case "constant":
      return zero;
    case "variable":
      return node.name === variable ? one : zero;
    case "negate":
      return negate(of(node.args[0]));
    case "add":
      return add(of(node.args[0]), of(node.args[1]));
    case "subtract":
      return subtract(of(node.args[0]), of(node.args[1]));
    case "multiply":
      return ofProduct(node.args[0], node.args[1], of(node.args[0]), of(node.args[1]));
    case "divide":
      return ofQuotient(node, node.args[0], node.args[1], of);
    case "integerPower": {
      const [base] = node.args;
      return chain(of(base), () => multiply(constant(node.exponent), integerPower(base, node.exponent - 1)));
    }
    case "power":
      return ofPower(node, node.args[0], node.args[1], of);
    case "call":
      return chain(of(node.args[0]), () => slopeOf(node));
    case "logSlope":
      return chain(of(node.args[0]), () => build.logSlope(node.order + 1, node.args[0]));
  }
}

/** slope * inner, without building the slope where inner vanishes: a formula's constant parts are not differentiated. */
function chain(inner: Expr, slope: () => Expr): Expr {
  return inner === zero ? zero : multiply(slope(), inner);
}

function ofProduct(a: Expr, b: Expr, da: Expr, db: Expr): Expr {
  if (da === zero) return db === zero ? zero : multiply(a, db);
  return db === zero ? multiply(da, b) : add(multiply(da, b), multiply(a, db));
}

/**
 * (a/b)' = a'/b - sum over the factors g^n of b of n a g'/(b g): denominators grow by one power, not to b^2.
 * Below cosh(v)^n, where that would be infinity over infinity, the term is n a tanh(v) v'/b; below sqrt(u)^n it is n a u'/(2 b u).
 */
function ofQuotient(node: Expr, a: Expr, b: Expr, of: (arg: Expr) => Expr): Expr {
  let sum = of(a) === zero ? zero : divide(of(a), b);
  if (of(b) === zero) return sum;
  for (const factor of factorsOf(b)) {
    const [g, n] = factor.kind === "integerPower" ? [factor.args[0], factor.exponent] : [factor, 1];
    if (g.kind === "call" && (g.name === "cosh" || g.name === "sqrt")) {
      const [v] = g.args;
      if (of(v) === zero) continue;
      const term =
        g.name === "cosh"
          ? multiply(multiply(constant(n), node), multiply(call("tanh", v), of(v)))
          : divide(multiply(multiply(constant(n / 2), a), of(v)), multiply(multiply(b, g), g));
      sum = subtract(sum, term);
    } else if (of(g) !== zero) {
      sum = subtract(sum, divide(multiply(multiply(constant(n), a), of(g)), multiply(b, g)));
    }
  }
  return sum;
}

/** (a^b)' = b a^(b-1) a' + a^b log(a) b'. */
function ofPower(node: Expr, a: Expr, b: Expr, of: (arg: Expr) => Expr): Expr {
  const first = of(a) === zero ? zero : multiply(multiply(b, power(a, subtract(b, one))), of(a));
  return of(b) === zero ? first : add(first, multiply(multiply(node, call("log", a)), of(b)));
}

/** f'(u) for a call f(u), written in the call itself where that shares work. */
type Slope = (u: Expr, node: Expr) => Expr;

const slopes: ReadonlyMap<FunctionName, Slope> = new Map<FunctionName, Slope>([
  ["exp", (_u, node) => node],
  ["expm1", (u) => call("exp", u)],
  ["log", (u) => divide(one, u)],
  ["log1p", (u) => divide(one, add(one, u))],
  ["sqrt", (_u, node) => divide(one, multiply(constant(2), node))],
  ["sin", (u) => call("cos", u)],
  ["cos", (u) => negate(call("sin", u))],
  ["tan", (_u, node) => add(one, integerPower(node, 2))],
  ["sinh", (u) => call("cosh", u)],
  ["cosh", (u) => call("sinh", u)],
  // 1/cosh^2, not 1 - tanh^2, which cancels where tanh is near 1
  ["tanh", (u) => divide(one, integerPower(call("cosh", u), 2))],
  ["atan", (u) => divide(one, add(one, integerPower(u, 2)))],
  ["erf", (u) => multiply(constant(twoOverRootPi), call("exp", negate(integerPower(u, 2))))],
  // s(u) s(-u), not s (1 - s), which cancels where s is near 1
  ["sigmoid", (u, node) => multiply(node, call("sigmoid", negate(u)))],
  ["softplus", (u) => call("sigmoid", u)],
  ["abs", (u) => call("sign", u)],
  ["relu", (u) => call("step", u)],
  ["sign", () => zero],
  ["step", () => zero],
]);

const twoOverRootPi = 1.1283791670955126;

function slopeOf(node: Call): Expr {
  return slopes.get(node.name)!(node.args[0], node);
}
