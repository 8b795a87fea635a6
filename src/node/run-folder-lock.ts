// Who writes into a run folder: one process at a time. Each writer makes a file named after itself (host, process, start of the process), then
// looks whether there are others: one of a living process, or of another host, and it withdraws. Because making comes before looking, of two
// that come at once at least one sees the other; because names are never used twice, removing a dead process's file cannot hit a living one's.
import { createHash } from "node:crypto";
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, rmSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { InputError } from "../errors.ts";

const prefix = "lock-";

/**
 * Takes the folder's lock and returns what gives it back.
 * @throws InputError `node/run-folder-lock` where another process writes there
 */
export function lockFolder(folder: string): () => void {
  const own = `${prefix}${place()}-${process.pid}-${startOf(process.pid) ?? "0"}`;
  const file = join(folder, own);
  let fd: number;
  try {
    fd = openSync(file, "wx");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw refusal(folder, `this process (${process.pid})`, file);
    throw new InputError("node/run-folder", `${folder}: cannot be written: ${(error as Error).message}`, { folder });
  }
  writeSync(fd, `${JSON.stringify({ host: hostname(), pid: process.pid })}\n`);
  closeSync(fd);
  const release = (): void => rmSync(file, { force: true });
  for (const other of readdirSync(folder).filter((name) => name.startsWith(prefix) && name !== own)) {
    const holder = holderOf(other);
    if (holder && holder.place === place() && !isAlive(holder)) {
      rmSync(join(folder, other), { force: true });
      continue;
    }
    release();
    const who = holder?.place === place() ? `process ${holder.pid}` : `a process of another machine (${hostIn(folder, other)})`;
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

interface Holder {
  readonly place: string;
  readonly pid: number;
  readonly start: string;
}

function holderOf(name: string): Holder | undefined {
  const [place, pid, start] = name.slice(prefix.length).split("-");
  return place && start && /^\d+$/.test(pid ?? "") ? { place, pid: Number(pid), start } : undefined;
}

function isAlive({ pid, start }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: somebody else's process, so a process
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const now = startOf(pid);
  return now === undefined || start === "0" || now === start;
}

/** When a process started, in the kernel's ticks since boot: a number that was given away again is another process. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // fields after the name, which may hold spaces and brackets; the 22nd of all
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // a zombie runs no more
    return fields[0] === "Z" ? "zombie" : fields[19];
  } catch {
    return undefined;
  }
}

/** Where process numbers have a meaning: this boot of this host, this namespace of processes. */
function place(): string {
  const read = (of: () => string): string => {
    try {
      return of();
    } catch {
      return "";
    }
  };
  const boot = read(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8"));
  const namespace = read(() => readlinkSync("/proc/self/ns/pid"));
  return createHash("sha256")
    .update(JSON.stringify([hostname(), boot, namespace]))
    .digest("hex")
    .slice(0, 12);
}

function hostIn(folder: string, name: string): string {
  try {
    return (JSON.parse(readFileSync(join(folder, name), "utf8")) as { host: string }).host;
  } catch {
    return "unknown";
  }
}
