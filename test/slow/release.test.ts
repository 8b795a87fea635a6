// What a release needs: the build is reproducible (the same tarball twice, from another folder) and the package works on Node 20 and Node 24.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "escapement-release-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Builds and packs a copy of the checkout in a folder of this name; the tarball's path. */
function packCopy(name: string): string {
  const copy = join(folder, name);
  mkdirSync(copy);
  const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { encoding: "utf8" }).trim().split("\n");
  for (const file of files) cpSync(file, join(copy, file));
  symlinkSync(resolve("node_modules"), join(copy, "node_modules"));
  // `prepack` builds
  const [packed] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--silent"], { cwd: copy, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
  );
  return join(copy, packed.filename);
}

let tarball = "";
beforeAll(() => {
  tarball = packCopy("one");
}, 600_000);

it("gives the same tarball twice, in folders of other names", () => {
  const hash = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");
  expect(hash(packCopy("another-name"))).toBe(hash(tarball));
}, 600_000);

describe.each([20, 24])("Node %d", (major) => {
  it("installs the package and answers as Node 20 does", () => {
    const user = join(folder, `user-${major}`);
    mkdirSync(user);
    writeFileSync(
      join(user, "package.json"),
      JSON.stringify({ name: "user", private: true, type: "module", allowScripts: { node: true } }),
    );
    const install = (...names: string[]) =>
      execFileSync("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", ...names], {
        cwd: user,
        stdio: "ignore",
      });
    install(tarball);
    // the npm package `node` brings a binary
    if (process.versions.node.split(".")[0] !== String(major)) install(`node@${major}`);
    const own = process.versions.node.startsWith(`${major}.`) ? process.execPath : join(user, "node_modules/node/bin/node");
    expect(execFileSync(own, ["--version"], { encoding: "utf8" })).toMatch(new RegExp(`^v${major}\\.`));
    const ask = (node: string, ...args: string[]) =>
      spawnSync(node, ["node_modules/escapement/dist/cli/main.js", ...args], { cwd: user, encoding: "utf8" });
    for (const args of [
      ["law", "quadratic", "--at", "20"],
      ["exit", "double-well", "--models", "ha-sme"],
      ["weak", "bowl", "--method", "sample", "--models", "ha-sme"],
      ["diagnose", "diabetes"],
      ["derive", "--order", "2"],
    ]) {
      const there = ask(own, ...args, "--json");
      expect(there.stderr, args[0]).toBe("");
      const answer = ({ stdout }: { stdout: string }) => ({ ...JSON.parse(stdout), performance: undefined });
      expect(answer(there), args[0]).toEqual(answer(ask(process.execPath, ...args, "--json")));
    }
    const page = join(user, "page.html");
    expect(ask(own, "compare", "maximum", "--quiet", "--report", page).status).toBe(0);
    expect(readFileSync(page, "utf8")).toContain("<svg");
    writeFileSync(
      join(user, "use.mjs"),
      `import { readProblem, law } from "escapement";
import { lawFigures } from "escapement/report";
import { createDocument } from "escapement/node";
import * as browser from "escapement/browser";
const problem = readProblem({ objective: { formula: "x^2/2" }, noise: { gaussian: { sigma: 1 } }, learningRate: 0.5, start: [1], steps: 2 });
const answer = await law(problem);
console.log(answer.result.sgd.laws.at(-1).mean[0], lawFigures(answer.result, { document: createDocument(), problem: answer.problem }).length > 0, typeof browser.law);`,
    );
    expect(spawnSync(own, ["use.mjs"], { cwd: user, encoding: "utf8" })).toMatchObject({ stderr: "", stdout: "0.25 true function\n" });
  }, 300_000);
});
