// When a path without noise leaves an interval: the gradient flow x' = b(x) runs to the end e that the drift points to, in the time
// int_start^e dx / b(x), unless b vanishes on the way; then it never leaves. Does not do: starts at a zero of b with noise.
import { integrate } from "../numerics/integrate.ts";
import { signChanges } from "../numerics/sign-change.ts";

/** Points at which a change of sign of the drift is looked for. */
const scan = 2001;

/** Time of leaving and a bound on its error; null where the path never leaves. */
export function flowExitTime(
  drift: (x: number) => number,
  start: number,
  a: number,
  b: number,
): { readonly value: number; readonly error: number } | null {
  const speed = drift(start);
  const end = speed > 0 ? b : a;
  if (!(Math.abs(speed) > 0) || !Number.isFinite(end)) return null;
  const low = Math.min(start, end);
  const high = Math.max(start, end);
  const direction = Math.sign(speed);
  // A drift of 0 at the end itself is never reached in finite time.
  if (signChanges((x) => direction * drift(x) - Number.MIN_VALUE, low, high, scan).length > 0) return null;
  if (!(direction * drift(end) > 0)) return null;
  const { value, error } = integrate((x) => 1 / Math.abs(drift(x)), low, high, 1e-13, 8);
  if (!Number.isFinite(value)) return null;
  return { value, error: error + 1e-14 * value };
}
