// The sampling engines that questions are handed: what has no law without sampling is answered by ensembles of paths in this thread.
import { sampleExit } from "../ensemble/exit.ts";
import { sampleLaw } from "../ensemble/law.ts";
import { sampleExpectations } from "../ensemble/weak.ts";
import type { ExitOptions } from "./exit.ts";
import type { LawEngine } from "./law.ts";
import type { WeakOptions } from "./weak.ts";

/** One engine a question: pass `engine: sampling.weak` to `weak`, and so on; `sampling` itself to `compare`. */
export interface Sampling {
  readonly law: LawEngine;
  readonly weak: NonNullable<WeakOptions["engine"]>;
  readonly exit: NonNullable<ExitOptions["engine"]>;
}

export const sampling: Sampling = Object.freeze<Sampling>({
  law: (problem, models, options) => sampleLaw(problem, models, withoutEngine(options)),
  weak: (problem, models, options) => sampleExpectations(problem, models, withoutEngine(options)),
  exit: (problem, models, options) => sampleExit(problem, models, withoutEngine(options)),
});

/** A question's engine answers questions; an ensemble's runs blocks of paths: not the same. */
function withoutEngine<O extends object>(options: O): Omit<O, "engine"> {
  const { engine: _engine, ...rest } = options as O & { engine?: unknown };
  return rest;
}
