// What both sides of the BullMQ adapter share: a checked connection, names of keys, content in chunks.
import { Redis } from "ioredis";
import { InputError } from "../../errors.ts";
import type { ClusterAddress } from "../address.ts";

export const redisDefaults = {
  /** A worker that shows no life for so long has lost its task. */
  lockSeconds: 10,
  stalledSeconds: 5,
  /** The asker's hold on the queue, renewed at a third of it. */
  ownerSeconds: 10,
  /** A worker that has not said hello for so long is gone. */
  workerSeconds: 15,
  /** Content that nobody has used for so long. */
  contentSeconds: 86_400,
  chunkBytes: 1 << 20,
  /** BullMQ's scripts and the limits of streams. */
  leastVersion: [6, 2] as const,
  connectSeconds: 5,
  /** An absence of the server that is told. */
  outageSeconds: 3,
};

/** Names of the keys beside BullMQ's own. */
export const keysOf = ({ queue }: ClusterAddress) => ({
  owner: `escapement:${queue}:run`,
  worker: (name: string) => `escapement:${queue}:worker:${name}`,
  workers: `escapement:${queue}:worker:*`,
  turnedAway: (name: string) => `escapement:${queue}:turned-away:${name}`,
  content: (hash: string, chunk?: number) => `escapement:${queue}:content:${hash}${chunk === undefined ? "" : `:${chunk}`}`,
});

/** BullMQ's queue of an address. */
export const queueName = ({ queue }: ClusterAddress): string => `${queue}-tasks`;

/** Options of a connection that waits for a server that went away, as BullMQ wants it. */
export function connectionOf({ host, port, db, username, password, tls }: ClusterAddress) {
  return {
    host,
    port,
    db,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls } : {}),
    maxRetriesPerRequest: null,
    retryStrategy: (times: number) => Math.min(100 * times, 2000),
  };
}

/**
 * Connects, or says why not.
 * @throws InputError `cluster/connect` with the address, never with a password
 */
export async function connect(address: ClusterAddress): Promise<Redis> {
  const probe = new Redis({
    ...connectionOf(address),
    lazyConnect: true,
    connectTimeout: 1000 * redisDefaults.connectSeconds,
    commandTimeout: 1000 * redisDefaults.connectSeconds,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    reconnectOnError: null,
  });
  let reason = "";
  probe.on("error", (error: Error) => {
    reason ||= error.message;
  });
  try {
    await probe.connect();
    // a database that is not there would be passed over in silence for number 0
    if (address.db > 0) await probe.select(address.db);
    checkVersion(address, await probe.info("server"));
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw connectError(address, `${reason} ${(error as Error).message}`);
  } finally {
    probe.disconnect();
  }
  const redis = new Redis(connectionOf(address));
  // a server that goes away comes back or is reported by whoever waits for it; without a listener the process would end here
  redis.on("error", () => {});
  return redis;
}

function checkVersion({ shown }: ClusterAddress, info: string): void {
  const found = /^(?:valkey_version|redis_version):(.+)$/m.exec(info)?.[1]?.trim() ?? "unknown";
  const [major = 0, minor = 0] = found.split(".").map(Number);
  const [least, leastMinor] = redisDefaults.leastVersion;
  if (!(major > least || (major === least && minor >= leastMinor)))
    throw new InputError(
      "cluster/connect",
      `${shown}: found Redis version ${found}; allowed: ${least}.${leastMinor} or later (7 recommended), or Valkey. Update the server.`,
      { address: shown, found },
    );
}

