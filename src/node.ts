// `escapement/node`: what needs Node: files, a document to draw into.

export { type Cluster, clusterStatus, openCluster, runWorker } from "./cluster/cluster.ts";
export { pathsPerBlock } from "./ensemble/ensemble.ts";
export { engineOfPieces, inPieces } from "./ensemble/pieces.ts";
export { createDocument } from "./node/document.ts";
export { galleryFolder, readProblemAt, readRaw, studioFolder, writePage, writeText } from "./node/files.ts";
export { type NetworkPoolOptions, networkPool } from "./node/network-pool.ts";
export { type Oracle, type OracleDescription, type OracleOptions, openOracle } from "./node/oracle.ts";
export { oracleObjective } from "./node/oracle-objective.ts";
export { checkPathFile, openPathFile, type PathFile, pathEndings } from "./node/path-file.ts";
export type { PathShape } from "./node/path-format.ts";
export { type PoolOptions, poolEngine } from "./node/pool.ts";
export { collectFiles, namedFiles, withFilesAt } from "./node/problem-files.ts";
export { type BlockStore, blockStore, contentHash, durableEngine, partialEngine, replayEngine } from "./node/run-blocks.ts";
export { createRun, listRuns, type RunFolder, type RunRecord, readRun, resumeRun } from "./node/run-folder.ts";
export type { RunQuestion, Shard } from "./node/run-question.ts";
export { mergeShards, readShard, shardEngine } from "./node/shard.ts";
export { type StaticServer, securityHeaders, serveFolder } from "./node/static-server.ts";
export { availableThreads } from "./node/threads.ts";
export { readTensors, writeTensors, writeWeights } from "./node/weights.ts";
