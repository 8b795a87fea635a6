// The scale of a weak error where no method has phi's variance under SGD: that of the Gaussian with SGD's mean and covariance, for
// phi = c + l.x + x^T Q x: Var = (l + 2 Q mu)^T C (l + 2 Q mu) + 2 tr(Q C Q C). A scale for verdicts, not a figure of its own.
import type { Figure, LawResult } from "../answer/index.ts";
import type { SgdProblem } from "../problem/problem.ts";

const value = (figure: Figure): number => (typeof figure === "number" ? figure : figure.value);

/** phi's standard deviation by SGD's moments at the last step asked about; null where phi is no quadratic or there are no moments. */
export function gaussianScale(problem: SgdProblem, law: LawResult): (phi: string) => number | null {
  const last = law.sgd.laws.at(-1);
  return (phi) => {
    const polynomial = problem.tests.find((test) => test.text === phi)?.polynomial;
    if (!polynomial || !last?.mean || !last.covariance) return null;
    const d = problem.objective.d;
    const mean = last.mean.map(value);
    const c = last.covariance.flat().map(value);
    const q = polynomial.quadratic;
    const slope = Array.from(polynomial.linear, (l, i) => l + 2 * sum(d, (j) => q[i * d + j]! * mean[j]!));
    const qc = Array.from({ length: d * d }, (_, k) => sum(d, (m) => q[Math.floor(k / d) * d + m]! * c[m * d + (k % d)]!));
    const linear = sum(d, (i) => sum(d, (j) => slope[i]! * c[i * d + j]! * slope[j]!));
    const quadratic = 2 * sum(d, (i) => sum(d, (j) => qc[i * d + j]! * qc[j * d + i]!));
    const variance = linear + quadratic;
    return variance > 0 ? Math.sqrt(variance) : null;
  };
}

function sum(n: number, term: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < n; i++) total += term(i);
  return total;
}
