// SGD with discrete noise on the line: x -> x - eta (f'(x) + v_a(x)) with probability p_a(x). While there are few paths they are
// enumerated; then S phi(x) = sum_a p_a phi(x - eta (f' + v_a)) is applied to smooth functions by interpolation on spectral elements, as
// the row vector w^T S^k that serves every phi at once. Two meshes give the error. The law has atoms, not a density: nothing else is
// said about it. Does not do: kinks of phi after more steps than can be enumerated (they show as a difference of the meshes).
import { interpolationRow, lobatto } from "../numerics/lobatto.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { type Curve, weakDefaults } from "./expectations.ts";
import type { Range } from "./line-domain.ts";
import { elementOf, lineMesh, nodeAt } from "./line-mesh.ts";
import type { LineProblem } from "./line-problem.ts";

const defaults = {
  /** Paths that are enumerated one by one. */
  maxPaths: 1 << 16,
  degree: 16,
  /** Allowed interpolation error and widest element over the range, at two resolutions. */
  levels: [
    { tolerance: 1e-11, elements: 12, margin: 0.02 },
    { tolerance: 1e-13, elements: 20, margin: 0.05 },
  ],
};

/** Images of x and their probabilities. */
export interface DiscreteStep {
  readonly count: number;
  image(x: number, a: number): number;
  probability(x: number, a: number): number;
}

export function discreteStep(problem: SgdProblem, line: LineProblem): DiscreteStep {
  const point = new Float64Array(1);
  const atoms = (x: number) => {
    point[0] = x;
    return problem.noise.atoms!(point);
  };
  return {
    count: atoms(line.start).probabilities.length,
    image: (x, a) => x - line.eta * (line.slope(x) + atoms(x).values[a]!),
    probability: (x, a) => atoms(x).probabilities[a]!,
  };
}

/** Curves by function; null where the meshes disagree or the reachable range explodes. */
export function discreteExpectations(
  step: DiscreteStep,
  start: number,
  functions: readonly ((x: number) => number)[],
  steps: number,
): (Curve | null)[] {
  if (step.count ** steps <= defaults.maxPaths) return enumerated(step, start, functions, steps);
  const range = reachable(step, start, steps);
  if (range === null) return functions.map(() => null);
  const [coarse, fine] = defaults.levels.map((level) => onMesh(step, start, functions, steps, range, level));
  return functions.map((_, f) => {
    const values = fine![f]!.values;
    const errors = values.map((value, k) => Math.abs(value - coarse![f]!.values[k]!) + 1e-14 * fine![f]!.scales[k]!);
    const good = errors.every((error, k) => error <= weakDefaults.acceptable * Math.max(1, fine![f]!.scales[k]!));
    return good ? { values, errors, kind: "bound" as const } : null;
  });
}

/** All paths, breadth first, in the order of the atoms. */
function enumerated(step: DiscreteStep, start: number, functions: readonly ((x: number) => number)[], steps: number): (Curve | null)[] {
  const values = functions.map((phi) => Float64Array.of(phi(start), ...new Float64Array(steps)));
  const errors = functions.map(() => new Float64Array(steps + 1));
  let points = Float64Array.of(start);
  let masses = Float64Array.of(1);
  for (let k = 1; k <= steps; k++) {
    const nextPoints = new Float64Array(points.length * step.count);
    const nextMasses = new Float64Array(points.length * step.count);
    for (let i = 0; i < points.length; i++) {
      for (let a = 0; a < step.count; a++) {
        nextPoints[i * step.count + a] = step.image(points[i]!, a);
        nextMasses[i * step.count + a] = masses[i]! * step.probability(points[i]!, a);
      }
    }
    points = nextPoints;
    masses = nextMasses;
    functions.forEach((phi, f) => {
      let sum = 0;
      let size = 0;
      for (let i = 0; i < points.length; i++) {
        const term = masses[i]! === 0 ? 0 : masses[i]! * phi(points[i]!);
        sum += term;
        size += Math.abs(term);
      }
      values[f]![k] = sum;
      // At most maxPaths terms in order, partial sums below the sum of magnitudes; k products a term.
      errors[f]![k] = 1e-15 * (Math.sqrt(points.length) + k) * size;
    });
  }
  return functions.map((_, f) =>
    values[f]!.every(Number.isFinite) ? { values: values[f]!, errors: errors[f]!, kind: "rounding" as const } : null,
  );
}

