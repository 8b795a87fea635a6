// A field of text with its hint and, below it, what is wrong with it.
import { edit } from "../state/edit.ts";
import type { Form } from "../state/form.ts";
import { Fault, faultOf } from "./fault.tsx";

export function TextField({
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
