// A damped oscillator, dx = v dt, dv = -(gamma v + z x) dt, in closed form: e^{L t} of L = [[0, 1], [-z, -gamma]], any z and gamma >= 0.
//   e^{L t} = e^{-gamma t/2} [ c + (gamma/2) s, s; -z s, c - (gamma/2) s ],   c = cosh(delta t), s = sinh(delta t)/delta, delta^2 = gamma^2/4 - z
// and cos, sin for delta^2 < 0. Over short times e12 is its Taylor polynomial, y'' = -gamma y' - z y, y(0) = 0, y'(0) = 1: cheaper, and no differences of
// near-equal numbers for flat or critically damped modes.
import { cos, cosh, exp, sin, sinh } from "../numerics/elementary.ts";

/** Writes e^{L t}, by rows, at out[at .. at + 3]. */
export function oscillatorInto(z: number, gamma: number, t: number, out: Float64Array, at: number): void {
  const square = (gamma * gamma) / 4 - z;
  const delta = Math.sqrt(Math.abs(square));
  const w = delta * t;
  let c: number;
  let s: number;
  if (w < 1e-4) {
    // two terms of the series: w^4 is below rounding
    const signed = (square < 0 ? -1 : 1) * w * w;
    c = 1 + signed / 2;
    s = t * (1 + signed / 6);
  } else if (square < 0) {
    c = cos(w);
    s = sin(w) / delta;
  } else {
    c = cosh(w);
    s = sinh(w) / delta;
  }
  const decay = exp((-gamma * t) / 2);
  out[at] = decay * (c + (gamma / 2) * s);
  out[at + 1] = decay * s;
  out[at + 2] = -z * decay * s;
  out[at + 3] = decay * (c - (gamma / 2) * s);
}

/** Terms of the Taylor polynomial of e12, and the largest max(gamma, sqrt |z|) t for which what it leaves out is rounding. */
export const taylor = { terms: 18, reach: 0.5 };

/** Writes the coefficients of t, t^2, .. of e12. */
export function taylorInto(z: number, gamma: number, out: Float64Array): void {
  let before = 0;
  let last = 1;
  out[0] = 1;
  for (let k = 0; k < taylor.terms - 1; k++) {
    const next = -(gamma * (k + 1) * last + z * before) / ((k + 1) * (k + 2));
    out[k + 1] = next;
    [before, last] = [last, next];
  }
}
