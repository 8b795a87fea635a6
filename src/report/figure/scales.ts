// Domains and ticks that figures share. Decades are found by the text of a number, not by a logarithm.
import { decimalExponent, formatNumber } from "../number.ts";

/** The interval around these values, widened by a part of its length at both ends; a single value gets a neighbourhood. */
export function padded(values: readonly number[], part = 0.05): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values)
    if (Number.isFinite(value)) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  if (low > high) return [0, 1];
  const more = high > low ? (high - low) * part : Math.max(Math.abs(high) * 0.1, 0.1);
  return [low - more, high + more];
}

/** A logarithmic domain: whole decades, at most `most` of them below the largest value. Null when nothing is positive. */
export function decades(values: readonly number[], most: number): { domain: [number, number]; ticks: number[] } | null {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value));
  if (positive.length === 0) return null;
  const largest = positive.reduce((a, b) => Math.max(a, b));
  const smallest = positive.reduce((a, b) => Math.min(a, b));
  const high = decimalExponent(largest) + (largest > Number(`1e${decimalExponent(largest)}`) ? 1 : 0);
  const low = Math.max(Math.min(decimalExponent(smallest), high - 1), high - most);
  const every = high - low > 8 ? 3 : high - low > 4 ? 2 : 1;
  const ticks: number[] = [];
  for (let e = high; e >= low; e -= every) ticks.unshift(Number(`1e${e}`));
  return { domain: [Number(`1e${low}`), Number(`1e${high}`)], ticks };
}

/** 1, 2, 5 in each decade of the domain (and 0.7, 1.5 where the domain is less than a decade). */
export function ratioTicks([low, high]: readonly [number, number]): number[] {
  const steps = high / low < 10 ? [1, 1.5, 2, 3, 5, 7] : high / low < 1000 ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let e = decimalExponent(low); e <= decimalExponent(high); e++) for (const step of steps) ticks.push(Number(`${step}e${e}`));
  return ticks.filter((tick) => tick >= low && tick <= high);
}

/** At most `most` of the values, the first and the last among them. */
export function thinned<T>(values: readonly T[], most: number): T[] {
  if (values.length <= most) return [...values];
  return Array.from({ length: most }, (_, i) => values[Math.round((i * (values.length - 1)) / (most - 1))]!);
}

export function tickText(value: number): string {
  return formatNumber(value, 6);
}
