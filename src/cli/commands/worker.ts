// `worker --cluster URL`: computes for the runs at an address until it is stopped (SIGINT, SIGTERM: what is in hand is finished first).
import { InputError } from "../../errors.ts";
import { availableThreads, runWorker } from "../../node.ts";
import { monotonicSeconds } from "../execution.ts";
import type { Flags } from "../problem.ts";

export async function worker(flags: Flags): Promise<number> {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  const threads = (flags["threads"] as number | undefined) ?? availableThreads();
  if (threads < 1 || threads > 1024)
    throw new InputError("cli/flag", `--threads: found ${threads}; allowed: 1 to 1024`, { flag: "--threads" });
  await runWorker(clusterOf(flags, "worker"), process.env, {
    threads,
    allowOracle: flags["allow-oracle"] === true,
    name: flags["name"] as string | undefined,
    signal: stop.signal,
    clock: monotonicSeconds,
    tell: (message) => {
      if (flags["quiet"] !== true) process.stderr.write(`escapement: ${message}\n`);
    },
  });
  return 0;
}

/** The address, which such a command cannot do without. */
export function clusterOf(flags: Flags, command: string): string {
  const url = (flags["cluster"] as string | undefined) ?? process.env["ESCAPEMENT_CLUSTER"];
  if (url === undefined)
    throw new InputError(
      "cli/flag",
      `${command}: found no --cluster; allowed: --cluster redis://HOST:PORT, or ESCAPEMENT_CLUSTER in the environment`,
      { flag: "--cluster" },
    );
  return url;
}
