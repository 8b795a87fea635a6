// The library's sentences are those of the command, in plain letters and with its flags; on the page they have the signs of the rest of it and
// the names of its fields.
const changes: readonly (readonly [RegExp, string])[] = [
  [/\bx_k\b/g, "xₖ"],
  [/\beta lambda\b/g, "ηλ"],
  [/\bD D\^T/g, "D Dᵀ"],
  [/f'''/g, "f‴"],
  [/ >= /g, " ≥ "],
  [/\(--two-step\)/g, "(“two-step form past 1/λ”, under What is asked)"],
  [/--two-step\b/g, "“two-step form past 1/λ”, under What is asked,"],
  [/--nearest\b/g, "“nearest diffusion where none exists”, under What is asked,"],
];

export const onPage = (sentence: string): string => changes.reduce((text, [from, to]) => text.replace(from, to), sentence);
