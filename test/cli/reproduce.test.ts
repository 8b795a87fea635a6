// `reproduce` as the command: document, exit codes, an interrupt that keeps what is finished.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folder, json, main, run } from "./command.ts";

describe("reproduce", () => {
  it("one claim as a document: figures with errors, a verdict and why, what is untested", () => {
    const document = json(["reproduce", "networks", "--quick"]);
    const [claim] = document.result.claims;
    expect(claim).toMatchObject({ id: "networks", verdict: expect.stringMatching(/^(holds|holds-with-limit|does-not-hold)$/) });
    expect(claim.measured.length).toBeGreaterThan(5);
    for (const { value } of claim.measured) expect(Number.isFinite(value.value) && value.error >= 0).toBe(true);
    expect(document.result.untested.length).toBeGreaterThan(0);
  });
  it("text and page", () => {
    const { status, stdout } = run(["reproduce", "escape-barrier", "--quick", "--report", "claims.html"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/DOES NOT HOLD: Escape over a barrier/);
    expect(readFileSync(join(folder, "claims.html"), "utf8")).toContain("Escape over a barrier");
  });
  it("an unknown name: the list, exit code 2", () => {
    const { status, stdout, stderr } = run(["reproduce", "weak-ordr"]);
    expect(status).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/allowed: weak-order, smoothness.*Did you mean weak-order/);
  });
  it("interrupted: exit code 130, the document and the page of what is finished", async () => {
    const child = spawn(process.execPath, [main, "reproduce", "quadratic-law", "earlier-models", "--json", "--report", "part.html"], {
      cwd: folder,
    });
    let stdout = "";
    child.stdout.on("data", (chunk) => (stdout += chunk));
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    // nothing may have been finished yet: then nothing is shown
    if (stdout !== "") {
      expect(JSON.parse(stdout).result.unfinished).toContain("earlier-models");
      expect(existsSync(join(folder, "part.html"))).toBe(true);
    }
  }, 60_000);
});
