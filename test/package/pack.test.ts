// The packed tarball, installed into an empty folder: the command, the entries, their types, and what the package lists check.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "escapement-pack-"));
let tarball = "";
const call = (command: string, args: string[], cwd = folder) => spawnSync(command, args, { cwd, encoding: "utf8" });

beforeAll(() => {
  const [packed] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], { encoding: "utf8" }),
  );
  tarball = join(folder, packed.filename);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "user", private: true, type: "module" }));
  const installed = call("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", tarball]);
  if (installed.status !== 0) throw new Error(installed.stderr);
}, 300_000);

describe("the tarball", () => {
  it("has a working command", () => {
    const { status, stdout, stderr } = call("npx", ["--no-install", "escapement", "law", "quadratic", "--at", "20", "--json"]);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(JSON.parse(stdout).result.models["ha-sme"].exists).toBe(true);
  });
  it("has working entries", () => {
    writeFileSync(
      join(folder, "use.mjs"),
      `import { readProblem, law, models } from "escapement";
import { compareTable } from "escapement/report";
import { createDocument } from "escapement/node";
const problem = readProblem({ objective: { formula: "x^2/2" }, noise: { gaussian: { sigma: 1 } }, learningRate: 0.5, start: [1], steps: 2 });
const { result } = await law(problem);
console.log(JSON.stringify([models.map((m) => m.id), result.sgd.laws.at(-1).mean, typeof compareTable, typeof createDocument]));`,
    );
    const { stdout, stderr } = call(process.execPath, ["use.mjs"]);
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual([
      ["gradient-flow", "sme1", "sme2", "spf", "ha-sme", "ha-sme-3", "ha-sme-4"],
      [0.25],
      "function",
      "function",
    ]);
  });
  it("has types that a strict user compiles against", () => {
    writeFileSync(
      join(folder, "use.ts"),
      `import { readProblem, weak } from "escapement";\nconst a = await weak(readProblem({}), { etas: [0.1] });\nexport const order: number | undefined = a.result.tests[0]?.orders["ha-sme"]?.value;\n`,
    );
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: { strict: true, module: "NodeNext", target: "ES2022", noEmit: true, skipLibCheck: true, types: [] },
        files: ["use.ts"],
      }),
    );
    const { status, stdout } = call(resolve("node_modules/.bin/tsc"), ["-p", folder]);
    expect(stdout).toBe("");
    expect(status).toBe(0);
  });
  it("publint and attw find nothing", () => {
    const lint = call(resolve("node_modules/.bin/publint"), [tarball, "--strict"]);
    expect(`${lint.stdout}${lint.stderr}`).toMatch(/All good/);
    // this package is ESM only: CommonJS callers need import(), which attw counts as a fault of theirs
    const attw = call(resolve("node_modules/.bin/attw"), [tarball, "--profile", "esm-only"]);
    expect(attw.status).toBe(0);
    expect(attw.stdout).toContain("node16 (from ESM): 🟢 (ESM)");
  });
  it("holds the licence, the gallery and the schema, and no tests", () => {
    const files = execFileSync("tar", ["tzf", tarball], { encoding: "utf8" }).split("\n");
    for (const file of [
      "LICENSE",
      "README.md",
      "CHANGELOG.md",
      "schema/problem.schema.json",
      "examples/double-well.json",
      "examples/data/diabetes.csv",
    ])
      expect(files).toContain(`package/${file}`);
    expect(files.filter((f) => /^package\/(test|shared)\//.test(f))).toEqual([]);
    expect(readFileSync(tarball).length).toBeLessThan(2e6);
  });
});
