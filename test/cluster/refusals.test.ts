// What does not serve ends with exit code 2, the address or folder, and what to do; no message holds a password, not even with ESCAPEMENT_DEBUG.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { question } from "./faults.ts";
import { command, endAll, folder, freePort, kill, redisServer, stop, timeless, untilSaid, worker } from "./processes.ts";

afterAll(endAll);
const ask = question(3000);
const secret = "secret-word";

/** What a command says that ends with exit code 2. */
async function refused(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const { status, stdout, stderr } = await command(args, { ESCAPEMENT_DEBUG: "1", ...env }).ended;
  expect(stdout + stderr).not.toContain(secret);
  expect(status, stderr).toBe(2);
  return stderr;
}
const refusedAt = (url: string, env: Record<string, string> = {}): Promise<string> => refused([...ask, "--cluster", url], env);

async function listening(answer: (data: Buffer) => string): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((socket) => socket.on("error", () => {}).on("data", (data) => socket.write(answer(data))));
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return { server, port };
}

// most of the time is that of processes which start and wait: two tests at once
describe.concurrent("an address", { timeout: 240_000 }, () => {
  it("where nothing is, is refused to askers, workers and status", async () => {
    const port = await freePort();
    const url = `redis://:${secret}@127.0.0.1:${port}`;
    const nothing = new RegExp(`127.0.0.1:${port}: no Redis answers there; start one \\(redis-server\\), or check host and port`);
    expect(await refusedAt(url)).toMatch(nothing);
    expect(await refused(["worker", "--cluster", url])).toMatch(nothing);
    expect(await refused(["status", "--cluster", url])).toMatch(nothing);
    expect(await refusedAt(`redis://:${secret}@no-such-host.invalid`)).toMatch(/no-such-host.invalid:6379: no such host; check/);
  });

  it("of an old Redis is refused with its version", async () => {
    // answers every command of a handshake as a server of version 5 would
    const { server, port } = await listening((data) => {
      const info = "# Server\r\nredis_version:5.0.14\r\n";
      const names = data.toString().match(/info|client|select|hello|ping/gi) ?? [];
      return names.map((name) => (/info/i.test(name) ? `$${info.length}\r\n${info}\r\n` : "+OK\r\n")).join("");
    });
    expect(await refusedAt(`redis://127.0.0.1:${port}`)).toMatch(/found Redis version 5.0.14; allowed: 6.2 or later.*Update the server/);
    server.close();
  });

  it("of something else, or of what stays silent, is refused", async () => {
    const web = await listening(() => "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
    const silent = await listening(() => "");
    for (const { port } of [web, silent])
      expect(await refusedAt(`redis://127.0.0.1:${port}`)).toMatch(
        new RegExp(`127.0.0.1:${port}: no Redis answers there; check host, port.*start it with --requirepass`),
      );
    web.server.close();
    silent.server.close();
  });

  it("with a wrong password, without one, with a wrong user or database is refused; the right one in the environment serves", async () => {
    const port = await freePort();
    const redis = await redisServer(port, { password: `right-${secret}` });
    const at = (start: string, end = ""): string => `redis://${start}127.0.0.1:${port}${end}`;
    expect(await refusedAt(at(`:wrong-${secret}@`))).toMatch(
      /password or user is wrong; give it in the address or in ESCAPEMENT_REDIS_PASSWORD/,
    );
    expect(await refusedAt(at(`somebody:right-${secret}@`))).toMatch(/password or user is wrong/);
    expect(await refusedAt(at(""))).toMatch(/a password is asked for; give it/);
    expect(await refusedAt(at(`:%zz${secret}@`))).toMatch(/a % that begins no code/);
    expect(await refusedAt(at(`:right-${secret}@`, "/99"))).toMatch(/no database 99; give one that it has/);
    const status = await command(["status", "--cluster", at("")], { ESCAPEMENT_REDIS_PASSWORD: `right-${secret}` }).ended;
    expect(status.status, status.stderr).toBe(0);
    expect(status.stdout).toMatch(/no run/);
    await stop(redis);
  });

  it("of a server that may not be written to is refused with its own words", async () => {
    const port = await freePort();
    const redis = await redisServer(port, { more: ["--replicaof", "127.0.0.1", "1"] });
    expect(await refusedAt(`redis://127.0.0.1:${port}`)).toMatch(/Redis refuses: .*read only replica.*Give a server that/);
    await stop(redis);
  });

  it("whose queue another run has is refused with the name of that run; a killed run's queue is free", async () => {
    const port = await freePort();
    const redis = await redisServer(port);
    const url = `redis://127.0.0.1:${port}`;
    const first = command([...ask, "--cluster", url]);
    await untilSaid(first, /no worker is at/);
    const { stdout } = await command(["status", "--cluster", url]).ended;
    expect(stdout).toMatch(/law quartic \(process \d+ on .*no workers; start some/s);
    expect(await refusedAt(url)).toMatch(
      new RegExp(`the queue "escapement" is in use by another run \\(law quartic, process ${first.child.pid} on .*\\?queue=NAME`),
    );
    // a queue of its own serves at the same time
    const beside = await worker(`${url}?queue=mine`, { name: "beside" });
    const second = await command([...ask, "--cluster", `${url}?queue=mine`]).ended;
    expect(second.status, second.stderr).toBe(0);
    await kill(first);
    const one = await worker(url, { name: "one" });
    const third = await command([...ask, "--cluster", url]).ended;
    expect(third.status, third.stderr).toBe(0);
    expect(timeless(third.stdout)).toBe(timeless(second.stdout));
    await stop(beside, one);
    await stop(redis);
  });

  it("with TLS serves where the certificate is known, and is refused elsewhere", async () => {
    const [key, certificate] = [join(folder, "tls.key"), join(folder, "tls.crt")];
    const names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
    execFileSync(
      "openssl",
      ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", certificate, ...names],
      {
        stdio: "ignore",
      },
    );
    const [port, plainPort] = [await freePort(), await freePort()];
    const redis = await redisServer(port, { password: secret, tls: { key, certificate } });
    const plain = await redisServer(plainPort);
    const url = `rediss://:${secret}@127.0.0.1:${port}`;
    const known = { ESCAPEMENT_REDIS_CA: certificate };
    expect(await refusedAt(url)).toMatch(/certificate is not trusted; give the file .* in ESCAPEMENT_REDIS_CA/);
    expect(await refusedAt(`rediss://:${secret}@localhost:${port}`, known)).toMatch(
      /certificate is not trusted.*the host is the one it names/,
    );
    expect(await refusedAt(url, { ESCAPEMENT_REDIS_CA: join(folder, "nowhere.crt") })).toMatch(
      /ESCAPEMENT_REDIS_CA: .*nowhere.crt: cannot be read/,
    );
    expect(await refusedAt(`redis://:${secret}@127.0.0.1:${port}`)).toMatch(/no Redis answers there; .*rediss:\/\/ if it wants TLS/);
    expect(await refusedAt(`rediss://127.0.0.1:${plainPort}`)).toMatch(/no TLS there; check the port, or try redis:/);
    const one = await worker(url, { name: "one", env: known });
    const { status, stdout, stderr } = await command([...ask, "--cluster", url], known).ended;
    expect(status, stderr).toBe(0);
    expect(timeless(stdout)).toBe(timeless((await command(ask).ended).stdout));
    expect(stdout + stderr + one.said()).not.toContain(secret);
    expect(await stop(one)).toEqual([0]);
    await stop(redis, plain);
  });

  it("is told without its password where it is mistyped or misplaced", async () => {
    const url = `redis://me:${secret}@127.0.0.1`;
    await refused([...ask, `--clustr=${url}`]);
    await refused(["law", url]);
    await refused(["show", url]);
    await refused([...ask, "--run", url, "--resume", url]);
    await refused([...ask, "--cluster", `redis://:${secret}/${secret}@127.0.0.1`]);
  });
});

describe.concurrent("a folder that is no run folder", { timeout: 240_000 }, () => {
  it("is refused by its name", async () => {
    const [text, full, foreign] = [join(folder, "a-file"), join(folder, "full"), join(folder, "foreign")];
    writeFileSync(text, "text");
    for (const path of [full, foreign]) mkdirSync(path);
    writeFileSync(join(full, "letter.txt"), "dear reader");
    writeFileSync(join(foreign, "journal"), "of somebody's travels");
    expect(await refused([...ask, "--run", text])).toMatch(/a-file: .*a new or an empty folder/);
    expect(await refused([...ask, "--run", join(text, "below")])).toMatch(/below: cannot be made/);
    expect(await refused([...ask, "--run", full])).toMatch(/full: holds other files \(letter.txt\); give a new or an empty folder/);
    for (const command of [["show"], ["merge"], [...ask, "--resume"]]) {
      expect(await refused([...command, full])).toMatch(/full: no run is there/);
      expect(await refused([...command, text])).toMatch(/a-file: no run is there/);
      expect(await refused([...command, join(folder, "nowhere")])).toMatch(/nowhere: no run is there/);
      expect(await refused([...command, foreign])).toMatch(/foreign: this is no run folder of this version/);
    }
    expect(await refused(["runs", join(folder, "nowhere")])).toMatch(/nowhere: cannot be read/);
  });

  it("is not for files of paths: --out says why", async () => {
    const problem = ask[1]!;
    for (const other of ["--run", "--resume", "--cluster"])
      expect(await refused(["paths", problem, "--out", "p.csv", other, "redis://h"])).toMatch(
        new RegExp(`--out with ${other}: found both; allowed: one. Run folders and clusters keep and send figures`),
      );
  });
});
