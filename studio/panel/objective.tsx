// The objective's fields: a formula, a quadratic's matrix, or what data it is made of.
import { edit } from "../state/edit.ts";
import type { Form } from "../state/form.ts";
import { Fault, faultOf } from "./fault.tsx";

export function ObjectiveFields({ now }: { now: Form }) {
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
