// `studio`: serves the built workbench on 127.0.0.1, prints its address as the first line, opens a browser unless told not to, and stops
// on SIGINT or SIGTERM. Everything is computed in the page; this process only hands out files.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { InternalError } from "../../errors.ts";
import { serveFolder, studioFolder } from "../../node.ts";
import type { Flags } from "../problem.ts";

/** Runs until it is stopped; resolves with the exit code. */
export async function studio(flags: Flags): Promise<number> {
  const folder = studioFolder();
  if (!existsSync(folder)) throw new InternalError("cli/studio", `studio: ${folder} is missing; build it with: npm run build`, { folder });
  const server = await serveFolder(folder, (flags["port"] as number | undefined) ?? 0);
  process.stdout.write(`${server.address}\n`);
  if (flags["open"] !== false) openInBrowser(server.address);
  await new Promise<void>((stopped) => {
    process.once("SIGINT", stopped);
    process.once("SIGTERM", stopped);
  });
  await server.close();
  return 0;
}

/** Asks the desktop for its browser. Where there is none the address that was printed is enough. */
function openInBrowser(address: string): void {
  const [command, args]: [string, string[]] =
    process.platform === "darwin"
      ? ["open", [address]]
      : process.platform === "win32"
        ? ["cmd", ["/c", "start", "", address]]
        : ["xdg-open", [address]];
  const browser = spawn(command, args, { stdio: "ignore", detached: true });
  browser.on("error", () => process.stderr.write("No browser could be opened; open the address above yourself.\n"));
  browser.unref();
}
