// The path of a model without noise at given steps: x' = b(x) solved from step to step, with the error carried along by the flow, whose
// derivative from x_j to x_k is b(x_k)/b(x_j) (the equation is autonomous). Does not do: kinks of b at which paths come to rest.
import { solveOde } from "../numerics/ode.ts";

export interface PathPoint {
  readonly x: number;
  /** Bound on its error. */
  readonly error: number;
}

/** Points at the steps (ascending); null from where the path overflows. */
export function flowPath(drift: (x: number) => number, start: number, eta: number, steps: readonly number[]): (PathPoint | null)[] {
  let point: PathPoint | null = { x: start, error: 0 };
  let at = 0;
  return steps.map((step) => {
    if (point === null) return null;
    const next: ReturnType<typeof solveOde> = step === at ? { value: point.x, error: 0 } : solveOde(drift, point.x, (step - at) * eta);
    at = step;
    if (next === null) return (point = null);
    const speed = drift(point.x);
    const stretch = speed === 0 ? 1 : Math.abs(drift(next.value) / speed);
    return (point = { x: next.value, error: point.error * stretch + next.error });
  });
}
