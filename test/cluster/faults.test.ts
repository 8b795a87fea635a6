// Faults with real processes, few of each; test/slow/faults.test.ts has them in full numbers.
import { createServer } from "node:net";
import { afterAll, describe, expect, it } from "vitest";
import { killAndResume, killWorkerAndAsker, question, restartRedis, undisturbed } from "./faults.ts";
import { command, endAll, freePort } from "./processes.ts";

afterAll(endAll);
const paths = 20_000;
const { document, seconds } = await undisturbed(paths);

// a killed worker's task and a killed asker's queue are free after ten seconds each; machines that are busy take longer
describe("after a fault the bytes are those of an undisturbed run", { timeout: 180_000 }, () => {
  it("a run killed at 8 random moments and resumed", async () => {
    for (let i = 0; i < 8; i++) await killAndResume(paths, seconds * ((i + 0.5) / 8), document);
  });
  it("a worker killed in mid-task and the asker killed, with one worker's clock a day off", () => killWorkerAndAsker(paths, document));
  it("Redis restarted without its data", () => restartRedis(paths, document, false));
});

describe("an address that does not serve ends with exit code 2, the address and no password", () => {
  const refused = async (url: string): Promise<string> => {
    const { status, stdout, stderr } = await command([...question(2000), "--cluster", url]).ended;
    expect(status).toBe(2);
    expect(stdout + stderr).not.toContain("secret-word");
    return stderr;
  };
  it("nothing there", async () => {
    const port = await freePort();
    expect(await refused(`redis://:secret-word@127.0.0.1:${port}`)).toMatch(new RegExp(`127.0.0.1:${port}: no Redis answers there`));
  });
  it("an old Redis", async () => {
    // answers every command of a handshake as a server of version 5 would
    const server = createServer((socket) =>
      socket.on("data", (data) => {
        const info = "# Server\r\nredis_version:5.0.14\r\n";
        for (const name of data.toString().match(/info|client|select|hello|ping/gi) ?? [])
          socket.write(/info/i.test(name) ? `$${info.length}\r\n${info}\r\n` : "+OK\r\n");
      }),
    );
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    expect(await refused(`redis://127.0.0.1:${port}`)).toMatch(/found Redis version 5.0.14; allowed: 6.2/);
    server.close();
  });
});
