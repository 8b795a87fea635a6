// The map of best models over learning rate and noise (or the start), asked for with a button: it takes a while.
import { useState } from "preact/hooks";
import type { MapResult } from "../../src/index.ts";
import { processName } from "../../src/report/index.ts";
import { Progress } from "../part/progress.tsx";
import { answerWork, askMap, cancelAnswers, mapped } from "../state/answers.ts";
import { commandLine } from "../state/command-line.ts";
import { form, gallery, problem, reading, treatment } from "../state/current.ts";
import { FigureCard } from "./figure-card.tsx";

/** Values in equal ratios round the one that is set, rounded as they are typed. */
const around = (value: number, least: number, most: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => Number((value * least * (most / least) ** (i / (count - 1))).toPrecision(3)));

export function BestModels() {
  const [question, setQuestion] = useState<MapResult["question"]>("weak");
  const [count, setCount] = useState(8);
  const now = form.value;
  if (!now || !reading.value || !problem.value) return null;
  if (now.noise !== "sigma" || !(Number(now.sigma) > 0))
    return <p>A map has the noise's σ as an axis: choose Gaussian noise σ² I with a number.</p>;
  const axes = { eta: around(now.learningRate, 0.25, 4, count), sigma: around(Number(now.sigma), 0.4, 2.5, count) };
  const flags = ["--question", question, "--eta", axes.eta.join(","), "--sigma", axes.sigma.join(",")];
  const told = mapped.value;
  return (
    <>
      <div class="choices">
        <label>
          Best at{" "}
          <select value={question} onChange={(event) => setQuestion(event.currentTarget.value as MapResult["question"])}>
            <option value="weak">averages</option>
            <option value="law">the law</option>
            <option value="exit" disabled={now.inside === ""}>
              the exit time
            </option>
          </select>
        </label>
        <label>
          Cells a side{" "}
          <select value={count} onChange={(event) => setCount(Number(event.currentTarget.value))}>
            {[6, 8, 12, 16].map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
        <button type="button" class="main" onClick={() => askMap(question, axes)}>
          Draw the map
        </button>
      </div>
      <Progress
        work={answerWork.value?.what === "waiting for the fields to rest" ? null : answerWork.value}
        onCancel={cancelAnswers}
        name="the map"
      />
      {told?.figure && <FigureCard figure={told.figure} />}
      {told && (
        <p>Best most often: {told.answer.result.shares.map(({ model, cells }) => `${processName(model)} (${cells} cells)`).join(", ")}.</p>
      )}
      <pre class="command" tabIndex={0} role="group" aria-label="The command for the same map">
        <code>{commandLine("map", problem.value, gallery.value, treatment.value, flags)}</code>
      </pre>
    </>
  );
}
