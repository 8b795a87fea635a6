import { defineConfig } from "vitest/config";

// The statistical and long tests with full counts.
export default defineConfig({ test: { include: ["test/slow/**/*.test.ts"], testTimeout: 3_600_000, pool: "forks", maxWorkers: 2 } });
