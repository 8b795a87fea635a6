// The left column: the problem, as fields that a person fills in.
import { useRef } from "preact/hooks";
import { regimeWords } from "../part/regime.ts";
import { tour } from "../state/address.ts";
import type { Form } from "../state/form.ts";
import { galleryNames } from "../state/gallery.ts";
import { edit, fault, form, gallery, openGallery, reading, treat, treatment } from "../state/store.ts";
import { DataPanel } from "./data.tsx";
import { Fault, faultOf, OtherFault } from "./fault.tsx";
import { openFile } from "./files.ts";
import { Mathematics } from "./mathematics.tsx";
import { Sharing } from "./sharing.tsx";
import { Slider } from "./slider.tsx";

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
      {typeof now.source["description"] === "string" && gallery.value && <p class="note">{now.source["description"]}</p>}
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

function ObjectiveFields({ now }: { now: Form }) {
  const failure = faultOf("objective");
  const isFormula = now.objective === "formula";
  if (now.objective === "quadratic")
    return (
      <div class="field">
        <label for="matrix">Matrix A of f = xᵀA x/2</label>
        <textarea
          id="matrix"
          rows={2}
          spellcheck={false}
          value={now.matrix}
          aria-invalid={failure !== null}
          aria-describedby="fault-objective"
          onInput={(event) => edit({ matrix: event.currentTarget.value })}
        />
        <Fault id="fault-objective" failure={failure} text={now.matrix} />
        <button type="button" class="quiet" onClick={() => edit({ objective: "formula", formula: expanded(now.matrix) })}>
          Write it as a formula
        </button>
      </div>
    );
  if (!isFormula) {
    const form = (now.source["objective"] as Record<string, { data?: { columns?: string[]; rows?: unknown[] }; target?: string }>)[
      now.objective
    ];
    return (
      <p class="data-line">
        {now.objective === "leastSquares" ? "Least squares" : "A network's loss"}
        {form?.data?.rows && ` on ${form.data.rows.length} rows, ${form.data.columns?.length} columns`}
        {form?.target !== undefined && `, predicting “${form.target}”`}
        <Fault id="fault-objective" failure={failure} />
      </p>
    );
  }
  return (
    <div class="field">
      <label for="formula">Formula</label>
      <textarea
        id="formula"
        rows={now.formula.length > 60 ? 4 : 2}
        spellcheck={false}
        autocomplete="off"
        value={now.formula}
        aria-invalid={failure !== null}
        aria-describedby="fault-objective"
        onInput={(event) => edit({ formula: event.currentTarget.value })}
      />
      <Fault id="fault-objective" failure={failure} text={now.formula} />
    </div>
  );
}

/** x^T A x/2 written out; a matrix that cannot be read leaves a parabola. */
function expanded(matrix: string): string {
  try {
    const rows = JSON.parse(matrix) as number[][];
    const name = (i: number): string => (rows.length <= 3 ? "xyz"[i]! : `x${i + 1}`);
    const terms = rows.flatMap((row, i) =>
      row.flatMap((a, j) => (j < i || a === 0 ? [] : [`${i === j ? a / 2 : a}*${name(i)}${i === j ? "^2" : `*${name(j)}`}`])),
    );
    return terms.join(" + ").replaceAll("+ -", "- ") || "x^2/2";
  } catch {
    return "x^2/2";
  }
}

function NoiseFields({ now }: { now: Form }) {
  const failure = faultOf("noise");
  const text = (field: "sigma" | "covariance" | "discrete", label: string) => (
    <div class="field">
      <label for="noise-text">{label}</label>
      <textarea
        id="noise-text"
        rows={field === "sigma" ? 1 : 2}
        spellcheck={false}
        value={now[field]}
        aria-invalid={failure !== null}
        aria-describedby="fault-noise"
        onInput={(event) => edit({ [field]: event.currentTarget.value })}
      />
    </div>
  );
  const finiteSum = now.objective === "leastSquares" || now.objective === "network";
  const defaultsFor: Partial<Record<Form["noise"], Partial<Form>>> = {
    sigma: { sigma: now.sigma || "0.5" },
    covariance: { covariance: now.covariance || JSON.stringify(identity(reading.value?.d ?? 1)) },
    discrete: { discrete: now.discrete || JSON.stringify({ values: [filled(-0.5), filled(0.5)], probabilities: [0.5, 0.5] }) },
  };
  return (
    <>
      <label class="field">
        <span>Kind of noise</span>
        <select
          value={now.noise}
          onChange={(event) =>
            edit({ noise: event.currentTarget.value as Form["noise"], ...defaultsFor[event.currentTarget.value as Form["noise"]] })
          }
        >
          <option value="sigma">Gaussian, σ² I</option>
          <option value="covariance">Gaussian, with a covariance</option>
          <option value="discrete">finitely many values</option>
          <option value="minibatch" disabled={!finiteSum}>
            minibatches
          </option>
        </select>
      </label>
      {now.noise === "sigma" && !isNumber(now.sigma) && text("sigma", "σ, a number or a formula")}
      {now.noise === "covariance" && text("covariance", "Covariance, rows of numbers or formulas")}
      {now.noise === "discrete" && text("discrete", "Values and probabilities")}
      <Fault id="fault-noise" failure={failure} />
    </>
  );
}

const identity = (d: number): number[][] => Array.from({ length: d }, (_, i) => Array.from({ length: d }, (_, j) => (i === j ? 1 : 0)));
const filled = (value: number): number[] => Array.from({ length: reading.value?.d ?? 1 }, () => value);
const isNumber = (text: string): boolean => text.trim() !== "" && Number(text) > 0 && Number.isFinite(Number(text));

function NoiseSlider({ now }: { now: Form }) {
  if (now.noise === "minibatch")
    return <Slider name="Batch size" value={now.batch} low={1} high={256} logarithmic whole onChange={(batch) => edit({ batch })} />;
  if (now.noise !== "sigma" || !isNumber(now.sigma)) return null;
  const sigma = Number(now.sigma);
  return (
    <Slider
      name="Noise"
      value={sigma}
      low={Math.min(0.01, sigma)}
      high={Math.max(5, sigma)}
      logarithmic
      hint="standard deviation σ of one gradient"
      onChange={(value) => edit({ sigma: String(value) })}
    />
  );
}

function TextField({
  label,
  field,
  now,
  about,
  hint,
  rows = 1,
}: {
  label: string;
  field: "start" | "tests" | "inside";
  now: Form;
  about: readonly string[];
  hint: string;
  rows?: number;
}) {
  const failure = faultOf(...about);
  const id = `field-${field}`;
  const common = {
    id,
    spellcheck: false,
    autocomplete: "off",
    value: now[field],
    "aria-invalid": failure !== null,
    "aria-describedby": `${id}-hint fault-${field}`,
  };
  const onInput = (event: { currentTarget: { value: string } }): void => edit({ [field]: event.currentTarget.value });
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {rows > 1 ? <textarea {...common} rows={rows} onInput={onInput} /> : <input type="text" {...common} onInput={onInput} />}
      <span class="note hint" id={`${id}-hint`}>
        {hint}
      </span>
      <Fault id={`fault-${field}`} failure={failure} text={now[field]} />
    </div>
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
