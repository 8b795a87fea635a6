// The commands that ask a question and print its table or page: what each hands to the library, nothing else.
import type { Answer, CompareResult, DiagnoseResult, ExitResult, LawResult, WeakResult } from "../../answer/index.ts";
import { InputError } from "../../errors.ts";
import { compare, diagnose, exit, law, weak } from "../../index.ts";
import { answerTable, type ReportableResult } from "../../report/table.ts";
import type { Asked, CommandModule } from "../command.ts";

/** Figures and pages bring a drawing library: loaded only where a page is written. */
const drawing = () => import("../../report/index.ts");

function questionCommand<R extends ReportableResult>(ask: (asked: Asked) => Promise<Answer<R>>): CommandModule {
  return {
    ask,
    text: async (answer, { width }) => answerTable(answer as Answer<R>, { width }),
    page: async (answer, context) => (await drawing()).answerPage(answer as Answer<R>, context),
  };
}

const list = (value: unknown): number[] | undefined => (Array.isArray(value) && value.length > 1 ? (value as number[]) : undefined);

export const lawCommand = questionCommand<LawResult>(({ problems, options, sampling }) =>
  law(problems[0]!, { ...options, engine: sampling.law }),
);

export const weakCommand = questionCommand<WeakResult>(({ problems, flags, options, sampling }) =>
  weak(problems[0]!, { ...options, etas: list(flags["eta"]), engine: sampling.weak }),
);

export const exitCommand = questionCommand<ExitResult>(({ problems, flags, options, sampling }) =>
  exit(problems[0]!, { ...options, engine: sampling.exit, survival: flags["survival"] as number[] | undefined }),
);

export const diagnoseCommand = questionCommand<DiagnoseResult>(({ problems, flags, options }) => {
  const point = flags["point"] ?? "start";
  if (point !== "start" && point !== "optimum")
    throw new InputError("cli/flag", `--point: found ${String(point)}; allowed: start, optimum`, { flag: "--point" });
  return diagnose(problems[0]!, {
    ...options,
    point,
    etas: list(flags["eta"]),
    batches: list(flags["batch"]),
    vectors: flags["vectors"] === true,
    measure: flags["measure"] === true,
    ...(flags["quiet"] ? {} : { onForecast: (text: string) => void process.stderr.write(`${text}\n`) }),
  });
});

export const compareCommand: CommandModule = {
  ask: ({ problems, options, sampling }) => compare(problems, { ...options, sampling }),
  text: async (answer, { width, report, typed }) =>
    answerTable(answer as Answer<CompareResult>, { width, report, command: again(typed), next: "examples/ (escapement compare NAME…)" }),
  page: async (answer, context) =>
    (await drawing()).comparePage(answer as Answer<CompareResult>, { ...context, command: again(context.command) }),
  defaultReport: "escapement-report.html",
};

const again = (typed: string): string => `npx ${typed}`;
