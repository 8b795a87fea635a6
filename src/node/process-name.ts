// What a process is called so that others can tell whether it still lives: where its number has a meaning, the number, and when it started, since
// numbers are given away again. Used by the lock of a run folder and by a run's hold on a queue.
import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** Plain JSON. */
export interface ProcessName {
  readonly host: string;
  /** This boot of this host, this namespace of processes: a process of another place cannot be looked for. */
  readonly place: string;
  readonly pid: number;
  /** When it started, in the kernel's ticks since boot; "0" where the system does not say. */
  readonly start: string;
}

export const thisProcess = (): ProcessName => ({
  host: hostname(),
  place: place(),
  pid: process.pid,
  start: startOf(process.pid) ?? "0",
});

/** Whether a process of this place lives; one that has its number now and began at another time is not it. */
export function isAlive({ pid, start }: Pick<ProcessName, "pid" | "start">): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: somebody else's process, so a process
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const now = startOf(pid);
  return now === undefined || start === "0" || now === start;
}

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
