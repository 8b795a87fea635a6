// The elementary functions of numbers: our own, so that every engine and machine gives the same figures (Math.exp and its kin differ
// between engines). Each is described once, for all backends, in elementary/*.ts; what runs here is printed from the descriptions.
//
// Largest errors found, in ulps of the exact value (test/numerics/elementary.test.ts):
// TABLE
//
// Special values (zeros with their signs, infinities, NaN, subnormal arguments and results) are those of Math; power follows Math.pow.
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
