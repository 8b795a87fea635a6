// A model's factors c(z) and m(u, v), written over Ops, printed as formulas: the same definition that evaluates prints
// itself, so what the reader sees is what runs. Three styles: plain text, TeX, and Python for arrays of numpy or jax.numpy,
// which calls the helpers log_ratio and log_mean of python.ts.
import type { Ops } from "../numerics/ops.ts";

/** A formula and how tightly it binds: 0 sum, 1 product, 2 sign and power, 3 atom; `minus` is the formula's negative where that is simpler. */
export interface Printed {
  readonly text: string;
  readonly binds: 0 | 1 | 2 | 3;
  readonly minus?: Printed;
}

export type FormulaStyle = "text" | "latex" | "python";

const names: Record<FormulaStyle, Record<"sqrt" | "exp" | "expm1" | "log" | "log1p" | "abs", string>> = {
  text: { sqrt: "sqrt", exp: "exp", expm1: "expm1", log: "log", log1p: "log1p", abs: "abs" },
  latex: {
    sqrt: "\\operatorname{sqrt}",
    exp: "\\exp",
    expm1: "\\operatorname{expm1}",
    log: "\\log",
    log1p: "\\operatorname{log1p}",
    abs: "\\operatorname{abs}",
  },
  python: { sqrt: "np.sqrt", exp: "np.exp", expm1: "np.expm1", log: "np.log", log1p: "np.log1p", abs: "np.abs" },
};

const atom = (text: string): Printed => ({ text, binds: 3 });

/** A variable of the formula. */
export function symbol(name: string): Printed {
  return atom(name);
}

/** The arithmetic that prints. */
export function printingOps(style: FormulaStyle): Ops<Printed> {
  const wrap = (a: Printed, least: number) => (a.binds < least ? `(${a.text})` : a.text);
  const call = (name: keyof (typeof names)["text"]) => (a: Printed) => atom(`${names[style][name]}(${a.text})`);
  const ops: Ops<Printed> = {
    constant: (value) => fraction(value),
    add: (a, b) => (b.minus ? ops.subtract(a, b.minus) : { text: `${a.text} + ${wrap(b, 1)}`, binds: 0 }),
    subtract: (a, b) => ({ text: `${a.text} - ${wrap(b, 1)}`, binds: 0 }),
    multiply: (a, b) => ({ text: `${wrap(a, 1)}${{ text: "*", latex: " ", python: " * " }[style]}${wrap(b, 2)}`, binds: 1 }),
    divide: (a, b) =>
      style === "latex" ? { text: `\\frac{${a.text}}{${b.text}}`, binds: 2 } : { text: `${wrap(a, 1)}/${wrap(b, 3)}`, binds: 1 },
    negate: (a) => a.minus ?? { text: `-${wrap(a, 1)}`, binds: 0, minus: a },
    scale: (factor, a) => (factor === 1 ? a : factor === -1 ? ops.negate(a) : ops.multiply(fraction(factor), a)),
    polynomial: (z, coefficients) => {
      const terms = coefficients.map((value, p): Printed | undefined => {
        if (value === 0) return undefined;
        const power: Printed =
          p === 0
            ? atom("1")
            : p === 1
              ? z
              : { text: `${wrap(z, 3)}${style === "python" ? "**" : "^"}${style === "latex" ? `{${p}}` : p}`, binds: 2 };
        if (p === 0) return fraction(value);
        const [numerator, denominator] = asFraction(Math.abs(value));
        const top = numerator === "1" ? power : ops.multiply(atom(numerator), power);
        const size = denominator === "1" ? top : ops.divide(top, atom(denominator));
        return value < 0 ? ops.negate(size) : size;
      });
      const present = terms.filter((term) => term !== undefined);
      return present.length === 0 ? atom("0") : present.reduce((sum, term) => ops.add(sum, term));
    },
    sqrt: call("sqrt"),
    exp: call("exp"),
    expm1: call("expm1"),
    log: call("log"),
    log1p: call("log1p"),
    abs: call("abs"),
    logRatio: (z) => {
      if (style === "python") return atom(`log_ratio(${z.text})`);
      const log = ops.log(ops.add(atom("1"), z));
      return z.minus ? ops.negate(ops.divide(log, z.minus)) : ops.divide(log, z);
    },
    logMean: (u, v) => {
      if (style === "python") return atom(`log_mean(${u.text}, ${v.text})`);
      const [a, b] = [ops.subtract(atom("1"), u), ops.subtract(atom("1"), v)];
      return ops.divide(ops.add(ops.log(a), ops.log(b)), ops.subtract(ops.multiply(a, b), atom("1")));
    },
  };
  return ops;
}

/** 0.25 as "1/4" where a denominator up to 5040 gives the number to rounding; else its shortest decimal. */
function fraction(value: number): Printed {
  const [numerator, denominator] = asFraction(Math.abs(value));
  const size: Printed = denominator === "1" ? atom(numerator) : { text: `${numerator}/${denominator}`, binds: 1 };
  return value < 0 ? { text: `-${size.text}`, binds: 0, minus: size } : size;
}

function asFraction(size: number): readonly [string, string] {
  for (let denominator = 1; denominator <= 5040; denominator++) {
    const numerator = Math.round(size * denominator);
    // 4 epsilon: the coefficient is a quotient of integers, rounded once.
    if (numerator > 0 && Math.abs(numerator / denominator - size) <= 4 * Number.EPSILON * size)
      return [String(numerator), String(denominator)];
  }
  return [String(size), "1"];
}
