// Loaded before the command (node --import): ends the process with SIGKILL in the midst of keeping the journal's n-th record, at the point that
// KILL_AT names: torn:n when half of its bytes are written, unsynced:n when all are and none is on the disk, kept:n when it is.
import fs, { readlinkSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { isMainThread } from "node:worker_threads";

const [point, wanted] = (process.env.KILL_AT ?? ":").split(":");
let written = 0;
const isJournal = (fd) => {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`).endsWith("/journal");
  } catch {
    return false;
  }
};
/** Nothing after this line runs. */
const end = () => process.kill(process.pid, "SIGKILL");

if (isMainThread && point) {
  const { writeSync, fdatasyncSync } = fs;
  fs.writeSync = (fd, bytes, offset, length, position) => {
    if (!isJournal(fd) || ++written !== Number(wanted) || point !== "torn") return writeSync(fd, bytes, offset, length, position);
    writeSync(fd, bytes, offset, Math.floor(length / 2), position);
    end();
  };
  fs.fdatasyncSync = (fd) => {
    const here = isJournal(fd) && written === Number(wanted);
    if (here && point === "unsynced") end();
    fdatasyncSync(fd);
    if (here && point === "kept") end();
  };
  syncBuiltinESMExports();
}
