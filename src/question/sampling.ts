// The sampling engines that questions are handed: what has no law without sampling is answered by ensembles of paths, in
// this thread or on the engine that is given (threads, run folders, clusters).
import { sampleExit } from "../ensemble/exit.ts";
import { threadEngine } from "../ensemble/kernel/engine.ts";
import { sampleLaw } from "../ensemble/law.ts";
import type { Engine } from "../ensemble/run.ts";
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

/** Sampling whose blocks of paths are run by `engine`. A question's engine answers questions; an ensemble's runs blocks: not the same. */
export function samplingBy(engine: Engine): Sampling {
  return Object.freeze<Sampling>({
    law: (problem, models, options) => sampleLaw(problem, models, { ...options, engine }),
    weak: (problem, models, options) => sampleExpectations(problem, models, { ...options, engine }),
    exit: (problem, models, options) => sampleExit(problem, models, { ...options, engine }),
  });
}

/** Sampling in this thread. */
export const sampling: Sampling = samplingBy(threadEngine());
