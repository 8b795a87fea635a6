// The spectrum of a diagnosis as values of z.
import type { DiagnoseResult } from "../answer/diagnose.ts";

/** z of plain SGD at the effective rate, as far as the spectrum is known, descending. */
export function valuesOf({ eigenvalues, zMax }: DiagnoseResult): number[] {
  const values = "largest" in eigenvalues ? [...eigenvalues.largest, ...eigenvalues.smallest].map(({ value }) => value) : [...eigenvalues];
  const largest = values[0] ?? 0;
  return largest === 0 ? [zMax] : values.map((value) => (zMax / largest) * value);
}
