// An SDE on (x, p) as Python: drift(x, p, h, gamma, ..) -> (b_x, b_p) and diffusion(..) -> D D^T, a 2d x 2d matrix, for NumPy (derivative
// tensors handed in) and JAX (derivatives taken). All terms are einsums, as in python.ts.
import type { HeavyBallOrder, HeavyBallTerm } from "./heavy-ball.ts";
import { heavyBallSde } from "./heavy-ball-text.ts";
import { derivativeFunction, einsum, type PythonLibrary, tensorLine, tensorNames } from "./python.ts";

/** The module's text. `title` is the first line of its docstring. */
export function heavyBallModule(generator: readonly HeavyBallOrder[], title: string, library: PythonLibrary): string {
  const parts = heavyBallSde(generator);
  const tensors =
    library === "numpy"
      ? [
          "f(n, x): the derivatives of f of order n at x, shape (d,) * n.",
          "kappa(r, n, x): the n-th derivative of the noise's cumulant of order r (2: the covariance Sigma), shape (d,) * (r + n),",
          "the indices of differentiation last.",
        ]
      : [
          "f: x -> f(x), a scalar; kappa: {2: x -> Sigma(x), ...}, the noise's cumulants by order. Both in jax.numpy, x of shape (d,).",
          "Run with jax_enable_x64 for double precision.",
        ];
  return [
    `"""${title}`,
    "",
    "d(x, p) = drift dt + D dW with D D^T = diffusion; (x, p) at t = k h stands for (x_k, v_k/h) of SGD with momentum beta and learning rate eta,",
    "h = sqrt(eta), gamma = (1 - beta)/h. D D^T can be indefinite.",
    ...tensors,
    '"""',
    ...(library === "numpy" ? ["import numpy as np"] : ["import jax", "import jax.numpy as np"]),
    ...(library === "jax" ? derivativeFunction : []),
    "",
    "",
    "def drift(x, p, h, gamma, f, kappa):",
    ...fetches([...parts.x, ...parts.p], library),
    "    b_x = np.zeros_like(x)",
    ...termLines("b_x", parts.x),
    "    b_p = np.zeros_like(x)",
    ...termLines("b_p", parts.p),
    "    return b_x, b_p",
    "",
    "",
    "def diffusion(x, p, h, gamma, f, kappa):",
    ...fetches([...parts.xx, ...parts.xp, ...parts.pp], library),
    "    q_xx = np.zeros((len(x), len(x)))",
    ...termLines("q_xx", parts.xx),
    "    q_xp = np.zeros((len(x), len(x)))",
    ...termLines("q_xp", parts.xp),
    "    q_pp = np.zeros((len(x), len(x)))",
    ...termLines("q_pp", parts.pp),
    "    return np.block([[(q_xx + q_xx.T) / 2, q_xp], [q_xp.T, (q_pp + q_pp.T) / 2]])",
    "",
  ].join("\n");
}

/** The tensors that terms need, the velocity's name among them. */
function fetches(terms: readonly HeavyBallTerm[], library: PythonLibrary): string[] {
  return tensorNames(terms.map(({ term }) => term)).map((name) => (name === "kappa_1_0" ? "    kappa_1_0 = p" : tensorLine(name, library)));
}

function termLines(name: string, terms: readonly HeavyBallTerm[]): string[] {
  return terms.map(({ term, gammaPower, along }) => {
    const factors = [power("h", term.etaPower), power("gamma", gammaPower)].filter(Boolean).join("");
    // a mixed block has its index along x first
    const own = along.join("") === "px" ? { ...term, free: [...term.free].reverse() } : term;
    return `    ${name} = ${name} + ${factors}(${einsum(own)})`;
  });
}

const power = (name: string, exponent: number): string => (exponent === 0 ? "" : exponent === 1 ? `${name} * ` : `${name}**${exponent} * `);
