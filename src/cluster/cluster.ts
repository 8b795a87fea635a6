// Distributed runs for whoever has an address: the asker's engine, the worker, the state. BullMQ and ioredis are optional packages, loaded here.

import type { PieceRunner } from "../ensemble/pieces.ts";
import type { Engine } from "../ensemble/run.ts";
import { InputError } from "../errors.ts";
import type { ClusterStatus } from "./adapters/bullmq.ts";
import type { WorkerOptions } from "./adapters/bullmq-worker.ts";
import { readAddress } from "./address.ts";
import { type ClusterOptions, clusterPieces } from "./pieces.ts";
import { selfTestBits } from "./self-test.ts";

type Environment = { readonly [name: string]: string | undefined };

export interface Cluster {
  readonly pieces: PieceRunner;
  close(): Promise<void>;
}

export interface OpenOptions extends Omit<ClusterOptions, "bits"> {
  /** What this run is, for others that want the queue. */
  readonly what: string;
  /** This machine's engine: its self-test gives the bits that workers must have. */
  readonly engine: Engine;
}

/**
 * Takes the queue at an address for a run.
 * @throws InputError `cluster/address`, `cluster/connect`, `cluster/owned`, `cluster/packages`
 */
export async function openCluster(url: string, environment: Environment, options: OpenOptions): Promise<Cluster> {
  const address = readAddress(url, environment);
  const { openBullQueue } = await adapter(() => import("./adapters/bullmq.ts"));
  const queue = await openBullQueue(address, options);
  return { pieces: clusterPieces(queue, { ...options, bits: await selfTestBits(options.engine) }), close: () => queue.close() };
}

/** Works for the runs at an address until the signal is aborted. */
export async function runWorker(url: string, environment: Environment, options: WorkerOptions): Promise<void> {
  const address = readAddress(url, environment);
  const { runBullWorker } = await adapter(() => import("./adapters/bullmq-worker.ts"));
  return runBullWorker(address, options);
}

/** Who is at an address, and what is to be done there. */
export async function clusterStatus(url: string, environment: Environment): Promise<ClusterStatus> {
  const address = readAddress(url, environment);
  const bullmq = await adapter(() => import("./adapters/bullmq.ts"));
  return bullmq.clusterStatus(address);
}

async function adapter<M>(load: () => Promise<M>): Promise<M> {
  try {
    return await load();
  } catch (error) {
    if ((error as { code?: string }).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new InputError(
      "cluster/packages",
      "Distributed runs need two more packages, which are not installed: npm install bullmq@6.7.0 ioredis@6.0.0",
      {},
    );
  }
}
