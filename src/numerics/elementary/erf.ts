// erf and erfc. For x >= 0, erfc x = e^(-x^2) (1 + p(t))/(1 + 2x) with one polynomial in t = (x - 4)/(x + 4) (the form of M. M. Shepherd and
// J. G. Laframboise, Math. Comp. 36 (1981) 249-253; coefficients by Remez, 60 digits, for 0 <= x <= 28; relative error 2^-59). x^2, e^..., the
// product and the quotient are carried as pairs, so that about one rounding is left. erf by its own polynomial where 1 - erfc cancels.
import type { Arithmetic } from "../arithmetic.ts";
import { atMost, dividePairs, fastTwoSum, polynomial, scaleByPow2, twoProduct, twoSum } from "./building-blocks.ts";
import { reducedExp, significandOf } from "./exp.ts";

// biome-ignore format: one coefficient a power
const SCALED_TAIL = [
  0.2329951186255525, -0.13962111684056253, 0.015379652102619622, 0.06809705425469532, -0.10103906603629773, 0.09373283499825626,
  -0.06633036581236008, 0.03716751553897754, -0.016197734056208182, 0.0050319699648838125, -0.00075777329924105, -0.00019925662551886997,
  0.00015062172347118536, -2.439944226681596e-5, -1.1222183015623278e-5, 5.7101968537403495e-6, 2.941618264133246e-7, -8.259665737463335e-7,
  7.410530603851461e-8, 1.1033298294869605e-7, -1.7469634825378784e-8, -1.4070577461466188e-8, 1.6772645303570901e-9, 1.1981326150339947e-9,
];

/** (erf(x)/x - 2/sqrt(pi))/x^2 in x^2, |x| <= 0.75 (Remez; error 2^-66 of erf). */
// biome-ignore format: one coefficient a power
const CENTRE = [
  -0.37612638903183754, 0.11283791670955093, -0.02686617064511955, 0.0052239776252341824, -0.0008548327001933184,
  0.00012055331579410458, -1.492559034300419e-5, 1.6460400830744978e-6, -1.6333433009644513e-7, 1.4415223535139473e-8,
  -9.506704680173856e-10,
];
const TWO_OVER_SQRT_PI_MINUS_1 = 0.1283791670955126;

/** erfc of |x|; beyond 28 it is 0. */
function erfcOfSize<T, B>(m: Arithmetic<T, B>, x: T): T {
  const a = atMost(m, m.abs(x), 28);
  const four = m.constant(4);
  const p = polynomial(m, m.divide(m.subtract(a, four), m.add(a, four)), SCALED_TAIL);
  const square = twoProduct(m, a, a);
  const reduced = reducedExp(m, m.negate(square.high), m.negate(square.low));
  const e = significandOf(m, reduced);
  const top = fastTwoSum(m, e.high, m.add(e.low, m.multiply(m.add(e.high, e.low), p)));
  const bottom = twoSum(m, m.constant(1), m.add(a, a));
  return scaleByPow2(m, dividePairs(m, top, bottom), reduced.k);
}

/** erf x - x for |x| < 0.75. */
function centreMinusX<T, B>(m: Arithmetic<T, B>, x: T): T {
  const z = m.multiply(x, x);
  return m.multiply(x, m.add(m.constant(TWO_OVER_SQRT_PI_MINUS_1), m.multiply(z, polynomial(m, z, CENTRE))));
}

const isCentral = <T, B>(m: Arithmetic<T, B>, x: T): B => m.less(m.abs(x), m.constant(0.75));

/** erfc x = 1 - erf x, with full relative accuracy down to its underflow at 27.23. Error at most 1.15 ulp. */
export function erfc<T, B>(m: Arithmetic<T, B>, x: T): T {
  const tail = erfcOfSize(m, x);
  const outer = m.select(m.less(x, m.constant(0)), m.subtract(m.constant(2), tail), tail);
  const { high, low } = fastTwoSum(m, m.constant(1), m.negate(x));
  return m.select(isCentral(m, x), m.add(high, m.subtract(low, centreMinusX(m, x))), outer);
}

/** erf x = 2/sqrt(pi) int_0^x e^(-t^2) dt. Error at most 0.87 ulp. */
export function erf<T, B>(m: Arithmetic<T, B>, x: T): T {
  const outer = m.copysign(m.subtract(m.constant(1), erfcOfSize(m, x)), x);
  return m.select(isCentral(m, x), m.add(x, centreMinusX(m, x)), outer);
}
