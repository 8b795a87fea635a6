// Claims measured by their own code: figures with errors, verdicts that follow from them, unknown names, interrupts, page and table. The claims that
// need no sampling and no data files are run here; all of them by the command (test/cli).
import { describe, expect, it } from "vitest";
import type { ReproduceResult } from "../../src/answer/index.ts";
import { claims, reproduce } from "../../src/claim/index.ts";
import { thirdIntegral } from "../../src/claim/path-integrals.ts";
import { formulaProblem, smoothDoubleWell, smoothDoubleWellMinimum } from "../../src/claim/problems.ts";
import { verdictOf } from "../../src/claim/verdict.ts";
import { createDocument } from "../../src/node/document.ts";
import { sampling } from "../../src/question/sampling.ts";
import { claimsPage } from "../../src/report/claims-page.ts";
import { claimsTable } from "../../src/report/claims-table.ts";

const gallery = () => Promise.reject(new Error("no data here"));
const context = { quick: true, sampling, gallery };
const measured = reproduce({ ...context, claims: ["quadratic-law", "escape-barrier", "quasi-potential"] });
const claim = async (id: string) => (await measured).result.claims.find((each) => each.id === id)!;
const figure = async (id: string, name: string) => {
  const found = (await claim(id)).measured.find((each) => each.name === name);
  if (!found) throw new Error(`no figure ${name}`);
  return found.value;
};

describe("the list", () => {
  it("has every claim once, with a source that names version and sentence", () => {
    expect(new Set(claims.map(({ id }) => id)).size).toBe(claims.length);
    expect(claims.length).toBeGreaterThanOrEqual(8);
    for (const { source } of claims) expect(source).toMatch(/^(arXiv:2405\.18373, abstract of v.*sentence \d|ours)/);
  });
  it("what only v3 has says so", () => {
    for (const id of ["networks", "escape-barrier", "quasi-potential"])
      expect(claims.find((c) => c.id === id)!.source).toContain("not in v1");
  });
});

describe("figures and verdicts", () => {
  it("every figure is finite with an error, every verdict is that of the tests", async () => {
    const { result } = await measured;
    expect(result.claims).toHaveLength(3);
    for (const each of result.claims) {
      expect(each.measured.length).toBeGreaterThan(3);
      for (const { value } of each.measured) expect(Number.isFinite(value.value) && value.error >= 0).toBe(true);
      expect(each.verdict).toBe(verdictOf(each.tests));
      expect(each.why.length).toBeGreaterThan(40);
    }
    expect(result.untested.length).toBeGreaterThan(3);
  });
  it("over the barrier: the ratios of theory, section 5 (three digits)", async () => {
    const table: [string, string, number][] = [
      ["eta 0.1, sigma 1.2", "sme1", 1.038],
      ["eta 0.1, sigma 1.2", "ha-sme", 0.842],
      ["eta 0.2, sigma 0.9", "ha-sme", 0.725],
      ["eta 0.4, sigma 0.6", "spf", 2.312],
      ["eta 0.4, sigma 0.6", "ha-sme-3", 0.933],
    ];
    for (const [well, model, ratio] of table)
      expect(Math.abs((await figure("escape-barrier", `${well}: ${model} over SGD`)).value - ratio)).toBeLessThan(5.1e-4);
    expect((await claim("escape-barrier")).verdict).toBe("does-not-hold");
  });
  it("on quadratics: exact to rounding by the independent route, and rank-deficient noise never embeds", async () => {
    expect((await figure("quadratic-law", "HA-SME, largest relative gap of the joint law of (x_1 .. x_6)")).value).toBeLessThan(1e-12);
    // 5e-3: the earlier models are off by that at least on every member, so that the route could have seen a wrong model
    expect((await figure("quadratic-law", "spf, least relative gap of the joint law")).value).toBeGreaterThan(5e-3);
    for (const d of [2, 3, 5])
      expect((await figure("quadratic-law", `share of quadratics where D D^T is not psd: d - 1 samples, d = ${d}`)).value).toBe(1);
    expect((await claim("quadratic-law")).verdict).toBe("holds-with-limit");
  });
  it("exponents: slopes of measured times against the formula", async () => {
    for (const id of ["sgd", "sme1", "spf", "ha-sme", "ha-sme-3"]) {
      const [own, theory] = [
        await figure("quasi-potential", `${id}: exponent W v, measured`),
        await figure("quasi-potential", `${id}: exponent W v, theory`),
      ];
      expect(Math.abs(own.value - theory.value)).toBeLessThan(own.error + theory.error);
    }
  });
  it("J of the double well: the integral by another rule (midpoints)", () => {
    const { objective } = formulaProblem({ formula: smoothDoubleWell, variables: ["x"], sigma: 1, eta: 0.1, start: [-1], steps: 1 });
    const first = (x: number) => x - 3 * x * Math.exp(-x * x);
    const third = (x: number) => Math.exp(-x * x) * 1.5 * (12 * x - 8 * x ** 3);
    const n = 20000;
    const h = -smoothDoubleWellMinimum / n;
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const x = smoothDoubleWellMinimum + (i + 0.5) * h;
      sum += h * third(x) * first(x) ** 2;
    }
    // midpoints: h^2 (b - a) max|f''|/24 = 2e-8
    expect(Math.abs(thirdIntegral(objective, smoothDoubleWellMinimum, 0) - sum)).toBeLessThan(2e-8);
  });
});

