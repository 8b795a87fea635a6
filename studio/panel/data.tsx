// A CSV file becomes a problem: its target, its loss, its batches. Numeric columns are offered; text columns can be classes.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Raw } from "../engine/jobs.ts";
import { tour } from "../state/address.ts";
import { open } from "../state/edit.ts";
import { type OpenTable, table } from "./files.ts";

const losses = {
  leastSquares: "least squares",
  linear: "squared error, a network",
  logistic: "cross-entropy, logistic regression",
  network: "cross-entropy, a network",
} as const;
type Loss = keyof typeof losses;

const l2 = 0.01;

export function DataPanel() {
  return table.value ? <Choices key={table.value.name} data={table.value} /> : null;
}

function Choices({ data }: { data: OpenTable }) {
  const numeric = data.columns.filter((_, j) => data.rows.every((row) => typeof row[j] === "number"));
  // what is to be predicted mostly stands last
  const [target, setTarget] = useState(data.columns.at(-1)!);
  const natural = (name: string): Loss => (numeric.includes(name) ? "leastSquares" : "logistic");
  const [loss, setLoss] = useState(() => natural(target));
  const [batch, setBatch] = useState(Math.min(16, data.rows.length));
  const [hidden, setHidden] = useState(8);
  const features = numeric.filter((name) => name !== target);
  const left = data.columns.filter((name) => name !== target && !numeric.includes(name));
  const choose = (name: string): void => {
    setTarget(name);
    setLoss(natural(name));
  };
  const first = useRef<HTMLSelectElement>(null);
  // a file that was dropped elsewhere on the page leads here
  useEffect(() => {
    first.current?.closest("form")?.scrollIntoView({ block: "nearest" });
    first.current?.focus({ preventScroll: true });
  }, []);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    tour.value = null;
    const given = { data: { columns: data.columns, rows: data.rows }, target, features, standardize: true };
    // separable classes have no minimum without
    const kind = loss === "linear" ? { loss: "squared-error" } : { loss: "cross-entropy", l2 };
    const objective: Raw =
      loss === "leastSquares"
        ? { leastSquares: { ...given, intercept: true } }
        : {
            network: { ...given, hidden: loss === "logistic" ? [] : [hidden], ...kind },
          };
    const opened = await open({
      name: data.name.replace(/\.csv$/i, ""),
      objective,
      noise: { minibatch: { size: batch, replacement: false } },
      learningRate: 0.1,
      start: loss === "leastSquares" ? Array.from({ length: features.length + 1 }, () => 0) : { seed: 1 },
      steps: 100,
      tests: ["loss"],
    });
    if (opened) table.value = null;
  };
  return (
    <form class="data-form" aria-labelledby="data-title" onSubmit={submit}>
      <h3 id="data-title">
        {data.name}: {data.rows.length} rows, {data.columns.length} columns
      </h3>
      <label class="field">
        <span>Target</span>
        <select ref={first} value={target} onChange={(event) => choose(event.currentTarget.value)}>
          {data.columns.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>Loss</span>
        <select value={loss} onChange={(event) => setLoss(event.currentTarget.value as Loss)}>
          {Object.entries(losses).map(([id, name]) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {(loss === "network" || loss === "linear") && <NumberField label="Hidden units" value={hidden} high={64} onChange={setHidden} />}
      <NumberField label="Batch" value={batch} high={data.rows.length} onChange={setBatch} />
      <p class="note">
        Features, standardized: {features.join(", ") || "none: no other column is numeric"}
        {left.length > 0 && `. Left out, not numeric: ${left.join(", ")}`}
        {(loss === "logistic" || loss === "network") && `. With l2 ${l2}: separable classes have no minimum without it`}
      </p>
      <div class="row">
        <button type="submit" class="main" disabled={features.length === 0}>
          Diagnose and compare
        </button>
        <button type="button" onClick={() => (table.value = null)}>
          Leave it
        </button>
      </div>
    </form>
  );
}

function NumberField({ label, value, high, onChange }: { label: string; value: number; high: number; onChange: (value: number) => void }) {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        type="number"
        min={1}
        max={high}
        value={value}
        onInput={(event) => {
          const typed = Math.round(Number(event.currentTarget.value));
          if (typed >= 1) onChange(Math.min(high, typed));
        }}
      />
    </label>
  );
}
