// The list of claims, and `reproduce`: measures those that are asked for, one after the other. A new claim is a file and a line here.
import type { Answer } from "../answer/answer.ts";
import type { ClaimAnswer, ReproduceResult } from "../answer/reproduce.ts";
import { warning } from "../answer/warning.ts";
import { EscapementError, InputError, InterruptedError, nearestWord } from "../errors.ts";
import { version } from "../version.ts";
import type { Claim, ClaimContext } from "./claim.ts";
import { earlierModelsFail } from "./earlier-models.ts";
import { escapeBarrier } from "./escape-barrier.ts";
import { escapeSaddle } from "./escape-saddle.ts";
import { networks } from "./networks.ts";
import { quadraticLaw } from "./quadratic-law.ts";
import { quasiPotential } from "./quasi-potential.ts";
import { smoothness } from "./smoothness.ts";
import { untested } from "./untested.ts";
import { verdictOf, whyOf } from "./verdict.ts";
import { weakOrder } from "./weak-order.ts";

export const claims: readonly Claim[] = Object.freeze([
  weakOrder,
  smoothness,
  quadraticLaw,
  earlierModelsFail,
  networks,
  escapeSaddle,
  escapeBarrier,
  quasiPotential,
]);

export interface ReproduceOptions extends Omit<ClaimContext, "quick" | "seed"> {
  /** Ids; default: all. */
  readonly claims?: readonly string[];
  readonly quick?: boolean;
  readonly seed?: number;
  readonly onProgress?: (done: number, total: number, what: string) => void;
}

/**
 * The claims, measured. Figures depend on the seed and on `quick` alone.
 * @throws InputError `claim/unknown` with the list
 * @throws InterruptedError `claim/interrupted`; details.answer holds what was finished, if anything was
 */
export async function reproduce(options: ReproduceOptions): Promise<Answer<ReproduceResult>> {
  const asked = selectClaims(options.claims);
  const { quick = false, seed = 1, sampling, gallery, signal } = options;
  const done: ClaimAnswer[] = [];
  for (const [i, claim] of asked.entries()) {
    options.onProgress?.(i, asked.length, claim.title);
    try {
      done.push(await answerOf(claim, { quick, seed, sampling, gallery, signal }));
    } catch (error) {
      if (!(signal?.aborted || (error instanceof EscapementError && error.exitCode === 130))) throw error;
      const missing = asked.slice(i).map(({ id }) => id);
      throw new InterruptedError("claim/interrupted", `interrupted: ${done.length} of ${asked.length} claims are finished.`, {
        ...(done.length > 0 ? { answer: answer(done, quick, seed, missing) } : {}),
      });
    }
  }
  options.onProgress?.(asked.length, asked.length, "verdicts");
  return answer(done, quick, seed);
}

async function answerOf(claim: Claim, context: ClaimContext): Promise<ClaimAnswer> {
  const { setting, measured, tests, charts, notes } = await claim.measure(context);
  const { id, title, claim: words, source } = claim;
  return { id, title, claim: words, source, verdict: verdictOf(tests), why: whyOf(tests, notes), setting, measured, tests, charts };
}

function answer(done: readonly ClaimAnswer[], quick: boolean, seed: number, unfinished: readonly string[] = []): Answer<ReproduceResult> {
  const effort = quick ? "quick" : "full";
  const warnings =
    unfinished.length > 0
      ? [
          warning("unfinished", `Interrupted: ${unfinished.join(", ")} ${unfinished.length === 1 ? "is" : "are"} not measured.`, {
            claims: unfinished,
          }),
        ]
      : [];
  const result = { effort, claims: done, untested, ...(unfinished.length > 0 ? { unfinished } : {}) } as const;
  return {
    command: "reproduce",
    version,
    problem: { claims: [...done.map(({ id }) => id), ...unfinished], effort },
    seed,
    warnings,
    result,
  };
}

/** In the order of the list, each once. */
function selectClaims(ids: readonly string[] | undefined): readonly Claim[] {
  if (ids === undefined || ids.length === 0) return claims;
  const known = claims.map(({ id }) => id);
  const wrong = ids.find((id) => !known.includes(id));
  if (wrong !== undefined) {
    const nearest = nearestWord(wrong, known);
    throw new InputError(
      "claim/unknown",
      `reproduce: found ${JSON.stringify(wrong)}; allowed: ${known.join(", ")}.${nearest === undefined ? "" : ` Did you mean ${nearest}?`}`,
      { found: wrong, allowed: known },
    );
  }
  return claims.filter(({ id }) => ids.includes(id));
}
