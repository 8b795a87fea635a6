// Progress on standard error, with time left, and only on a terminal; and what a tolerance will cost, told before it is paid.
import { createRequire } from "node:module";
import type { SampleForecast } from "../index.ts";

export interface Progress {
  report(done: number, total: number, what: string): void;
  /** One line, on a terminal or not. */
  foretell(forecast: SampleForecast): void;
  stop(): void;
}

function foretell({ what, paths, enough, pathSteps, seconds }: SampleForecast): void {
  const cost = `${count(paths)} paths, ${count(pathSteps)} path-steps${seconds === undefined ? "" : `, about ${duration(seconds)} on this machine`}`;
  const text = enough ? cost : `all of ${cost}, which may not meet the tolerance`;
  process.stderr.write(`escapement: ${what}: ${text}\n`);
}

/** Two digits. */
const count = (n: number): string => (n < 1e5 ? String(Math.round(n)) : n.toExponential(1).replace("e+", "e"));

function duration(seconds: number): string {
  if (seconds < 1) return "a second";
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toPrecision(2)} h`;
}

/** A bar that appears with the first report; nothing at all where standard error is no terminal, or --quiet was given. */
export function startProgress(quiet: boolean): Progress {
  if (quiet || !process.stderr.isTTY) return { report: () => {}, foretell: quiet ? () => {} : foretell, stop: () => {} };
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
    foretell(forecast) {
      // the bar goes on below the line
      bar?.stop();
      bar = undefined;
      foretell(forecast);
    },
    stop() {
      bar?.stop();
    },
  };
}
