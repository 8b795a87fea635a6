// A model as Python: drift(x, eta, ..) and diffusion(x, eta, ..) = D D^T, for NumPy (derivative tensors handed in) and JAX
// (derivatives taken of f and of the cumulants). The factors print themselves, corrections become einsums. For z < 1 only:
// the two-step form is left out.

import { labelsOf } from "./contract.ts";
import { printingOps, symbol } from "./formula-text.ts";
import type { PrintableModel } from "./print-model.ts";
import { toText } from "./rational.ts";
import type { Factor, Term } from "./term.ts";

export type PythonLibrary = "numpy" | "jax";

const letters = "ijklmnpqrstuvwabcegh";

/** The module's text. `title` is the first line of its docstring. */
export function pythonModule(model: PrintableModel, title: string, library: PythonLibrary): string {
  const c = model.driftFactor?.(printingOps("python"), symbol("z")).text;
  const m = model.diffusionFactor?.(printingOps("python"), symbol("u"), symbol("v")).text;
  const drift = model.correction?.drift ?? [];
  const diffusion = model.correction?.diffusion ?? [];
  return [
    ...header(title, library),
    ...helpers([c, m].join(" ")),
    ...(library === "jax" ? derivativeFunction : []),
    ...(c === undefined || c === "1" ? [] : ["", "", "def drift_factor(z):", `    return ${c}`]),
    ...(m === undefined || m === "1" || m === "0" ? [] : ["", "", "def diffusion_factor(u, v):", `    return ${m}`]),
    "",
    "",
    `def drift(x, eta, f, kappa):`,
    ...tensorLines(drift, library, c !== undefined, false, c !== undefined && c !== "1"),
    ...driftLines(c),
    ...termLines("b", drift),
    "    return b",
    "",
    "",
    `def diffusion(x, eta, f, kappa):`,
    ...tensorLines(diffusion, library, false, m !== undefined && m !== "0", m !== undefined && m !== "0" && m !== "1"),
    ...diffusionLines(m),
    ...termLines("q", diffusion),
    ...(diffusion.length > 0 ? ["    return (q + q.T) / 2"] : ["    return q"]),
    "",
  ].join("\n");
}

/** The einsum of a term with its coefficient: `1/4 * np.einsum("ijk,jk->i", f_3, kappa_2_0)`. */
export function einsum(term: Term): string {
  const index = (labels: readonly number[]) => labels.map((label) => letters[label]!).join("");
  const operands = term.factors.map((factor) => index(labelsOf(factor))).join(",");
  return `${toText(term.coefficient)} * np.einsum("${operands}->${index(term.free)}", ${term.factors.map(nameOf).join(", ")})`;
}

function nameOf(factor: Factor): string {
  return factor.tensor === "f" ? `f_${factor.indices.length}` : `kappa_${factor.indices.length}_${factor.along.length}`;
}

function header(title: string, library: PythonLibrary): string[] {
  const numpy = [
    "f(n, x): the derivatives of f of order n at x, shape (d,) * n.",
    "kappa(r, n, x): the n-th derivative of the noise's cumulant of order r (2: the covariance Sigma), shape (d,) * (r + n),",
    "the indices of differentiation last.",
  ];
  const jax = [
    "f: x -> f(x), a scalar; kappa: {2: x -> Sigma(x), ...}, the noise's cumulants by order. Both in jax.numpy, x of shape (d,).",
    "Run with jax_enable_x64 for double precision.",
  ];
  return [
    `"""${title}`,
    "",
    "dX = drift dt + D dW with D D^T = diffusion; X(k eta) stands for the k-th iterate of SGD with learning rate eta.",
    "Valid where eta times the largest eigenvalue of the Hessian is below 1; D D^T can be indefinite.",
    ...(library === "numpy" ? numpy : jax),
    '"""',
    ...(library === "numpy" ? ["import numpy as np"] : ["import jax", "import jax.numpy as np"]),
  ];
}

/** Only what is called. log_mean by log1p and expm1: no quotient of differences near (1 - u)(1 - v) = 1. */
function helpers(formulas: string): string[] {
  const lines: string[] = [];
  if (formulas.includes("log_ratio")) {
    lines.push(
      "",
      "",
      "def log_ratio(z):",
      '    """log(1 + z)/z, 1 at z = 0."""',
      "    safe = np.where(z == 0, 1.0, z)",
      "    return np.where(z == 0, 1.0, np.log1p(safe) / safe)",
    );
  }
  if (formulas.includes("log_mean")) {
    lines.push(
      "",
      "",
      "def log_mean(u, v):",
      '    """(log(1-u) + log(1-v))/((1-u)(1-v) - 1), 1 where (1-u)(1-v) = 1."""',
      "    w = np.log1p(-u) + np.log1p(-v)",
    );
    lines.push("    safe = np.where(w == 0, 1.0, w)", "    return np.where(w == 0, 1.0, safe / np.expm1(safe))");
  }
  return lines;
}

/** What takes derivatives in JAX. */
export const derivativeFunction = [
  "",
  "",
  "def derivative(function, n, x):",
  "    for _ in range(n):",
  "        function = jax.jacfwd(function)",
  "    return function(x)",
];

/** Fetches each tensor that the function's terms and factors use, once. */
function tensorLines(terms: readonly Term[], library: PythonLibrary, gradient: boolean, sigma: boolean, hessian: boolean): string[] {
  const names = [...(gradient ? ["f_1"] : []), ...(hessian ? ["f_2"] : []), ...(sigma ? ["kappa_2_0"] : [])];
  return tensorNames(terms, names).map((name) => tensorLine(name, library));
}

/** Names of the tensors in the terms, sorted, with `more` beside them. */
export function tensorNames(terms: readonly Term[], more: readonly string[] = []): string[] {
  return [...new Set([...terms.flatMap((term) => term.factors.map(nameOf)), ...more])].sort();
}

/** The line that fetches a tensor, `f_3` or `kappa_2_1`. */
export function tensorLine(name: string, library: PythonLibrary): string {
  const [tensor, ...numbers] = name.split("_");
  if (library === "numpy") return `    ${name} = ${tensor}(${numbers.join(", ")}, x)`;
  return tensor === "f"
    ? `    ${name} = derivative(f, ${numbers[0]}, x)`
    : `    ${name} = derivative(kappa[${numbers[0]}], ${numbers[1]}, x)`;
}

function driftLines(c: string | undefined): string[] {
  if (c === undefined) return ["    b = np.zeros_like(x)"];
  if (c === "1") return ["    b = -f_1"];
  return ["    values, vectors = np.linalg.eigh(f_2)", "    b = -vectors @ (drift_factor(eta * values) * (vectors.T @ f_1))"];
}

function diffusionLines(m: string | undefined): string[] {
  if (m === undefined || m === "0") return ["    q = np.zeros((len(x), len(x)))"];
  if (m === "1") return ["    q = eta * kappa_2_0"];
  return [
    "    values, vectors = np.linalg.eigh(f_2)",
    "    z = eta * values",
    "    q = eta * vectors @ ((vectors.T @ kappa_2_0 @ vectors) * diffusion_factor(z[:, None], z[None, :])) @ vectors.T",
  ];
}

function termLines(name: string, terms: readonly Term[]): string[] {
  return terms.map(
    (term) =>
      `    ${name} = ${name} + ${term.etaPower === 0 ? "" : term.etaPower === 1 ? "eta * " : `eta**${term.etaPower} * `}(${einsum(term)})`,
  );
}
