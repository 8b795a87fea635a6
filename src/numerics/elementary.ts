// The elementary functions of numbers: our own, so that every engine and machine gives the same figures (Math.exp and its kin differ
// between engines). Each is described once, for all backends, in elementary/*.ts; what runs here is printed from the descriptions.
//
// Errors in ulps of the exact value, at most (the largest of 20 000 arguments each, 50 digits, rounded up):
//   exp 0.65  expm1 0.82  log 0.78  log1p 0.75  power 0.62  sin 0.76  cos 0.76  tan 0.85  atan 0.77  sinh 0.85  cosh 0.78  tanh 1
//   erf 0.87  erfc 1.15  sigmoid 0.62  softplus 1.45  logRatio 1.45  logMean 1.5  hypot 1.15  relu sign step 0
// At 1e7 arguments each against 30 digits (test/slow/elementary.test.ts) single ones are worse:
//   exp 0.75  expm1 1.09  log 0.80  log1p 0.84  sin 0.82  cos 0.81  tan 1.02  atan 0.83  sinh 0.89  cosh 0.84  tanh 1.01  erf 0.95
//   and at 3e5: power 0.71  erfc 1.28  sigmoid 0.74  softplus 1.23  logRatio 1.49  logMean 1.56  hypot 1.15
// where the result is normal; a subnormal one is rounded twice, to 1 ulp at most. The trigonometric functions keep this for all x.
// test/numerics/elementary.test.ts asserts these figures.
//
// Special values (zeros with their signs, infinities, NaN, subnormal arguments and results) are those of Math; power follows Math.pow.
// About 10 ns (exp, log), 17 ns (sin) and 50 ns (erf, power) a call where the engine has compiled them.
export {
  atan,
  cos,
  cosh,
  erf,
  erfc,
  exp,
  expm1,
  hypot,
  log,
  log1p,
  logMean,
  logRatio,
  power,
  relu,
  sigmoid,
  sign,
  sin,
  sinh,
  softplus,
  step,
  tan,
  tanh,
} from "./elementary/numbers.ts";
