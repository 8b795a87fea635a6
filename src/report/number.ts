// Figures as text: the digits that a figure's error justifies, and no more. 2611.8187 +- 0.0002 reads 2611.8187(2);
// what is exact to rounding reads 0.04522512. Only string conversions that ECMAScript defines exactly are used, so that
// the text is the same on every engine.
import type { Estimate, Figure } from "../answer/index.ts";

export const defaults = {
  /** Significant digits where the error is smaller than the last digit shown, or rounding alone. */
  digits: 7,
} as const;

/** What stands where a figure does not exist; a warning says why. */
export const missing = "-";

/** e in |x| = m 10^e, 1 <= m < 10; 0 for 0. */
export function decimalExponent(x: number): number {
  return x === 0 ? 0 : Number(x.toExponential().split("e")[1]);
}

/** 10^k for integer k, correctly rounded. */
function powerOfTen(k: number): number {
  return Number(`1e${k}`);
}

/** "-0.00" reads "0.00": the sign of what rounds to nothing says nothing. */
function withoutNegativeZero(text: string): string {
  return /^-[0.]*(e.*)?$/.test(text) ? text.slice(1) : text;
}

function trimZeros(text: string): string {
  const [mantissa = "", exponent] = text.split("e");
  const trimmed = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
  return exponent === undefined ? trimmed : `${trimmed}e${exponent.replace("+", "")}`;
}

/**
 * A plain number with at most so many significant digits, trailing zeros dropped; integers below 10^digits in full.
 * @example formatNumber(0.0814431411, 4) // "0.08144"
 */
export function formatNumber(x: number, digits: number = defaults.digits): string {
  if (!Number.isFinite(x)) return missing;
  const exponent = decimalExponent(x);
  const text = exponent < -4 || exponent >= digits + 1 ? x.toExponential(digits - 1) : x.toPrecision(Math.max(digits, exponent + 1));
  return withoutNegativeZero(trimZeros(text));
}

/** The error in units of the last digit shown, rounded up: two digits where it starts with 1, one otherwise. */
function errorDigits(error: number): { units: number; place: number } {
  const exponent = decimalExponent(error);
  const place = error < 2 * powerOfTen(exponent) ? exponent - 1 : exponent;
  // The quotient is off by an ulp or two: 0.0002 / 0.0001 must not round up to 3.
  const units = Math.ceil((error / powerOfTen(place)) * (1 - 4 * Number.EPSILON));
  return { units, place };
}

/**
 * An estimate in the compact form value(error): the parenthesis is the error in units of the last digits. Errors smaller than the
 * last of `digits` significant digits, and rounding, leave the parenthesis out.
 * @example formatEstimate({ value: 2611.81874, error: 0.0002, kind: "bound" }, 9) // "2611.8187(2)"
 */
export function formatEstimate(estimate: Estimate | null | undefined, digits: number = defaults.digits): string {
  if (!estimate || !Number.isFinite(estimate.value)) return missing;
  const { value, error, kind } = estimate;
  if (kind === "rounding" && Math.abs(value) <= error) return "0";
  if (kind === "rounding" || !(error > 0)) return formatNumber(value, digits);
  if (!Number.isFinite(error)) return `${formatNumber(value, digits)}(?)`;
  const exponent = value === 0 ? decimalExponent(error) : decimalExponent(value);
  const { units, place } = errorDigits(error);
  if (place < exponent - digits + 1) return formatNumber(value, digits);
  const top = Math.max(exponent, place);
  if (top < -4 || place > 3) {
    const mantissa = withoutNegativeZero((value / powerOfTen(top)).toFixed(top - place));
    return `${mantissa}(${units})e${top}`;
  }
  if (place < 0) return `${withoutNegativeZero(value.toFixed(-place))}(${units})`;
  const scale = powerOfTen(place);
  return `${withoutNegativeZero(String(Math.round(value / scale) * scale))}(${units * scale})`;
}

/** A plain number or an estimate. */
export function formatFigure(figure: Figure | null | undefined, digits: number = defaults.digits): string {
  if (figure === null || figure === undefined) return missing;
  return typeof figure === "number" ? formatNumber(figure, digits) : formatEstimate(figure, digits);
}

export function plainValue(figure: Figure): number {
  return typeof figure === "number" ? figure : figure.value;
}

/** 0 for plain numbers, which are exact to rounding. */
export function errorOf(figure: Figure): number {
  return typeof figure === "number" ? 0 : figure.error;
}

/** Half the width of the band that holds the true value: 1.96 standard errors, or the bound. */
export function halfWidth(figure: Figure): number {
  return typeof figure === "number" ? 0 : figure.kind === "standard-error" ? 1.96 * figure.error : figure.error;
}

/** a / b, relative errors added in quadrature (the two are had independently). */
export function ratio(a: Estimate, b: Estimate): Estimate {
  const value = a.value / b.value;
  const left = a.error / Math.abs(a.value);
  const right = b.error / Math.abs(b.value);
  const kind = a.kind === "standard-error" || b.kind === "standard-error" ? "standard-error" : a.kind === "bound" ? "bound" : b.kind;
  return { value, error: Math.abs(value) * Math.sqrt(left * left + right * right), kind };
}

/** The ratio as people say it. @example fastOrSlow(0.73) // "27 % fast" */
export function fastOrSlow(exitRatio: number): string {
  const percent = Math.abs(exitRatio - 1) * 100;
  if (percent < 0.05) return "as SGD";
  if (exitRatio >= 2) return `${formatNumber(exitRatio, 2)} times too slow`;
  if (exitRatio <= 0.5) return `${formatNumber(1 / exitRatio, 2)} times too fast`;
  return `${percent.toFixed(percent < 5 ? 1 : 0)} % ${exitRatio < 1 ? "fast" : "slow"}`;
}
