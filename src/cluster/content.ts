// What a task's content says: the job's text and the files that its problem names, by hash, so that a table of data travels once to each worker
// however many jobs use it.
import { InputError } from "../errors.ts";
import { namedFiles } from "../node/problem-files.ts";
import { contentHash, jobId } from "../node/run-blocks.ts";

export interface JobContent {
  /** Problem and job as one text (ensemble/job-spec.ts). */
  readonly job: string;
  /** Files by the path in the problem: hash of what they hold. */
  readonly files: { readonly [path: string]: string };
  readonly version: string;
}

/** A job's content, as bytes, and its hash. */
export function contentOf(
  job: string,
  files: ReadonlyMap<string, Uint8Array>,
  version: string,
): { readonly hash: string; readonly bytes: Uint8Array } {
  const { problem } = JSON.parse(job) as { problem: unknown };
  const named = Object.fromEntries(
    namedFiles(problem).map((path) => {
      const file = files.get(path);
      if (!file) throw new InputError("cluster/content", `${path}: the problem names this file, and it was not read.`, { path });
      return [path, contentHash(file)];
    }),
  );
  const content: JobContent = { job, files: named, version };
  return { hash: contentHash(JSON.stringify([jobId(job), named, version])), bytes: Buffer.from(JSON.stringify(content), "utf8") };
}

/** @throws InputError `cluster/content` where the bytes are no content */
export function readContent(bytes: Uint8Array): JobContent {
  let value: Partial<JobContent> | null;
  try {
    value = JSON.parse(Buffer.from(bytes).toString("utf8")) as Partial<JobContent> | null;
  } catch {
    value = null;
  }
  if (typeof value?.job !== "string" || typeof value.files !== "object" || typeof value.version !== "string")
    throw new InputError("cluster/content", "What came from the queue is no job's content.", {});
  return value as JobContent;
}
