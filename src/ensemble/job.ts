// A job is data: what an ensemble's figures depend on, all but the path numbers. A program (program.ts) is made of a problem and a job, here or
// in another thread or on another machine, where problem and job arrive as one text; the same job gives the same bytes everywhere.
import { InputError } from "../errors.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { coupledProgram } from "./coupled.ts";
import { sdeExitProgram, sgdExitProgram } from "./exit-program.ts";
import type { Job } from "./job-spec.ts";
import { companionOf, processOf } from "./process.ts";
import type { PathProgram } from "./program.ts";
import { singleProgram } from "./single.ts";

/** The program that a job asks for. */
export function programOf(problem: SgdProblem, job: Job): PathProgram {
  switch (job.question) {
    case "single":
      return singleProgram(
        { problem, process: processOf(job.process), substeps: job.substeps },
        job.observation,
        job.regions,
        job.steps,
        job.seed,
        job.normals,
      );
    case "coupled":
      return coupledProgram(
        problem,
        job.companions.map(companionOf),
        job.observation,
        job.steps,
        job.fine,
        job.seed,
        job.eliminations,
        job.normals,
        job.control,
        job.mirrored ?? false,
      );
    case "exit": {
      const process = processOf(job.process);
      return typeof process === "string"
        ? sgdExitProgram(problem, job, job.seed, process, job.normals)
        : sdeExitProgram(problem, process, job, job.fine, job.seed, job.normals);
    }
  }
}

/** A job's text taken apart: the problem in normal form (problem/read.ts reads it) and the job. */
export function parseJob(text: string): { readonly problem: unknown; readonly job: Job } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InputError("ensemble/job", "This is no job: its text is not JSON.", {});
  }
  const { problem, ...job } = (value ?? {}) as { problem?: unknown; question?: unknown };
  if (typeof problem !== "object" || !["single", "coupled", "exit"].includes(String(job.question)))
    throw new InputError(
      "ensemble/job",
      `This is no job: found question ${JSON.stringify(job.question)}; allowed: single, coupled, exit.`,
      {},
    );
  return { problem, job: job as Job };
}
