// Colours: readable on white and on near-black, and apart from each other for those who see no red or no green. Dash and symbol differ too.
import { describe, expect, test } from "vitest";
import { byProcessOrder, processStyle } from "../../src/report/process-style.ts";

const ids = ["sgd", "gradient-flow", "sme1", "sme2", "spf", "ha-sme", "ha-sme-3", "ha-sme-4"];
type Rgb = [number, number, number];

const linear = (hex: string): Rgb =>
  [1, 3, 5]
    .map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)) as Rgb;
const luminance = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b;
const contrast = (a: string, b: string) => {
  const [low, high] = [luminance(linear(a)), luminance(linear(b))].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
};
// Viénot, Brettel and Mollon 1999, linear RGB: what a person without red or green cones sees.
const sight: { [who: string]: number[][] } = {
  all: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.11238, 0.88762, 0],
    [0.11238, 0.88762, 0],
    [0.00401, -0.00401, 1],
  ],
  deutan: [
    [0.29275, 0.70725, 0],
    [0.29275, 0.70725, 0],
    [-0.02234, 0.02234, 1],
  ],
};
const oklab = (rgb: Rgb): Rgb => {
  const times = (m: number[][], v: number[]) => m.map((row) => row.reduce((sum, x, i) => sum + x * v[i]!, 0));
  const lms = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    rgb,
  ).map(Math.cbrt);
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    lms,
  ) as Rgb;
};
const apart = (a: string, b: string, who: string) => {
  const seen = [a, b].map((hex) =>
    oklab(
      sight[who]!.map((row) =>
        Math.max(
          0,
          row.reduce((sum, x, i) => sum + x * linear(hex)[i]!, 0),
        ),
      ) as Rgb,
    ),
  );
  return Math.hypot(...seen[0]!.map((x, i) => x - seen[1]![i]!));
};

describe.each([
  ["light", "#ffffff"],
  ["dark", "#14181d"],
] as const)("%s", (scheme, paper) => {
  // 3:1 is what WCAG 2.2 (1.4.11) asks of graphics.
  test.each(ids)("%s stands out from the paper", (id) => expect(contrast(processStyle(id)[scheme], paper)).toBeGreaterThan(3));

  test.each(Object.keys(sight))("every two colours keep apart for sight %s", (who) => {
    // 0.12 in OKLab: six times what is just told apart side by side (about 0.02), for thin lines lie far from each other.
    for (const a of ids)
      for (const b of ids)
        if (a < b) expect(apart(processStyle(a)[scheme], processStyle(b)[scheme], who), `${a}, ${b}`).toBeGreaterThan(0.12);
  });
});

test("no two processes share dash or symbol", () => {
  const styles = ids.map((id) => processStyle(id));
  expect(new Set(styles.map((each) => each.symbol)).size).toBe(ids.length);
  expect(new Set(styles.map((each) => each.dash)).size).toBe(ids.length);
});

test("names, daggers and order", () => {
  expect(processStyle("ha-sme-3").name).toBe("HA-SME-3 †");
  expect(processStyle("ha-sme").name).toBe("HA-SME");
  expect(["ha-sme-3", "new-model", "sgd", "sme1"].sort(byProcessOrder)).toEqual(["sgd", "sme1", "ha-sme-3", "new-model"]);
});

test("series have a title and a dagger without a description, and looks that differ", () => {
  const series = [1, 2, 3, 4].map((order) => processStyle(`series-${order}`));
  expect(series.map(({ name }) => name)).toEqual(["Series-1 †", "Series-2 †", "Series-3 †", "Series-4 †"]);
  expect(new Set(series.map(({ dash }) => dash)).size).toBe(4);
  expect(new Set(series.map(({ light }) => light)).size).toBe(4);
});

test("a projected model is a row of its own with the model's look", () => {
  const style = processStyle("HA-SME (nearest, defect 2e-5)");
  expect(style.name).toBe("HA-SME (nearest, defect 2e-5)");
  expect(style.colour).toBe(processStyle("ha-sme").colour);
});

test("an unknown model has a style of its own, always the same, and its description's title", () => {
  const description = { id: "new-model", title: "New", declaredOrder: 2, ours: true, driftTex: "", diffusionTex: "" };
  expect(processStyle("new-model", [description])).toEqual(processStyle("new-model", [description]));
  expect(processStyle("new-model", [description]).name).toBe("New †");
  expect(processStyle("<script>").colour).not.toContain("<");
});