function connectError({ shown, password, db, tls }: ClusterAddress, reason: string): InputError {
  const [what, next] = /WRONGPASS|NOAUTH|invalid password|AUTH/i.test(reason)
    ? [
        password ? "the password or user is wrong" : "a password is asked for",
        "give it in the address or in ESCAPEMENT_REDIS_PASSWORD (and ESCAPEMENT_REDIS_USERNAME)",
      ]
    : /ENOTFOUND|EAI_AGAIN/.test(reason)
      ? ["no such host", "check the address"]
      : /ECONNREFUSED/.test(reason)
        ? ["no Redis answers there", "start one (redis-server), or check host and port"]
        : /DB index/i.test(reason)
          ? [`it has no database ${db}`, "give one that it has (CONFIG GET databases), or none"]
          : /certificate|self-signed|altnames|unable to verify/i.test(reason)
            ? [
                "its certificate is not trusted",
                "give the file of the certificate, or of the authority that signed it, in ESCAPEMENT_REDIS_CA, and check that the host is the one it names",
              ]
            : tls && /SSL|TLS|wrong version number|EPROTO|ECONNRESET|Connection is closed|ETIMEDOUT/i.test(reason)
              ? ["no TLS there", "check the port, or try redis:// if the server has no TLS"]
              : [
                  "no Redis answers there",
                  // its protected mode answers and closes at once, so that the answer is not always read
                  "check host, port and whether it is a Redis; rediss:// if it wants TLS; a Redis without a password closes connections from other machines (start it with --requirepass)",
                ];
  return new InputError("cluster/connect", `--cluster ${shown}: ${what}; ${next}.`, { address: shown });
}

/**
 * What a server that is there answers, or in words why it does not want to.
 * @throws InputError `cluster/redis` with the address and the server's own words (full, read only, not allowed to this user)
 */
export async function answered<T>({ shown }: ClusterAddress, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if ((error as Error).name !== "ReplyError") throw error;
    // the server's words name commands and keys, never what was sent as a password
    const said = (error as Error).message.split("\n")[0]!.slice(0, 200);
    throw new InputError(
      "cluster/redis",
      `--cluster ${shown}: Redis refuses: ${said}. Give a server that this user may write to and that has memory left; what a run folder holds is kept.`,
      { address: shown, said },
    );
  }
}

/** Says `message` when a connection has been away for some seconds, once each time. */
export function tellOutages(redis: Redis, message: string, tell: (message: string) => void): { stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const back = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const away = (): void => {
    timer ??= setTimeout(() => tell(message), 1000 * redisDefaults.outageSeconds);
  };
  redis.on("close", away).on("ready", back);
  return {
    stop() {
      back();
      redis.off("close", away).off("ready", back);
    },
  };
}

/** Stores content in chunks; there already: its time is renewed. */
export async function putContent(redis: Redis, address: ClusterAddress, hash: string, content: Uint8Array): Promise<void> {
  const keys = keysOf(address);
  const { chunkBytes, contentSeconds } = redisDefaults;
  const chunks = Math.max(1, Math.ceil(content.length / chunkBytes));
  const names = Array.from({ length: chunks }, (_, chunk) => keys.content(hash, chunk));
  if ((await redis.exists(keys.content(hash), ...names)) === chunks + 1) {
    const renew = redis.pipeline();
    for (const name of [keys.content(hash), ...names]) renew.expire(name, contentSeconds);
    await renew.exec();
    return;
  }
  for (const [chunk, name] of names.entries())
    await redis.set(name, Buffer.from(content.subarray(chunk * chunkBytes, (chunk + 1) * chunkBytes)), "EX", contentSeconds);
  await redis.set(keys.content(hash), JSON.stringify({ bytes: content.length, chunks }), "EX", contentSeconds);
}

/** Fetches content; undefined where it is not there, or not whole. */
export async function getContent(redis: Redis, address: ClusterAddress, hash: string): Promise<Uint8Array | undefined> {
  const keys = keysOf(address);
  const head = await redis.get(keys.content(hash));
  if (head === null) return undefined;
  const { bytes, chunks } = JSON.parse(head) as { bytes: number; chunks: number };
  const parts: Buffer[] = [];
  for (let chunk = 0; chunk < chunks; chunk++) {
    const part = await redis.getBuffer(keys.content(hash, chunk));
    if (!part) return undefined;
    parts.push(part);
  }
  const content = Buffer.concat(parts);
  return content.length === bytes ? content : undefined;
}
