// How many terms L_p has, and which orders can be asked for: counts of one order foretell the next, whose terms would fill
// memory or take minutes. The counts are the program's own (test/sbea/growth.test.ts recounts the smaller ones).
import { InputError } from "../errors.ts";
import type { NoiseLaw } from "./generator.ts";

const general = [1, 2, 6, 20, 81, 360, 1745, 9089, 50758];
const counts: Record<NoiseLaw, readonly number[]> = {
  gaussian: [1, 2, 5, 15, 54, 215, 893, 4003, 19394],
  general,
  constant: [1, 2, 4, 9, 27, 83, 264, 935, 3454, 12943],
  minibatch: general,
};

/** A document of this many terms has some 10 MB and takes some 10 s; the next order would take five times that. */
const mostTerms = 40_000;

/** Number of terms of L_order: counted for low orders, beyond them by the last ratio. */
export function foretoldTerms(law: NoiseLaw, order: number): number {
  const known = counts[law];
  let terms = known[Math.min(order, known.length - 1)]!;
  const ratio = known.at(-1)! / known.at(-2)!;
  for (let p = known.length; p <= order && terms < 1e300; p++) terms *= ratio;
  return Math.round(terms);
}

/** The highest order that is given. */
export function largestOrder(law: NoiseLaw): number {
  let order = 0;
  while (foretoldTerms(law, order + 1) <= mostTerms) order++;
  return order;
}

/**
 * Refuses an order that cannot be had.
 * @throws InputError `sbea/order` with what is allowed
 */
export function requireOrder(law: NoiseLaw, order: number): void {
  const largest = largestOrder(law);
  if (Number.isInteger(order) && order >= 0 && order <= largest) return;
  const found =
    Number.isInteger(order) && order > largest
      ? `order (--order) ${order}, of which L_${order} alone would have about ${foretoldTerms(law, order)} terms`
      : `order (--order) ${order}`;
  throw new InputError(
    "sbea/order",
    `Found ${found}; allowed: 0 to ${largest} for ${law} noise. Each order takes about four to six times as long as the one before; ask for ${largest} or less.`,
    {
      order,
      largest,
      law,
    },
  );
}
