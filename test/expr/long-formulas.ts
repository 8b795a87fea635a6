// Formulas of 64 kB, for tests of limits and time.

export const size = 64 * 1024;
const fill = (term: (i: number) => string, sign: string): string => {
  let text = term(0);
  for (let i = 1; text.length < size; i++) text += sign + term(i);
  return text;
};

export const long: [string, string][] = [
  ["a sum of exponentials", fill((i) => `exp(-${i + 1}x^2)/${i + 1}`, " + ")],
  ["a sum of 10 000 variables", fill((i) => `a${i}`, "+")],
  ["a sum of one variable", fill(() => "x", "+")],
  ["a product", fill((i) => `sin(${i + 1}x)`, "*")],
  ["a product without signs", fill(() => "(x+1)", "")],
  ["powers of powers", fill(() => "x", "^")],
  ["quotients", fill((i) => `cosh(x/${i + 1})`, "/")],
  ["minus signs", `${"-".repeat(size)}x`],
];
