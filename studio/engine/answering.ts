// The questions a worker answers beyond reading a problem; loaded after the first picture.
import { compare, law, map, sampling } from "../../src/index.ts";
import type { Jobs } from "./jobs.ts";
import { problemOf } from "./problem.ts";

type Report = (done: number, total: number, what: string) => void;

export function askLaw(
  { raw, at, models, detail, twoStep, nearest }: Jobs["law"]["ask"],
  onProgress: Report,
): Promise<Jobs["law"]["answer"]> {
  return law(problemOf(raw), { at, models, detail, twoStep, nearest, engine: sampling.law, onProgress });
}

export function askCompare({ raw, twoStep, nearest }: Jobs["compare"]["ask"], onProgress: Report): Promise<Jobs["compare"]["answer"]> {
  return compare([problemOf(raw)], { twoStep, nearest, sampling, onProgress });
}

export function askMap({ raw, question, axes, twoStep, nearest }: Jobs["map"]["ask"], onProgress: Report): Promise<Jobs["map"]["answer"]> {
  return map(problemOf(raw), { question, axes, twoStep, nearest, sampling, onProgress });
}