describe("names, interrupts, seeds", () => {
  it("an unknown name lists the names", async () => {
    await expect(reproduce({ ...context, claims: ["quadratic"] })).rejects.toMatchObject({ code: "claim/unknown", exitCode: 2 });
    await expect(reproduce({ ...context, claims: ["quadratic"] })).rejects.toThrow(/weak-order, smoothness, quadratic-law/);
  });
  it("interrupted: what is finished comes with the error", async () => {
    const abort = new AbortController();
    const running = reproduce({
      ...{ ...context, signal: abort.signal, claims: ["quadratic-law", "quasi-potential"] },
      onProgress: (done) => done === 1 && abort.abort(),
    });
    const error = await running.then(
      () => null,
      (e: { code: string; exitCode: number; details: { answer: { result: ReproduceResult } } }) => e,
    );
    expect(error).toMatchObject({ code: "claim/interrupted", exitCode: 130 });
    expect(error!.details.answer.result.claims.map(({ id }) => id)).toEqual(["quadratic-law"]);
    expect(error!.details.answer.result.unfinished).toEqual(["quasi-potential"]);
  });
  it("the same seed gives the same document", async () => {
    const again = await reproduce({ ...context, claims: ["quadratic-law"] });
    expect(JSON.stringify(again.result.claims[0])).toBe(JSON.stringify(await claim("quadratic-law")));
  });
});

describe("page and table", () => {
  it("the page has each claim, verdict and figure, and fetches nothing", async () => {
    const page = claimsPage(await measured, { document: createDocument(), command: "npx escapement reproduce" });
    for (const { id, title, charts } of (await measured).result.claims) {
      expect(page).toContain(`id="${id}"`);
      expect(page).toContain(title);
      for (const { kind } of charts) expect(page).toContain(`id="${id}-${kind}"`);
    }
    expect(page).toContain("does not hold");
    expect(page).toContain("Not tested");
    expect(page).not.toMatch(/<(?:script|img|link)[^>]+(?:src|href)=/);
  });
  it("the table is no wider than asked, and tells verdicts against anyone in full", async () => {
    const table = claimsTable(await measured, { width: 80 });
    for (const line of table.split("\n")) expect([...line].length).toBeLessThanOrEqual(80);
    expect(table).toMatch(/DOES NOT HOLD: Escape over a barrier/);
    expect(table).toContain("NOT TESTED");
  });
});
