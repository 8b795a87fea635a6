// The nearest positive semidefinite matrix and the psd defect (numerics/semidefinite.ts), written into a kernel's program.
import type { Value } from "../../codegen/program.ts";
import { spectralOf } from "./spectral.ts";
import { type Builder, sumOf } from "./values.ts";

/**
 * @returns the matrix itself where it is semidefinite, and its defect |sum of negative eigenvalues| / trace; Infinity where the trace is not
 * positive and an eigenvalue is negative
 */
export function nearestPsd(m: Builder, a: readonly (readonly Value[])[]): { readonly matrix: Value[][]; readonly defect: Value } {
  const zero = m.constant(0);
  const eigenvalues = a.length === 2 ? planeValues(m, a) : undefined;
  const spectral = spectralOf(m, a);
  const values = eigenvalues ?? spectral.values;
  const negative = sumOf(
    m,
    values.map((value) => m.select(m.less(value, zero), m.negate(value), zero)),
  );
  const trace = sumOf(
    m,
    a.map((row, i) => row[i]!),
  );
  const indefinite = m.less(zero, negative);
  const ratio = m.select(m.less(zero, trace), m.divide(negative, trace), m.constant(Number.POSITIVE_INFINITY));
  const defect = m.select(indefinite, ratio, zero);
  const positive = values.map((value) => m.select(m.less(value, zero), zero, value));
  const identity = a.map((_, i) => a.map((_row, j) => m.constant(i === j ? 1 : 0)));
  // columns of g(A): g(A) applied to unit vectors
  const columns = identity.map((unit) => spectral.apply(positive, unit));
  return {
    matrix: a.map((row, i) => row.map((value, j) => m.select(indefinite, columns[Math.max(i, j)]![Math.min(i, j)]!, value))),
    defect,
  };
}

/** Eigenvalues of a 2 x 2 matrix, the smaller in size from the determinant, so that it keeps its digits. */
function planeValues(m: Builder, a: readonly (readonly Value[])[]): Value[] {
  const half = m.constant(0.5);
  const mean = m.multiply(half, m.add(a[0]![0]!, a[1]![1]!));
  const difference = m.multiply(half, m.subtract(a[0]![0]!, a[1]![1]!));
  const off = a[0]![1]!;
  const radius = m.sqrt(m.add(m.multiply(difference, difference), m.multiply(off, off)));
  const larger = m.add(mean, m.copysign(radius, mean));
  const smaller = m.subtract(m.multiply(m.divide(a[0]![0]!, larger), a[1]![1]!), m.multiply(m.divide(off, larger), off));
  const none = m.equal(larger, m.constant(0));
  const other = m.select(none, m.constant(0), smaller);
  // in the order of spectral.ts: the larger one first
  const first = m.less(other, larger);
  return [m.select(first, larger, other), m.select(first, other, larger)];
}
