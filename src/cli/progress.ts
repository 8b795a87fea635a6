// Progress on standard error, with time left, and only on a terminal.
import { createRequire } from "node:module";

export interface Progress {
  report(done: number, total: number, what: string): void;
  stop(): void;
}

/** A bar that appears with the first report; nothing at all where standard error is no terminal, or --quiet was given. */
export function startProgress(quiet: boolean): Progress {
  if (quiet || !process.stderr.isTTY) return { report: () => {}, stop: () => {} };
  let bar:
    | {
        start(total: number, value: number, payload: object): void;
        update(value: number, payload: object): void;
        setTotal(total: number): void;
        stop(): void;
      }
    | undefined;
  return {
    report(done, total, what) {
      if (!bar) {
        // loaded here: most answers come before a bar is worth its import
        const cliProgress = createRequire(import.meta.url)("cli-progress") as typeof import("cli-progress");
        bar = new cliProgress.SingleBar({
          format: "{bar} {percentage} %  {eta_formatted} left  {what}",
          stream: process.stderr,
          clearOnComplete: true,
          hideCursor: true,
        });
        bar.start(total, done, { what });
      }
      bar.setTotal(total);
      bar.update(done, { what });
    },
    stop() {
      bar?.stop();
    },
  };
}
