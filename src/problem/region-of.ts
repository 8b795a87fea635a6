// A region named by its text, as jobs name it.
import { namesOf } from "./entries.ts";
import type { SgdProblem } from "./problem.ts";
import { type Region, readRegion } from "./region.ts";

/** The region of this text in the names of a problem: its own, or read anew. */
export function regionOf({ inside, objective, json }: SgdProblem, text: string): Region {
  if (inside?.text === text) return inside;
  const { constants } = json["objective"] as { constants?: Record<string, number> };
  return readRegion(text, namesOf(objective, constants));
}
