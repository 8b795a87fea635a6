// `derive` as text, or as Python: the generator order by order, what no SDE carries, the models, and sizes at a point.
import type { Answer, DerivedTerm, DeriveResult } from "../answer/index.ts";
import { formatNumber } from "./number.ts";
import { dagger, daggerNote } from "./process-style.ts";
import type { TableOptions } from "./table-frame.ts";
import { type TextColumn, textTable, wrap } from "./text-table.ts";

const defaults = { width: 80 } as const;

const sourceWords: Readonly<Record<DerivedTerm["source"], string>> = {
  "ha-sme": "kept by HA-SME",
  quadratic: "gradient, Hessian and Sigma",
  "third-derivative": "third and higher derivatives of f",
  "noise-derivative": "derivatives of Sigma",
  skewness: "skewness and higher cumulants",
};

const plain = "SGD's modified equation, L = (1/eta) log S = L_0 + eta L_1 + ...";
const heavyBall = "The modified equation of SGD with momentum on (x, p), L = (1/h) log S = L_0 + h L_1 + ..., h = sqrt(eta) a step";

export function deriveTable(answer: Answer<DeriveResult>, options: TableOptions = {}): string {
  const width = options.width ?? defaults.width;
  const { result } = answer;
  const lines = [
    ...wrap(`${result.momentum ? heavyBall : plain}, noise law: ${result.noiseLaw}`, width),
    ...wrap(result.notation, width),
    "",
  ];
  for (const { order, terms } of result.generator) {
    lines.push(`L_${order} =`);
    for (const [k, term] of terms.entries()) lines.push(...indented(signed(term, k === 0), width));
  }
  lines.push("", ...beyond(result, width), "", "Models");
  for (const model of result.models) {
    lines.push(
      `  ${model.title}${model.ours ? ` ${dagger}` : ""}, weak order ${model.weakOrder}${result.momentum ? " in h" : ""}${varying(model)}`,
    );
    lines.push(...indented(`b = ${model.drift.text}`, width), ...indented(`D D^T = ${model.diffusion.text}`, width));
    if (model.note) lines.push(...indented(model.note, width));
  }
  if (result.models.some((m) => m.ours)) lines.push(`  ${daggerNote}`);
  if (result.sizes) lines.push("", "Where the error comes from: sizes of the terms at the start", ...sizeTable(result, width));
  if (result.applied) lines.push("", "L_p phi at the start", ...appliedTable(result, width));
  if (result.check)
    lines.push(
      "",
      ...result.check.map(
        (c) =>
          `checked against Taylor jets in ${c.dimension} dimension${c.dimension === 1 ? "" : "s"} to order ${c.order}: largest relative error ${formatNumber(c.largestError, 2)}`,
      ),
    );
  return lines.join("\n").trimEnd();
}

function varying({ weakOrder, weakOrderVarying }: DeriveResult["models"][number]): string {
  return weakOrderVarying === undefined || weakOrderVarying === weakOrder ? "" : ` (${weakOrderVarying} where Sigma varies)`;
}

const indented = (text: string, width: number): string[] => wrap(text, width - 4, "    ").map((line) => `    ${line}`);

function signed({ coefficient, text }: DerivedTerm, first: boolean): string {
  const negative = coefficient.startsWith("-");
  const size = negative ? coefficient.slice(1) : coefficient;
  return `${negative ? "- " : first ? "  " : "+ "}${size === "1" ? "" : `${size.includes("/") ? `(${size})` : size} `}${text}`;
}

function beyond(result: DeriveResult, width: number): string[] {
  if (!result.beyondSde) return wrap(`An Ito SDE carries every term up to L_${result.order}.`, width);
  const terms = result.beyondSde.terms.map((t) => signed(t, true).trim()).join(" ");
  return wrap(`No SDE carries operators of third or higher order: from L_${result.beyondSde.order} on there are ${terms}`, width);
}

function sizeTable(result: DeriveResult, width: number): string[] {
  const columns: TextColumn[] = [
    { header: "order", align: "right" },
    { header: "operator", align: "right" },
    { header: "size", align: "right" },
    { header: "source", align: "left" },
  ];
  return textTable(
    columns,
    result.sizes!.map((s) => [
      String(s.order),
      String(s.operatorOrder),
      s.size === null ? "-" : formatNumber(s.size, 3),
      sourceWords[s.source],
    ]),
    width,
  );
}

function appliedTable(result: DeriveResult, width: number): string[] {
  const columns: TextColumn[] = [
    { header: "phi", align: "left" },
    ...result.generator.map(({ order }): TextColumn => ({ header: `L_${order}`, align: "right" })),
  ];
  return textTable(
    columns,
    result.applied!.map((a) => [a.phi, ...a.values.map((v) => (v === null ? "-" : formatNumber(v, 6)))]),
    width,
  );
}

/** One Python module: drift and diffusion of each model (NumPy; `jax` for jax.numpy). */
export function derivePython(answer: Answer<DeriveResult>, flavour: "numpy" | "jax" = "numpy"): string {
  return answer.result.models.map((m) => m.python[flavour]).join("\n\n");
}
