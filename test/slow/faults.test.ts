// Faults with real processes, in full numbers.
import { afterAll, it } from "vitest";
import { killAndResume, killWorkerAndAsker, restartRedis, undisturbed } from "../cluster/faults.ts";
import { endAll } from "../cluster/processes.ts";

afterAll(endAll);
const paths = 60_000;
const { document, seconds } = await undisturbed(paths);

it("a run killed at 50 moments and resumed", async () => {
  for (let i = 0; i < 50; i++) await killAndResume(paths, seconds * ((i + 0.5) / 50), document);
});
it("workers and askers killed, ten times", async () => {
  for (let i = 0; i < 10; i++) await killWorkerAndAsker(paths, document);
});
it("Redis restarted with and without its data, five times each", async () => {
  for (let i = 0; i < 10; i++) await restartRedis(paths, document, i % 2 === 0);
});
