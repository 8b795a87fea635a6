// How a constant is best written: 0.3333333333333333 is 1/3, 6.283185307179586 is 2*pi, 1.4142135623730951 is sqrt(2), and the slope of
// erf at 0 is 2/sqrt(pi). Only where the
// form, folded in doubles from the left, gives the very same double; else, and where decimals are short, decimals.

/** over * symbol / under; `decimal` is the shortest text that reads back as the number, without its sign. */
export interface ConstantForm {
  readonly negative: boolean;
  readonly over: string;
  readonly symbol?: "pi" | "e" | { readonly sqrt: number };
  /** "1" where there is no denominator; "sqrt(pi)" is that. */
  readonly under: string;
}

/** Decimals of at most so many characters stay decimals; so large may numerators and denominators be. */
const limits = { decimal: 8, denominator: 999, numerator: 99_999, multiple: 12, radicand: 99 };

const rootPi = Math.sqrt(Math.PI);

const known = new Map<number, ConstantForm>();

/** The form of a finite number. */
export function constantForm(value: number): ConstantForm {
  const magnitude = Math.abs(value);
  const negative = value < 0;
  const decimal = String(magnitude);
  if (decimal.length <= limits.decimal) return { negative, over: decimal, under: "1" };
  let form = known.get(magnitude);
  if (form === undefined) {
    form = search(magnitude) ?? { negative: false, over: decimal, under: "1" };
    if (known.size > 4096) known.clear();
    known.set(magnitude, form);
  }
  return { ...form, negative };
}

function search(value: number): ConstantForm | undefined {
  for (let d = 3; d <= limits.denominator; d++) {
    const n = Math.round(value * d);
    if (n > limits.numerator) break;
    if (n / d === value) return { negative: false, over: String(n), under: String(d) };
  }
  const timesRootPi = Math.round(value * rootPi);
  if (timesRootPi / rootPi === value && timesRootPi <= limits.numerator)
    return { negative: false, over: String(timesRootPi), under: "sqrt(pi)" };
  return multipleOf(value, Math.PI, "pi") ?? multipleOf(value, Math.E, "e") ?? multipleOfRoot(value);
}

function multipleOf(value: number, unit: number, symbol: ConstantForm["symbol"]): ConstantForm | undefined {
  for (let d = 1; d <= limits.multiple; d++) {
    const n = Math.round((value / unit) * d);
    if (n < 1 || n > limits.multiple) continue;
    if ((n * unit) / d === value) return { negative: false, over: String(n), symbol, under: String(d) };
  }
  return undefined;
}

function multipleOfRoot(value: number): ConstantForm | undefined {
  for (let d = 1; d <= 4; d++) {
    const radicand = Math.round(value * d * (value * d));
    if (radicand >= 2 && radicand <= limits.radicand && Math.sqrt(radicand) / d === value)
      return { negative: false, over: "1", symbol: { sqrt: radicand }, under: String(d) };
  }
  return undefined;
}
