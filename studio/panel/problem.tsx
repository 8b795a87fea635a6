// The left column: the problem, as fields that a person fills in.
import { useRef } from "preact/hooks";
import { regimeWords } from "../part/regime.ts";
import { onPage } from "../part/words.ts";
import { tour } from "../state/address.ts";
import { fault, form, gallery, reading, treatment } from "../state/current.ts";
import { edit, openGallery, treat } from "../state/edit.ts";
import { galleryNames } from "../state/gallery.ts";
import { DataPanel } from "./data.tsx";
import { Fault, faultOf, OtherFault } from "./fault.tsx";
import { openFile } from "./files.ts";
import { Mathematics } from "./mathematics.tsx";
import { NoiseFields, NoiseSlider } from "./noise.tsx";
import { ObjectiveFields } from "./objective.tsx";
import { Sharing } from "./sharing.tsx";
import { Slider } from "./slider.tsx";
import { TextField } from "./text-field.tsx";

export function Problem() {
  const now = form.value;
  const file = useRef<HTMLInputElement>(null);
  if (!now) return <section class="column problem-column" aria-label="Problem" />;
  return (
    <section class="column problem-column" aria-labelledby="problem-title">
      <h2 id="problem-title">The problem</h2>
      <label class="field">
        <span>Gallery</span>
        <select
          value={gallery.value ?? ""}
          onChange={(event) => {
            tour.value = null;
            if (event.currentTarget.value) void openGallery(event.currentTarget.value);
          }}
        >
          <option value="" disabled={gallery.value !== undefined}>
            your own
          </option>
          {galleryNames.map((name) => (
            <option key={name} value={name}>
              {name.replaceAll("-", " ")}
            </option>
          ))}
        </select>
      </label>
      {typeof now.source["description"] === "string" && gallery.value && <p class="note">{onPage(now.source["description"])}</p>}
      <ObjectiveFields now={now} />
      <Mathematics />
      <NoiseFields now={now} />
      <Slider
        name="Learning rate"
        value={now.learningRate}
        {...rateRange()}
        logarithmic
        hint={regimeHint()}
        onChange={(learningRate) => edit({ learningRate })}
      />
      <Fault id="fault-rate" failure={faultOf("learningRate")} />
      <NoiseSlider now={now} />
      <Slider
        name="Steps"
        value={now.steps}
        low={1}
        high={Math.max(500, now.steps)}
        logarithmic
        whole
        onChange={(steps) => edit({ steps })}
      />
      <Fault id="fault-steps" failure={faultOf("steps")} />
      <TextField label="Start" field="start" now={now} about={["start"]} hint={hintOfVariables()} />
      <details class="more" open={now.inside !== "" || faultOf("tests", "inside") !== null}>
        <summary>What is asked</summary>
        <TextField
          label="Leaves the region (exit)"
          field="inside"
          now={now}
          about={["inside"]}
          hint="such as x < 0; empty: no exit is asked"
        />
        <TextField
          label="Test functions"
          field="tests"
          now={now}
          about={["tests"]}
          hint="one a line; empty: each variable and the loss"
          rows={2}
        />
        <label class="check">
          <input type="checkbox" checked={treatment.value.twoStep} onChange={(event) => treat({ twoStep: event.currentTarget.checked })} />
          two-step form past 1/λ
        </label>
        <label class="check">
          <input type="checkbox" checked={treatment.value.nearest} onChange={(event) => treat({ nearest: event.currentTarget.checked })} />
          nearest diffusion where none exists
        </label>
      </details>
      <OtherFault />
      <Sharing />
      <div class="row">
        <button type="button" onClick={() => file.current?.click()}>
          Open a problem or CSV file
        </button>
        <input
          ref={file}
          type="file"
          class="hidden"
          tabIndex={-1}
          accept=".json,.csv,application/json,text/csv"
          aria-label="Problem or CSV file"
          onChange={(event) => {
            const chosen = event.currentTarget.files?.[0];
            if (chosen) void openFile(chosen);
            event.currentTarget.value = "";
          }}
        />
      </div>
      <p class="note">…or drop one anywhere on the page.</p>
      <DataPanel />
    </section>
  );
}

function hintOfVariables(): string {
  const names = reading.value?.variables ?? [];
  return names.length > 4 ? `${names.length} numbers` : names.join(", ");
}

/** From well inside the one-step regime to past 2/lambda, and round the value that is there. */
function rateRange(): { low: number; high: number } {
  const limit = reading.value?.diagnose?.result.thresholds.unstable;
  const eta = form.value!.learningRate;
  const high = Math.max(limit ? limit * 1.3 : 2, eta);
  return { low: Math.min(high / 400, eta), high };
}

function regimeHint(): string {
  const result = reading.value?.diagnose?.result;
  if (!result || fault.value) return "";
  return `z = ηλ up to ${result.zMax.toPrecision(3)} at the start: ${regimeWords[result.regime]}`;
}
