// `map`: ranges on two flags, one question, a table of letters and a page.
import type { Answer, MapResult } from "../../answer/index.ts";
import { InputError } from "../../errors.ts";
import { type MapOptions, map } from "../../index.ts";
import type { Asked, CommandModule } from "../command.ts";
import { readNumbers } from "../flags.ts";
import type { Flags } from "../problem.ts";

const questions = ["weak", "exit", "law"] as const;

function questionOf(flags: Flags): (typeof questions)[number] {
  const asked = flags["question"] ?? "weak";
  const question = questions.find((q) => q === asked);
  if (!question)
    throw new InputError("cli/flag", `--question: found ${String(asked)}; allowed: ${questions.join(", ")}`, { flag: "--question" });
  return question;
}

/** The flags that are ranges or lists. */
function axesOf(flags: Flags): MapOptions["axes"] {
  const axes: { eta?: number[]; sigma?: number[]; start?: number[] } = {};
  if (Array.isArray(flags["eta"]) && flags["eta"].length > 1) axes.eta = flags["eta"] as number[];
  if (Array.isArray(flags["start"]) && flags["start"].length > 1) axes.start = flags["start"] as number[];
  if (typeof flags["sigma"] === "string" && /[:,]/.test(flags["sigma"]))
    axes.sigma = flags["sigma"].split(",").flatMap((part) => readNumbers(part, "--sigma"));
  return axes;
}

export const mapCommand: CommandModule = {
  async ask({ problems, flags, options, sampling }: Asked) {
    const answer = await map(problems[0]!, { ...options, question: questionOf(flags), axes: axesOf(flags), sampling });
    if (flags["csv"] !== undefined) {
      const { writeText } = await import("../../node.ts");
      writeText(String(flags["csv"]), mapCsv(answer.result), "--csv");
    }
    return answer;
  },
  text: async (answer, { width }) => (await import("../../report/map-table.ts")).mapTable(answer as Answer<MapResult>, { width }),
  page: async (answer, context) => (await import("../../report/index.ts")).mapPage(answer as Answer<MapResult>, context),
};

/** One row a cell: the two axes, the best model, and every model's error. */
function mapCsv({ x, y, models, cells }: MapResult): string {
  const rows = cells.map((c) => [c.x, c.y, c.best ?? "", ...models.map((id) => c.errors[id] ?? "")].join(","));
  return `${[x.name, y.name, "best", ...models].join(",")}\n${rows.join("\n")}\n`;
}
