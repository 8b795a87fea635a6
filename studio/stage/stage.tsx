// The middle column: the moving picture, its legend, its time, and what it can be saved as.
import { useRef } from "preact/hooks";
import { csv, formatNumber, processStyle } from "../../src/report/index.ts";
import type { LineLandscape, PlaneLandscape } from "../engine/jobs.ts";
import { pictureFile } from "../part/picture-file.ts";
import { Progress } from "../part/progress.tsx";
import { SaveButtons } from "../part/save-buttons.tsx";
import { useWidth } from "../part/width.ts";
import { compared } from "../state/answers.ts";
import { clouds, partner } from "../state/clouds.ts";
import { reading } from "../state/current.ts";
import { frame } from "../state/frames.ts";
import { cancelStage, choosePartner, chooseShown, laws, shown } from "../state/picture.ts";
import { stageWork } from "../state/stage-work.ts";
import { densityError, densityRows, LineStage } from "./line-stage.tsx";
import { ellipseOf, ellipseRows, layout, PlaneStage } from "./plane-stage.tsx";
import { Player } from "./player.tsx";

export function Stage() {
  const holder = useRef<HTMLDivElement>(null);
  const width = useWidth(holder, 560);
  const found = reading.value;
  const landscape = found?.landscape;
  return (
    <section class="column stage-column" aria-labelledby="picture-title">
      <h2 id="picture-title">The picture</h2>
      <figure class="stage-figure" data-figure="picture">
        <div ref={holder}>{landscape ? <Picture landscape={landscape} width={width} /> : <p role="status">Reading the problem…</p>}</div>
        {landscape && (
          <>
            <Player />
            <Progress work={stageWork.value} onCancel={cancelStage} name="the picture" />
            {landscape.kind === "line" ? <LineLegend /> : <PlaneChoice />}
            <figcaption class="note">{errorNote()}</figcaption>
            <SaveButtons
              name="picture"
              title="the picture"
              svg={() => pictureFile(holder.current!.querySelector("[role=img]")!)}
              csv={() => csv(landscape.kind === "line" ? densityRows() : ellipseRows())}
            />
          </>
        )}
      </figure>
    </section>
  );
}

function Picture({ landscape, width }: { landscape: LineLandscape | PlaneLandscape; width: number }) {
  return landscape.kind === "line" ? <LineStage landscape={landscape} width={width} /> : <PlaneStage landscape={landscape} />;
}

/** What the picture's figures are worth. */
function errorNote(): string {
  const found = reading.value!;
  if (found.landscape?.kind === "line") {
    if (!found.densities) return "With this noise SGD's law is no density on a line: its averages are told beside.";
    const method = laws.value?.answer.result.method;
    if (laws.value && laws.value.for !== found && stageWork.value)
      return "The densities are those of the problem before; the new ones are on their way.";
    const error = densityError();
    const good = error === null ? "" : ` Right to ${formatNumber(error, 1)} of the highest.`;
    const waiting =
      laws.value?.detail === "draft" && shown.value.some((id) => isAwaited(id)) ? " Models that are not drawn yet follow." : "";
    return method ? `Densities without sampling (${method}).${good}${waiting}` : "";
  }
  const parts = clouds.value?.for === found ? clouds.value.parts : undefined;
  const counts = [...(parts?.values() ?? [])].map((all) => all.reduce((sum, { count }) => sum + count, 0));
  const particles = counts.length > 0 ? `${Math.max(...counts).toLocaleString("en")} particles each. ` : "";
  const exact = ellipseOf("sgd", frame.value)?.exact;
  const ellipses = exact
    ? "Ellipses hold one standard deviation and are exact."
    : "Ellipses hold one standard deviation of the particles; relative error about one over the root of their number.";
  const silent =
    parts && !parts.has(partner.value) && stageWork.value === null
      ? ` ${processStyle(partner.value).name} has no process here: see the verdict.`
      : "";
  return particles + ellipses + (silent || heldNote(parts?.has(partner.value) === true));
}

/** Particles of a model go on where it has no diffusion, as if it stood just before; what they do there is no law of the model. */
function heldNote(drawn: boolean): string {
  const judged = compared.value?.for === reading.value ? compared.value?.answer.result.problems[0] : undefined;
  const reason = judged?.warnings.find(({ code, model }) => code === "no-diffusion" && model === partner.value);
  return drawn && reason
    ? ` ${processStyle(partner.value).name} has no diffusion at some of these places (see the verdict): there its particles move as if z were just below 1.`
    : "";
}

/** A model's density is too long a job for a draft. */
const isAwaited = (id: string): boolean => {
  const model = laws.value?.answer.result.models[id];
  return model?.exists === true && model.laws.every(({ density }) => !density);
};

function LineLegend() {
  const models = reading.value?.models ?? [];
  return (
    <fieldset class="legend">
      <legend>Shown beside SGD</legend>
      {models
        .filter(({ id }) => id !== "gradient-flow")
        .map(({ id }) => {
          const style = processStyle(id);
          const drawn = shown.value.includes(id);
          return (
            <label key={id}>
              <input
                type="checkbox"
                checked={drawn}
                onChange={() => chooseShown(drawn ? shown.value.filter((each) => each !== id) : [...shown.value, id])}
              />
              <svg width="34" height="10" aria-hidden="true">
                <line
                  x1="0"
                  x2="34"
                  y1="5"
                  y2="5"
                  stroke={style.colour}
                  stroke-width="2.5"
                  stroke-dasharray={style.dash === "none" ? undefined : style.dash}
                />
              </svg>
              {style.name}
            </label>
          );
        })}
    </fieldset>
  );
}

function PlaneChoice() {
  const models = reading.value?.models ?? [];
  return (
    <div class="choices">
      <label>
        Beside SGD{" "}
        <select value={partner.value} onChange={(event) => choosePartner(event.currentTarget.value)}>
          {models.map(({ id }) => (
            <option key={id} value={id}>
              {processStyle(id).name}
            </option>
          ))}
        </select>
      </label>
      <label>
        Panels{" "}
        <select value={layout.value} onChange={(event) => (layout.value = event.currentTarget.value as "overlaid")}>
          <option>side by side</option>
          <option>overlaid</option>
        </select>
      </label>
    </div>
  );
}