/** An interval that holds every path, from the images of 257 points of the last one; null where it overflows. */
export function reachable(step: DiscreteStep, start: number, steps: number): Range | null {
  let low = start;
  let high = start;
  for (let k = 0; k < steps; k++) {
    let nextLow = low;
    let nextHigh = high;
    for (let i = 0; i <= 256; i++) {
      const x = low + ((high - low) * i) / 256;
      for (let a = 0; a < step.count; a++) {
        const y = step.image(x, a);
        if (!(Math.abs(y) < 1e6 * (1 + Math.abs(start)))) return null;
        nextLow = Math.min(nextLow, y);
        nextHigh = Math.max(nextHigh, y);
      }
    }
    if (nextLow === low && nextHigh === high) break;
    low = nextLow;
    high = nextHigh;
  }
  return { low, high };
}

function onMesh(
  step: DiscreteStep,
  start: number,
  functions: readonly ((x: number) => number)[],
  steps: number,
  range: Range,
  level: (typeof defaults.levels)[number],
): { values: Float64Array; scales: Float64Array }[] {
  const width = Math.max(range.high - range.low, 1e-12 * (1 + Math.abs(start)));
  const low = range.low - level.margin * width;
  const high = range.high + level.margin * width;
  const images = Array.from({ length: step.count }, (_, a) => (x: number) => step.image(x, a));
  const probabilities = Array.from({ length: step.count }, (_, a) => (x: number) => step.probability(x, a));
  const mesh = lineMesh({
    low,
    high,
    breaks: [start],
    functions: [...images, ...probabilities, ...functions],
    degree: defaults.degree,
    tolerance: level.tolerance,
    maxWidth: () => width / level.elements,
  });
  const n = defaults.degree + 1;
  const table = lobatto(defaults.degree);
  const size = mesh.nodes.length;
  const firsts = new Int32Array(size * step.count);
  const rows = new Float64Array(size * step.count * n);
  for (let i = 0; i < size; i++) {
    for (let a = 0; a < step.count; a++) {
      // Images beyond the mesh belong to its outermost margin, where no path comes.
      const y = Math.min(Math.max(step.image(mesh.nodes[i]!, a), low), high);
      const e = elementOf(mesh, y);
      const [left, right] = [mesh.edges[e]!, mesh.edges[e + 1]!];
      const at = i * step.count + a;
      firsts[at] = e * defaults.degree;
      const row = rows.subarray(at * n, (at + 1) * n);
      interpolationRow(table, (2 * y - left - right) / (right - left), row);
      const probability = step.probability(mesh.nodes[i]!, a);
      for (let j = 0; j < n; j++) row[j]! *= probability;
    }
  }
  const nodal = functions.map((phi) => mesh.nodes.map(phi));
  const results = functions.map(() => ({ values: new Float64Array(steps + 1), scales: new Float64Array(steps + 1) }));
  let w = new Float64Array(size);
  w[nodeAt(mesh, start)] = 1;
  for (let k = 0; k <= steps; k++) {
    if (k > 0) {
      const next = new Float64Array(size);
      for (let i = 0; i < size; i++) {
        if (w[i] === 0) continue;
        for (let a = 0; a < step.count; a++) {
          const at = i * step.count + a;
          for (let j = 0; j < n; j++) next[firsts[at]! + j]! += w[i]! * rows[at * n + j]!;
        }
      }
      w = next;
    }
    nodal.forEach((phi, f) => {
      for (let i = 0; i < size; i++) {
        const term = w[i] === 0 ? 0 : w[i]! * phi[i]!;
        results[f]!.values[k]! += term;
        results[f]!.scales[k]! += Math.abs(term);
      }
    });
  }
  return results;
}
