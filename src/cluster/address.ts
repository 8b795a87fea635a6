// Where a cluster's Redis is: redis:// or rediss:// (TLS) with host, port, database, ?queue=NAME to have several queues on one server, and
// ?seconds=30 for larger tasks. User and
// password stand in the URL or in the environment (ESCAPEMENT_REDIS_USERNAME, ESCAPEMENT_REDIS_PASSWORD, ESCAPEMENT_REDIS_CA: a file of
// certificates); they are never part of a message.
import { readFileSync } from "node:fs";
import { InputError } from "../errors.ts";

export interface ClusterAddress {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly queue: string;
  /** Work of a task, in seconds of one thread. */
  readonly taskSeconds: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: { readonly ca?: string };
  /** For messages: the address without user and password. */
  readonly shown: string;
}

/** @throws InputError `cluster/address`, without what may be a password */
export function readAddress(text: string, environment: { readonly [name: string]: string | undefined }): ClusterAddress {
  const refuse = (found: string): never => {
    throw new InputError(
      "cluster/address",
      `--cluster: found ${found}; allowed: redis://HOST:PORT or rediss://HOST:PORT (TLS), with /DATABASE, ?queue=NAME and ?seconds=WORK of a task if need be`,
      {},
    );
  };
  const url = URL.canParse(text) ? new URL(text) : refuse("no address (not repeated here: it may hold a password)");
  if (url.protocol !== "redis:" && url.protocol !== "rediss:") refuse(`an address of ${url.protocol}//`);
  if (!url.hostname) refuse("no host");
  const db = url.pathname.length > 1 ? Number(url.pathname.slice(1)) : 0;
  if (!Number.isInteger(db) || db < 0) refuse(`database ${url.pathname.slice(1)}`);
  const queue = url.searchParams.get("queue") ?? "escapement";
  if (!/^[\w.-]{1,64}$/.test(queue)) refuse(`queue ${queue}`);
  const taskSeconds = Number(url.searchParams.get("seconds") ?? 5);
  if (!(taskSeconds >= 0.01 && taskSeconds <= 3600)) refuse(`tasks of ${url.searchParams.get("seconds")} seconds`);
  const port = Number(url.port || 6379);
  const decoded = (part: string): string => {
    try {
      return decodeURIComponent(part);
    } catch {
      return refuse("a user or password with a % that begins no code (% itself is written %25)");
    }
  };
  const username = decoded(url.username) || environment["ESCAPEMENT_REDIS_USERNAME"];
  const password = decoded(url.password) || environment["ESCAPEMENT_REDIS_PASSWORD"];
  const ca = environment["ESCAPEMENT_REDIS_CA"];
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port,
    db,
    queue,
    taskSeconds,
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    ...(url.protocol === "rediss:" ? { tls: ca ? { ca: readCertificates(ca) } : {} } : {}),
    shown: `${url.protocol}//${url.hostname}:${port}${db ? `/${db}` : ""}${queue === "escapement" ? "" : `?queue=${queue}`}`,
  };
}

function readCertificates(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new InputError("cluster/address", `ESCAPEMENT_REDIS_CA: ${path}: cannot be read: ${(error as Error).message}`, { path });
  }
}
