// The verdict, in words and by question. What holds at the start is told as soon as the problem is read; the comparison follows.
import type { ComparedProblem, ModelVerdict, QuestionName } from "../../src/index.ts";
import { formatNumber, processStyle } from "../../src/report/index.ts";
import { Progress } from "../part/progress.tsx";
import { regimeWords } from "../part/regime.ts";
import { onPage } from "../part/words.ts";
import { answerWork, cancelAnswers, comparedProblem, outdated } from "../state/answers.ts";
import { reading } from "../state/current.ts";
import { Figure } from "./number.tsx";

const questions: readonly (readonly [QuestionName, string])[] = [
  ["law", "law of xₖ"],
  ["weak", "averages"],
  ["exit", "exit time"],
  ["stationary", "long run"],
];
const marks = { exact: "●", good: "◐", poor: "○", none: "–" } as const;

export function Verdict() {
  const told = comparedProblem.value;
  return (
    <section class="verdict-region" aria-label="Verdict" aria-busy={answerWork.value !== null}>
      <h2>Verdict</h2>
      <AtStart />
      <Progress work={answerWork.value} onCancel={cancelAnswers} name="the comparison" />
      {told && (
        <div class={outdated.value ? "outdated" : undefined} data-answer={outdated.value ? "outdated" : "current"}>
          {outdated.value && <p class="note">Of the problem before; the new answer is on its way.</p>}
          <ul class="sentences">
            {told.sentences.map((sentence) => (
              <li key={sentence}>{onPage(sentence)}</li>
            ))}
          </ul>
          <VerdictTable told={told} />
          <p class="note">
            Error in standard deviations of SGD; for exits |log of the ratio|. {marks.exact} exact, {marks.good} good (below 0.05),{" "}
            {marks.poor} poor, – no figure; † ours, not in the paper.
          </p>
          <Warnings told={told} />
        </div>
      )}
    </section>
  );
}

function AtStart() {
  const result = reading.value?.diagnose?.result;
  if (!result) return <p>{reading.value ? "No curvature is to be had at the start." : "Reading the problem…"}</p>;
  const own = result.verdicts.find(({ model }) => model === "ha-sme");
  return (
    <p>
      At the start z = ηλ goes up to <b data-z={JSON.stringify(result.zMax)}>{formatNumber(result.zMax, 4)}</b>:{" "}
      <b>{regimeWords[result.regime]}</b>.{" "}
      {own && `HA-SME here: ${own.trust === "none" ? "does not exist" : own.trust}; ${onPage(own.why)}.`}
    </p>
  );
}

function VerdictTable({ told }: { told: ComparedProblem }) {
  const asked = questions.filter(([question]) => (told.byQuestion[question]?.length ?? 0) > 0);
  const models = told.descriptions.map(({ id }) => id);
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label="Table: verdict by question">
      <table>
        <caption class="hidden">Verdict by question</caption>
        <thead>
          <tr>
            <td />
            {asked.map(([question, title]) => (
              <th key={question} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {models.map((id) => (
            <tr key={id}>
              <th scope="row">{processStyle(id, told.descriptions).name}</th>
              {asked.map(([question]) => {
                const at = told.byQuestion[question]!.findIndex(({ model }) => model === id);
                return (
                  <Cell
                    key={question}
                    path={`byQuestion.${question}.${at}.error`}
                    verdict={told.byQuestion[question]![at]}
                    formal={told.law.models[id]?.exists === false}
                  />
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** @param formal  no process has these moments */
function Cell({ path, verdict, formal }: { path: string; verdict: ModelVerdict | undefined; formal: boolean }) {
  if (!verdict) return <td>–</td>;
  return (
    <td class={`verdict ${verdict.verdict}`} title={onPage(verdict.why)}>
      {verdict.error !== null && <span aria-hidden="true">{marks[verdict.verdict]} </span>}
      {verdict.verdict !== "exact" && verdict.error !== null && <span class="hidden">{verdict.verdict}: </span>}
      <Figure
        path={path}
        value={verdict.error}
        digits={2}
        instead={verdict.verdict === "exact" ? (formal ? "exact (formal)" : "exact") : undefined}
      />
    </td>
  );
}

function Warnings({ told }: { told: ComparedProblem }) {
  if (told.warnings.length === 0) return null;
  return (
    <details>
      <summary>
        {told.warnings.length} {told.warnings.length === 1 ? "warning" : "warnings"}
      </summary>
      <ul class="note">
        {told.warnings.map((warning, i) => (
          <li key={i}>
            {onPage(warning.message)} <code>{warning.code}</code>
          </li>
        ))}
      </ul>
    </details>
  );
}
