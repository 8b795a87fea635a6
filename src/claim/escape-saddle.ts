// Claim: near a stationary point that a quadratic approximates, HA-SME predicts how SGD escapes. Mean exit times, all watched at t = k eta: from
// maxima and saddles, quadratic (where the ratio to SGD's must be 1) and not, without a barrier in the way. One dimension is solved, two are sampled.
import type { Estimate } from "../answer/estimate.ts";
import type { ClaimTest, Measured } from "../answer/reproduce.ts";
import { log } from "../numerics/elementary.ts";
import { abstractSentence, type Claim, type ClaimContext, checkpoint, type Findings } from "./claim.ts";
import { type ExitCase, type ExitRatios, exitRatios } from "./exit-ratios.ts";
import { earlierSdes, formulaProblem, modelTitle } from "./problems.ts";
import { reach, told } from "./verdict.ts";

const defaults = {
  paths: { quick: 8192, full: 262_144 },
  /** A prediction within this of SGD's mean time is accurate. */
  accurate: 0.05,
  /** Solved means on a quadratic: both solvers' own errors, 1e-7 relative. */
  solved: 1e-6,
};

const models = [...earlierSdes, "ha-sme", "ha-sme-3"];

function cases(quick: boolean): (ExitCase & { readonly quadratic: boolean })[] {
  const paths = quick ? defaults.paths.quick : defaults.paths.full;
  const line = (formula: string, eta: number, sigma: number) =>
    formulaProblem({ formula, variables: ["x"], sigma, eta, start: [0], steps: 20, inside: "-1 < x < 1" });
  const plane = (formula: string, eta: number) =>
    formulaProblem({
      ...{
        formula,
        variables: ["x", "y"],
        covariance: [
          [0.2, 0.08],
          [0.08, 0.15],
        ],
        eta,
      },
      ...{ start: [0.1, 0], steps: 20, inside: "x^2 + y^2 < 1" },
    });
  const top = "-x^2/2 + x^4/8";
  const saddle = "x^2/2 - y^2/2 + y^4/8 + 0.2*x*y^2";
  return [
    { name: "maximum, quadratic, eta 0.3", problem: line("-x^2/2", 0.3, 0.3), quadratic: true },
    { name: "minimum, quadratic, eta 0.5", problem: line("x^2/2", 0.5, 0.6), quadratic: true },
    { name: "maximum, quartic, eta 0.2", problem: line(top, 0.2, 0.3), quadratic: false },
    // f'' grows outwards: z passes 1 where steps at this rate may lead, and there HA-SME has no diffusion
    { name: "maximum, quartic, eta 0.4", problem: line(top, 0.4, 0.3), quadratic: false },
    { name: "maximum, cosine, eta 0.4", problem: line("cos(x)", 0.4, 0.3), quadratic: false },
    { name: "saddle, quartic, eta 0.2", problem: plane(saddle, 0.2), quadratic: false, paths },
    ...(quick ? [] : [{ name: "saddle, quartic, eta 0.4", problem: plane(saddle, 0.4), quadratic: false, paths }]),
  ];
}

async function measure(context: ClaimContext): Promise<Findings> {
  const all = cases(context.quick);
  const rows: (ExitRatios & { readonly quadratic: boolean })[] = [];
  for (const each of all) {
    await checkpoint(context);
    const found = await exitRatios(each, models, context);
    if (found) rows.push({ ...found, quadratic: each.quadratic });
  }
  const measured: Measured[] = rows.flatMap(({ name, sgd, ratios }) => [
    { name: `${name}: SGD's mean exit steps`, value: sgd },
    ...models.flatMap((id) => (ratios[id] ? [{ name: `${name}: ${id} over SGD`, value: ratios[id] }] : [])),
  ]);
  const off = (ratio: Estimate | null | undefined) => (ratio ? Math.abs(log(ratio.value)) : Number.POSITIVE_INFINITY);
  const say = (row: ExitRatios, ids: readonly string[]) =>
    `${row.name}: ${ids.map((id) => `${modelTitle(id)} ${row.ratios[id] ? told(row.ratios[id]) : "none"}`).join(", ")}`;
  const quadratics = rows.filter(({ quadratic }) => quadratic);
  const others = rows.filter(({ quadratic, ratios }) => !quadratic && ratios["ha-sme"]);
  const ours = (row: ExitRatios) => row.ratios["ha-sme"] ?? null;
  const without = rows.filter((row) => ours(row) === null).map(({ name }) => name);
  const worse = others.filter((row) =>
    earlierSdes.some((id) => off(row.ratios[id]) + reachOf(row.ratios[id]) < off(ours(row)) - reachOf(ours(row))),
  );
  const tests: ClaimTest[] = [
    {
      ...{ decides: "claim", rule: `on quadratics HA-SME's mean exit time is SGD's (ratio 1 within ${defaults.solved})` },
      found: quadratics.map((row) => say(row, ["ha-sme"])).join("; "),
      passed: quadratics.length > 0 && quadratics.every((row) => off(ours(row)) < defaults.solved),
    },
    {
      ...{
        decides: "claim",
        rule: `from maxima and saddles that are not quadratic it is within ${100 * defaults.accurate} %, beyond the errors`,
      },
      found: others.map((row) => say(row, ["ha-sme"])).join("; "),
      passed: others.length > 0 && others.every((row) => off(ours(row)) <= defaults.accurate + reachOf(ours(row))),
    },
    {
      ...{ decides: "limit", rule: "HA-SME exists in every case (z < 1 wherever steps lead)" },
      found: without.length === 0 ? "it does" : `no diffusion, so no figure: ${without.join("; ")}`,
      passed: without.length === 0,
    },
    {
      ...{ decides: "limit", rule: "no earlier SDE is nearer to SGD there" },
      found:
        worse.length === 0
          ? others.map((row) => say(row, [...earlierSdes, "ha-sme"])).join("; ")
          : worse.map((row) => say(row, [...earlierSdes, "ha-sme"])).join("; "),
      passed: others.length > 0 && worse.length === 0,
    },
  ];
  return {
    setting: all.map(
      ({ name, problem, paths }) =>
        `${name}: ${String((problem.json["objective"] as { formula: string }).formula)}, leaving ${problem.inside!.text}${paths ? `, ${paths} paths` : ", solved"}`,
    ),
    ...{ measured, tests },
    charts: [
      {
        kind: "saddle-exits",
        title: "Exit times without a barrier",
        caption: `Mean exit time over SGD's, both watched at t = k eta; 1 is right. ${rows.map(({ name }, i) => `${i + 1}, ${name}`).join("; ")}.`,
        ...{ x: { label: "case", logarithmic: false, cases: true }, y: { label: "mean exit time over SGD's", logarithmic: true } },
        lines: models.map((id) => ({
          process: id,
          points: rows.flatMap(({ ratios }, i) => (ratios[id] ? [{ x: i + 1, y: ratios[id] }] : [])),
        })),
      },
    ],
  };
}

const reachOf = (ratio: Estimate | null | undefined): number => (ratio ? reach(ratio) / ratio.value : 0);

export const escapeSaddle: Claim = {
  id: "escape-saddle",
  title: "Escape from maxima and saddles",
  claim: "Where the landscape near a stationary point is close to quadratic, HA-SME predicts precisely how SGD escapes.",
  source: abstractSentence(
    "v3, sentence 7 (v1, sentence 6)",
    "Consequently, when the local landscape near a stationary point can be approximated by quadratics",
  ),
  measure,
};
