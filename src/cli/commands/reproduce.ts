// `reproduce [CLAIM...]`: the published claims, measured on this machine's engine; table, document, page. Interrupted, it shows what is finished.
import type { Answer, ReproduceResult } from "../../answer/index.ts";
import { EscapementError } from "../../errors.ts";
import { type ReproduceOptions, reproduce, samplingBy } from "../../index.ts";
import { localEngine } from "../execution.ts";
import type { FlagValue } from "../flags.ts";
import type { Flags } from "../problem.ts";
import { startProgress } from "../progress.ts";
import { printAnswer } from "../run.ts";

const module = {
  ask: (): never => {
    throw new Error("reproduce asks its own questions");
  },
  text: async (answer: Answer<unknown>, { width, report, typed }: { width: number; report?: string; typed: string; flags: Flags }) =>
    (await import("../../report/claims-table.ts")).claimsTable(answer as Answer<ReproduceResult>, {
      width,
      report,
      command: `npx ${typed}`,
    }),
  page: async (answer: Answer<unknown>, { document, command }: { document: Document; command: string }) =>
    (await import("../../report/index.ts")).claimsPage(answer as Answer<ReproduceResult>, { document, command: `npx ${command}` }),
  defaultReport: "escapement-claims.html",
};

/** Measures the claims and prints the answer; returns the exit code. */
export async function reproduceCommand(flags: { readonly [flag: string]: FlagValue }, claims: readonly string[]): Promise<number> {
  const typed = ["escapement", "reproduce", ...claims, ...(flags["quick"] ? ["--quick"] : [])].join(" ");
  const interrupt = new AbortController();
  const onInterrupt = (): void => interrupt.abort();
  process.once("SIGINT", onInterrupt);
  const progress = startProgress(flags["quiet"] === true);
  const engine = await localEngine(flags, new Map());
  try {
    const answer = await reproduce({
      claims,
      quick: flags["quick"] === true,
      seed: flags["seed"] as number | undefined,
      sampling: samplingBy(engine),
      gallery: galleryProblem,
      signal: interrupt.signal,
      onProgress: progress.report,
    });
    progress.stop();
    const performance = engine.performance?.();
    return await printAnswer(
      module,
      performance && Object.keys(performance).length > 0 ? { ...answer, performance } : answer,
      flags,
      typed,
    );
  } catch (error) {
    progress.stop();
    const finished = error instanceof EscapementError ? error.details["answer"] : undefined;
    if (finished) await printAnswer(module, finished as Answer<ReproduceResult>, flags, typed);
    throw error;
  } finally {
    await engine.close();
    process.removeListener("SIGINT", onInterrupt);
  }
}

const galleryProblem: ReproduceOptions["gallery"] = async (name, change = (file) => file) => {
  const { readProblemAt, readRaw } = await import("../../node.ts");
  const { raw, folder } = readRaw(name);
  return readProblemAt(change(raw as { [field: string]: unknown }), folder, { allowOracle: false });
};
