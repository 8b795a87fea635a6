// What TeX commands stand for: the symbols, functions and brackets that tex-mathml.ts knows.

/** Commands that are one identifier. */
export const identifiers: { readonly [name: string]: string } = {
  ...{
    alpha: "α",
    beta: "β",
    gamma: "γ",
    delta: "δ",
    epsilon: "ϵ",
    varepsilon: "ε",
    zeta: "ζ",
    eta: "η",
    theta: "θ",
    iota: "ι",
    kappa: "κ",
  },
  ...{
    lambda: "λ",
    mu: "μ",
    nu: "ν",
    xi: "ξ",
    pi: "π",
    rho: "ρ",
    sigma: "σ",
    tau: "τ",
    upsilon: "υ",
    phi: "ϕ",
    varphi: "φ",
    chi: "χ",
    psi: "ψ",
    omega: "ω",
  },
  ...{ Gamma: "Γ", Delta: "Δ", Theta: "Θ", Lambda: "Λ", Xi: "Ξ", Pi: "Π", Sigma: "Σ", Upsilon: "Υ", Phi: "Φ", Psi: "Ψ", Omega: "Ω" },
  ...{ infty: "∞", ell: "ℓ", top: "⊤", hbar: "ℏ" },
};
/** Commands that are one operator. */
export const operators: { readonly [name: string]: string } = {
  ...{
    nabla: "∇",
    partial: "∂",
    cdot: "⋅",
    circ: "∘",
    odot: "⊙",
    times: "×",
    pm: "±",
    mp: "∓",
    otimes: "⊗",
    oplus: "⊕",
    to: "→",
    mapsto: "↦",
  },
  ...{ le: "≤", leq: "≤", ge: "≥", geq: "≥", ne: "≠", neq: "≠", approx: "≈", sim: "∼", equiv: "≡", propto: "∝", in: "∈", ll: "≪", gg: "≫" },
  ...{
    cdots: "⋯",
    ldots: "…",
    dots: "…",
    langle: "⟨",
    rangle: "⟩",
    lvert: "|",
    rvert: "|",
    vert: "|",
    mid: "|",
    lVert: "‖",
    rVert: "‖",
    Vert: "‖",
  },
  ...{
    "|": "‖",
    "{": "{",
    "}": "}",
    lbrace: "{",
    rbrace: "}",
    lbrack: "[",
    rbrack: "]",
    colon: ":",
    prime: "′",
    int: "∫",
    sum: "∑",
    prod: "∏",
  },
};
export const functions = new Set([
  "log",
  "ln",
  "exp",
  "sin",
  "cos",
  "tan",
  "sinh",
  "cosh",
  "tanh",
  "atan",
  "arctan",
  "max",
  "min",
  "det",
  "tr",
  "diag",
  "erf",
  "erfc",
  "Cov",
  "Var",
]);
export const spaces: { readonly [name: string]: string } = {
  ",": "0.17em",
  ":": "0.22em",
  ";": "0.28em",
  " ": "0.25em",
  "!": "-0.17em",
  quad: "1em",
  qquad: "2em",
};
export const variants: { readonly [name: string]: string } = {
  mathrm: "normal",
  operatorname: "normal",
  mathsf: "sans-serif",
  mathbf: "bold",
  mathbb: "double-struck",
  boldsymbol: "bold",
};
export const fences: { readonly [name: string]: readonly [string, string] } = {
  matrix: ["", ""],
  pmatrix: ["(", ")"],
  bmatrix: ["[", "]"],
  vmatrix: ["|", "|"],
  cases: ["{", ""],
};

/** What closes a bracket that is not \\left's; half-open intervals may mix. */
export const closings: { readonly [open: string]: readonly string[] } = { "(": [")", "]"], "[": ["]", ")"], "|": ["|"] };
export const commandClosings: { readonly [open: string]: readonly string[] } = {
  lVert: ["rVert"],
  lvert: ["rvert"],
  langle: ["rangle"],
  lbrace: ["rbrace"],
  "{": ["}"],
  "|": ["|"],
};

/** Letters that Unicode has in double-struck; browsers no longer style them by attribute. */
export const doubleStruck: { readonly [letter: string]: string } = { R: "ℝ", N: "ℕ", Z: "ℤ", C: "ℂ", Q: "ℚ", E: "𝔼", P: "ℙ" };
