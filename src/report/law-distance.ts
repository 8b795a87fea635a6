// How far a model's law is from SGD's, in SGD's standard deviations: W2 / sqrt(tr Cov), the measure of `compare` for laws.
import type { Estimate, Figure, LawAtStep } from "../answer/index.ts";
import { errorOf, plainValue } from "./number.ts";

/** sqrt(tr Cov), the root mean square distance from the mean; null where the covariance does not exist. */
export function spread(covariance: readonly (readonly Figure[])[] | null): Estimate | null {
  if (covariance === null) return null;
  let trace = 0;
  let error = 0;
  covariance.forEach((row, i) => {
    trace += plainValue(row[i]!);
    error += errorOf(row[i]!);
  });
  return root({ value: trace, error, kind: kindOf(covariance[0]?.[0]) });
}

/** sqrt of an estimate; the error never exceeds what sqrt(value + error) allows. */
export function root(figure: Figure): Estimate {
  const value = Math.sqrt(Math.max(0, plainValue(figure)));
  const error = Math.sqrt(Math.max(0, plainValue(figure)) + errorOf(figure)) - value;
  return { value, error, kind: kindOf(figure) };
}

export function kindOf(figure: Figure | undefined): Estimate["kind"] {
  return figure === undefined || typeof figure === "number" ? "rounding" : figure.kind;
}

/** W2/sd at one step; null where the answer has no distance or SGD does not spread. */
export function lawDistance(model: LawAtStep | undefined, sgd: LawAtStep | undefined): Estimate | null {
  const squared = model?.w2SquaredFromSgd;
  const scale = spread(sgd?.covariance ?? null);
  if (squared === null || squared === undefined || scale === null || !(scale.value > 0)) return null;
  const distance = root(squared);
  return { ...distance, value: distance.value / scale.value, error: distance.error / scale.value };
}

/** |E x|, for laws of more coordinates than a table shows. */
export function norm(mean: readonly Figure[] | null): Estimate | null {
  if (mean === null) return null;
  let square = 0;
  let error = 0;
  for (const each of mean) {
    square += plainValue(each) * plainValue(each);
    error += errorOf(each) * errorOf(each);
  }
  return { value: Math.sqrt(square), error: Math.sqrt(error), kind: kindOf(mean[0]) };
}
