// Formula -> Python with NumPy or jax.numpy. Variables keep their names, but for Python's keywords, which get a _ at the end. erf comes
// from scipy.special or jax.scipy.special: the caller imports it, under the name it passes.
import { withoutLogSlopes } from "./expand.ts";
import { type Expr, type FunctionName, fold } from "./node.ts";
import { printInfix } from "./print-infix.ts";

const defaults = { module: "np", erf: "erf" };

export interface PythonOptions {
  /** Name under which NumPy (or jax.numpy) is imported; default "np". */
  readonly module?: string;
  /** What is called for erf; default "erf". */
  readonly erf?: string;
}

const keywords: ReadonlySet<string> = new Set(
  (
    "False None True and as assert async await break class continue def del elif else except finally for from global if import in is " +
    "lambda nonlocal not or pass raise return try while with yield"
  ).split(" "),
);

/** Whether the Python text needs erf, so that a script knows what to import. */
export const needsErf = (expr: Expr): boolean =>
  fold<boolean>(expr, (node, of) => (node.kind === "call" && node.name === "erf") || node.args.some(of));

/**
 * The formula as a Python expression that works on numbers and arrays.
 * @example printPython(parseFormula("x^2/2 + exp(-x)").expr) // "x**2/2 + np.exp(-x)"
 */
export function printPython(expr: Expr, options: PythonOptions = {}): string {
  const { module, erf } = { ...defaults, ...options };
  return printInfix(withoutLogSlopes(expr), {
    power: "**",
    pi: `${module}.pi`,
    e: `${module}.e`,
    name: (variable) => (keywords.has(variable) ? `${variable}_` : variable),
    call: (name, argument) => pythonCall(name, argument, module, erf),
    logSlope: (order, argument) => `log_slope(${order}, ${argument})`,
  });
}

function pythonCall(name: FunctionName, argument: string, module: string, erf: string): string {
  switch (name) {
    case "atan":
      return `${module}.arctan(${argument})`;
    case "erf":
      return `${erf}(${argument})`;
    case "sigmoid":
      return `(1/(1 + ${module}.exp(-(${argument}))))`;
    case "softplus":
      return `${module}.logaddexp(0, ${argument})`;
    case "relu":
      return `${module}.maximum(${argument}, 0)`;
    case "step":
      return `${module}.heaviside(${argument}, 0)`;
    default:
      return `${module}.${name}(${argument})`;
  }
}
