// Who writes into a run folder: one process at a time. Each writer makes a file named after itself (host, process, start of the process), then
// looks whether there are others: one of a living process, or of another host, and it withdraws. Because making comes before looking, of two
// that come at once at least one sees the other; because names are never used twice, removing a dead process's file cannot hit a living one's.
import { closeSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../errors.ts";
import { isAlive, type ProcessName, thisProcess } from "./process-name.ts";

const prefix = "lock-";

/**
 * Takes the folder's lock and returns what gives it back.
 * @throws InputError `node/run-folder-lock` where another process writes there
 */
export function lockFolder(folder: string): () => void {
  const self = thisProcess();
  const own = `${prefix}${self.place}-${self.pid}-${self.start}`;
  const file = join(folder, own);
  let fd: number;
  try {
    fd = openSync(file, "wx");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw refusal(folder, `this process (${process.pid})`, file);
    throw new InputError("node/run-folder", `${folder}: cannot be written: ${(error as Error).message}`, { folder });
  }
  const release = (): void => rmSync(file, { force: true });
  try {
    writeSync(fd, `${JSON.stringify({ host: self.host, pid: self.pid })}\n`);
  } catch (error) {
    release();
    throw new InputError("node/disk", `${file}: cannot be written: ${(error as Error).message}`, { folder });
  } finally {
    closeSync(fd);
  }
  for (const other of readdirSync(folder).filter((name) => name.startsWith(prefix) && name !== own)) {
    const holder = holderOf(other);
    if (holder && holder.place === self.place && !isAlive(holder)) {
      rmSync(join(folder, other), { force: true });
      continue;
    }
    release();
    const who = holder?.place === self.place ? `process ${holder.pid}` : `a process of another machine (${hostIn(folder, other)})`;
    throw refusal(folder, who, join(folder, other));
  }
  return release;
}

function refusal(folder: string, who: string, file: string): InputError {
  return new InputError(
    "node/run-folder-lock",
    `${folder}: ${who} writes into this run; one at a time. Wait for it or end it; if it is surely dead, remove ${file}.`,
    { folder, file },
  );
}

function holderOf(name: string): Omit<ProcessName, "host"> | undefined {
  const [place, pid, start] = name.slice(prefix.length).split("-");
  return place && start && /^\d+$/.test(pid ?? "") ? { place, pid: Number(pid), start } : undefined;
}

function hostIn(folder: string, name: string): string {
  try {
    return (JSON.parse(readFileSync(join(folder, name), "utf8")) as { host: string }).host;
  } catch {
    return "unknown";
  }
}
