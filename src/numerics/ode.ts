// The scalar autonomous equation y' = f(y), by Gragg's modified midpoint rule with polynomial extrapolation (Bulirsch-Stoer;
// Hairer, Norsett & Wanner I, section II.9), step sizes chosen from the local error. Does not do: stiff equations, systems.

const defaults = {
  /** Numbers of substeps of the extrapolation columns. */
  substeps: [2, 4, 6, 8, 10, 12, 14, 16],
  /** Relative error asked of a step. */
  tolerance: 1e-14,
  maxSteps: 100_000,
};

export interface OdeValue {
  readonly value: number;
  /** Difference from a run a thousand times less exact, far above the error of the value unless rounding rules; and rounding. */
  readonly error: number;
}

/**
 * y(time) from y(0) = y0.
 * @returns null where the solution overflows or the steps do not get through
 */
export function solveOde(f: (y: number) => number, y0: number, time: number): OdeValue | null {
  const fine = march(f, y0, time, defaults.tolerance);
  const coarse = march(f, y0, time, 1e3 * defaults.tolerance);
  if (fine === null || coarse === null) return null;
  // Extrapolation over eight columns multiplies roundings of y by the sum of its weights' magnitudes, about 100.
  const rounding = 128 * Number.EPSILON * Math.max(Math.abs(y0), Math.abs(fine.value)) * fine.steps;
  return { value: fine.value, error: Math.abs(fine.value - coarse.value) + rounding };
}

function march(f: (y: number) => number, y0: number, time: number, tolerance: number): { value: number; steps: number } | null {
  let y = y0;
  let steps = 0;
  let left = time;
  let h = time;
  for (let step = 0; left > 0; step++) {
    if (step > defaults.maxSteps || !Number.isFinite(y)) return null;
    h = Math.min(h, left);
    const { value, error } = extrapolate(f, y, h);
    const allowed = tolerance * Math.max(Math.abs(y), Math.abs(value - y), 1e-300);
    // Below the rounding of y itself there is nothing to gain.
    if (Number.isFinite(value) && error <= Math.max(allowed, 0.5 * Number.EPSILON * Math.abs(y))) {
      y = value;
      steps++;
      left = h === left ? 0 : left - h;
      h *= error < allowed / 1e4 ? 2 : 1.2;
    } else {
      h /= 2;
      if (h < 1e-14 * time) return null;
    }
  }
  return { value: y, steps };
}

/** One step by Neville's scheme in the squared substep; the error is the last two columns' difference. */
function extrapolate(f: (y: number) => number, y: number, h: number): { value: number; error: number } {
  let row: number[] = [];
  let error = Number.POSITIVE_INFINITY;
  for (const n of defaults.substeps) {
    const next = [midpoint(f, y, h, n)];
    for (let j = 1; j <= row.length; j++) {
      const ratio = n / defaults.substeps[row.length - j]!;
      next.push(next[j - 1]! + (next[j - 1]! - row[j - 1]!) / (ratio * ratio - 1));
    }
    if (row.length > 0) error = Math.abs(next[row.length]! - next[row.length - 1]!);
    row = next;
  }
  return { value: row[row.length - 1]!, error };
}

/** Gragg's rule with smoothing: an expansion in even powers of h/n. */
function midpoint(f: (y: number) => number, y: number, h: number, n: number): number {
  const s = h / n;
  let before = y;
  let now = y + s * f(y);
  for (let i = 1; i < n; i++) [before, now] = [now, before + 2 * s * f(now)];
  return 0.5 * (before + now + s * f(now));
}
