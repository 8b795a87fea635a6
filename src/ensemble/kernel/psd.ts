// The nearest positive semidefinite matrix and the psd defect (numerics/semidefinite.ts), written into a kernel's program.
import type { Value } from "../../codegen/program.ts";
import { spectralOf } from "./spectral.ts";
import { type Builder, sumOf } from "./values.ts";

/**
 * @returns the matrix itself where it is semidefinite, and its defect |sum of negative eigenvalues| / trace; Infinity where the trace is not
 * positive and an eigenvalue is negative
 */
export function nearestPsd(m: Builder, a: readonly (readonly Value[])[]): { readonly matrix: Value[][]; readonly defect: Value } {
  if (a.length === 2) return nearestInPlane(m, a);
  const zero = m.constant(0);
  const spectral = spectralOf(m, a);
  const { values } = spectral;
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

/**
 * Two dimensions in closed form: where one eigenvalue is negative the nearest matrix is  e (A - e' I)/(e - e'),  e the other one; where both are,
 * it is 0.
 */
function nearestInPlane(m: Builder, a: readonly (readonly Value[])[]): { readonly matrix: Value[][]; readonly defect: Value } {
  const zero = m.constant(0);
  const half = m.constant(0.5);
  const [first, off, last] = [a[0]![0]!, a[0]![1]!, a[1]![1]!];
  const trace = m.add(first, last);
  const mean = m.multiply(half, trace);
  const difference = m.multiply(half, m.subtract(first, last));
  const radius = m.sqrt(m.add(m.multiply(difference, difference), m.multiply(off, off)));
  // the larger in size, then the other from the determinant, so that it keeps its digits
  const large = m.add(mean, m.copysign(radius, mean));
  const inverse = m.divide(m.constant(1), large);
  const small = m.subtract(m.multiply(m.multiply(first, inverse), last), m.multiply(m.multiply(off, inverse), off));
  const other = m.select(m.equal(large, zero), zero, small);
  const one = (value: Value): Value => m.select(m.less(value, zero), m.negate(value), zero);
  const negative = m.add(one(large), one(other));
  const indefinite = m.less(zero, negative);
  const ratio = m.select(m.less(zero, trace), m.divide(negative, trace), m.constant(Number.POSITIVE_INFINITY));
  const top = m.select(m.less(other, large), large, other);
  const bottom = m.select(m.less(other, large), other, large);
  const scale = m.select(m.less(zero, top), m.divide(top, m.subtract(top, bottom)), zero);
  const mended = (entry: Value, shift: Value): Value => m.select(indefinite, m.multiply(scale, m.subtract(entry, shift)), entry);
  const between = mended(off, zero);
  return {
    matrix: [
      [mended(first, bottom), between],
      [between, mended(last, bottom)],
    ],
    defect: m.select(indefinite, ratio, zero),
  };
}
