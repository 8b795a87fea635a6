// A model without diffusion (the gradient flow, or any model where there is no noise): dx/dt = b(x), a curve and not a law. Gragg's
// modified midpoint rule extrapolated in the square of the step (Bulirsch and Stoer; Hairer, Norsett, Wanner, Solving ODEs I, II.9):
// order 16 in the last column; the step is halved until the last two columns agree.
import { LostLawError } from "./plane-pull.ts";

const defaults = {
  substeps: [2, 4, 6, 8, 10, 12, 14, 16],
  /** Wanted: error of a step relative to 1 + |x|. Rounding of the extrapolation is a few times 1e-16. */
  tolerance: 1e-14,
  mostHalvings: 14,
};

export type Field = (x: Float64Array, out: Float64Array) => Float64Array;

/** x(t + time) from x(t) = x, and the sum of the error estimates on the way. It does not say how errors grow on the way. */
export function flow(field: Field, x: Float64Array, time: number): { x: Float64Array; error: number } {
  let now: Float64Array = Float64Array.from(x);
  let error = 0;
  for (let left = time, step = time, halvings = 0; left > 0; ) {
    const next = extrapolated(field, now, step);
    const scale = 1 + now.reduce((s, v) => Math.max(s, Math.abs(v)), 0);
    if (next.error <= defaults.tolerance * scale || (halvings === defaults.mostHalvings && next.error <= 1e-10 * scale)) {
      now = next.x;
      error += next.error;
      left = left - step > 1e-13 * time ? left - step : 0;
      step = Math.min(step, left);
    } else if (halvings++ < defaults.mostHalvings) step *= 0.5;
    else throw new LostLawError("the flow is too steep or runs away");
  }
  return { x: now, error };
}

function extrapolated(field: Field, x: Float64Array, step: number): { x: Float64Array; error: number } {
  const { substeps } = defaults;
  const rows: Float64Array[] = [];
  for (let j = 0; j < substeps.length; j++) {
    const row = midpoint(field, x, step, substeps[j]!);
    // Neville's scheme, column by column, in place: rows[j - k] holds T_{j-1, k-1}
    let previous = row;
    const fresh = [row];
    for (let k = 1; k <= j; k++) {
      const ratio = substeps[j]! / substeps[j - k]!;
      const older = rows[k - 1]!;
      const current = previous;
      previous = current.map((v, i) => v + (v - older[i]!) / (ratio * ratio - 1));
      fresh.push(previous);
    }
    if (j === substeps.length - 1) {
      const last = fresh[j]!;
      const before = fresh[j - 1]!;
      const error = last.reduce((s, v, i) => Math.max(s, Math.abs(v - before[i]!)), 0);
      return { x: last, error };
    }
    rows.splice(0, rows.length, ...fresh);
  }
  return { x, error: Number.NaN };
}

/** Gragg's rule with an even number of substeps and the smoothing end. */
function midpoint(field: Field, x: Float64Array, step: number, count: number): Float64Array {
  const h = step / count;
  const slope = new Float64Array(x.length);
  let before: Float64Array = Float64Array.from(x);
  field(x, slope);
  let now: Float64Array = x.map((v, i) => v + h * slope[i]!);
  for (let k = 1; k < count; k++) {
    field(now, slope);
    const next = before.map((v, i) => v + 2 * h * slope[i]!);
    [before, now] = [now, next];
  }
  field(now, slope);
  return now.map((v, i) => 0.5 * (before[i]! + v + h * slope[i]!));
}
