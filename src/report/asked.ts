// What was asked, in plain words: the sentences a page starts with.
import type { ProblemJson, QuestionName } from "../answer/index.ts";
import { formatNumber } from "./number.ts";
import { coordinateNames, learningRate, noiseText, objectiveText, regionText, stepCount } from "./problem-text.ts";
import { plainText } from "./text-table.ts";

/** e.g. "SGD with learning rate 0.2 goes 50 steps (T = 10) from x = -1.0481 on f = ... Each gradient has noise: sigma 0.9." */
export function setting(problem: ProblemJson): string {
  const eta = learningRate(problem);
  const steps = stepCount(problem);
  const rate = eta === null ? "" : ` with learning rate ${formatNumber(eta)}`;
  const momentum = typeof problem.momentum === "number" && problem.momentum > 0 ? ` and momentum ${formatNumber(problem.momentum)}` : "";
  const horizon = steps === null ? "" : ` goes ${steps} steps${eta === null ? "" : ` (time ${formatNumber(eta * steps)})`}`;
  const start = startText(problem);
  const noise = noiseText(problem);
  return `SGD${rate}${momentum}${horizon || " goes"}${start} on ${objectiveText(problem)}.${noise === null ? "" : ` Each gradient has noise: ${noise}.`}`;
}

function startText(problem: ProblemJson): string {
  const { start } = problem;
  if (!Array.isArray(start) || start.length === 0 || start.length > 6) return "";
  const entries = start.map((x) => (typeof x === "number" ? formatNumber(x) : plainText(String(x))));
  return entries.length === 1 ? ` from ${coordinateNames(problem, 1)[0]} = ${entries[0]}` : ` from (${entries.join(", ")})`;
}

const questions: { readonly [Q in QuestionName]: string } = {
  law: "the whole law of the iterates",
  weak: "averages of test functions along the way",
  exit: "the time until a region is left",
  stationary: "the law in the long run",
};

/** e.g. "Asked of each model: averages of ...; the time until x < 0 is left." */
export function askedText(problem: ProblemJson, asked: readonly QuestionName[]): string {
  const tests =
    Array.isArray(problem.tests) && problem.tests.length > 0
      ? problem.tests.filter((each): each is string => typeof each === "string").map(plainText)
      : [];
  const region = regionText(problem);
  const parts = asked.map((question) => {
    if (question === "weak" && tests.length > 0) return `averages of ${tests.join(", ")} along the way`;
    if (question === "exit" && region !== null) return `the time until ${region} is left`;
    return questions[question];
  });
  if (parts.length === 0) return "";
  return `How close does each continuous-time model come to SGD in ${parts.length > 1 ? `${parts.slice(0, -1).join("; ")}; and ${parts.at(-1)}` : parts[0]}?`;
}
