// Sums of two doubles, h + l with |l| <= ulp(h)/2: about 32 digits, fast enough for 1e7 values of a function. After Dekker (1971) and Hida, Li,
// Bailey, "Algorithms for quad-double precision floating point arithmetic" (2001). Products are made by splitting, so that sizes beyond 2^995 and
// below 2^-900 are for callers to scale away.

export interface DD {
  readonly h: number;
  readonly l: number;
}

export const dd = (h: number, l = 0): DD => ({ h, l });

/** h + l of any two doubles, exactly. */
export function twoSum(a: number, b: number): DD {
  const h = a + b;
  const t = h - a;
  return { h, l: a - (h - t) + (b - t) };
}

/** The same for |a| >= |b|. */
function quickSum(a: number, b: number): DD {
  const h = a + b;
  return { h, l: b - (h - a) };
}

/** a b, exactly. */
export function twoProduct(a: number, b: number): DD {
  const h = a * b;
  const ta = 134217729 * a;
  const ah = ta - (ta - a);
  const al = a - ah;
  const tb = 134217729 * b;
  const bh = tb - (tb - b);
  const bl = b - bh;
  return { h, l: ah * bh - h + ah * bl + al * bh + al * bl };
}

export function add(a: DD, b: DD): DD {
  const s = twoSum(a.h, b.h);
  const t = twoSum(a.l, b.l);
  const u = quickSum(s.h, s.l + t.h);
  return quickSum(u.h, u.l + t.l);
}

export const negate = (a: DD): DD => ({ h: -a.h, l: -a.l });
export const subtract = (a: DD, b: DD): DD => add(a, negate(b));

export function multiply(a: DD, b: DD): DD {
  const p = twoProduct(a.h, b.h);
  return quickSum(p.h, p.l + (a.h * b.l + a.l * b.h));
}

/** By a power of two. */
export const scale = (a: DD, by: number): DD => ({ h: a.h * by, l: a.l * by });

export function divide(a: DD, b: DD): DD {
  const q = a.h / b.h;
  const r = subtract(a, multiply(b, dd(q)));
  const q2 = r.h / b.h;
  const r2 = subtract(r, multiply(b, dd(q2)));
  return add(quickSum(q, q2), dd(r2.h / b.h));
}

export function sqrt(a: DD): DD {
  if (a.h === 0) return a;
  const r = Math.sqrt(a.h);
  const rest = subtract(a, twoProduct(r, r));
  return quickSum(r, rest.h / (2 * r));
}

/** c_0 + c_1 x + .. */
export function polynomial(x: DD, coefficients: readonly DD[]): DD {
  let sum = coefficients.at(-1)!;
  for (let p = coefficients.length - 2; p >= 0; p--) sum = add(multiply(sum, x), coefficients[p]!);
  return sum;
}

/** A rational number numerator/denominator of whole numbers. */
export function fraction(numerator: bigint, denominator: bigint): DD {
  if (numerator === 0n) return dd(0);
  const size = (n: bigint): number => (n < 0n ? -n : n).toString(2).length;
  // 110 bits of the quotient
  const shift = 110 - (size(numerator) - size(denominator));
  const q = shift >= 0 ? (numerator << BigInt(shift)) / denominator : numerator / (denominator << BigInt(-shift));
  const high = Number(q);
  const power = 2 ** -shift;
  return quickSum(high * power, Number(q - BigInt(high)) * power);
}
