// What is wrong with a field, below it: a formula's text with carets under the characters, and for each what to write instead.
import { useEffect, useRef } from "preact/hooks";
import type { Failure } from "../engine/jobs.ts";
import { fault } from "../state/current.ts";

interface Place {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** The fault, where it is about one of these fields of the problem file. */
export function faultOf(...fields: readonly string[]): Failure | null {
  const found = fault.value;
  const field = String(found?.details["field"] ?? found?.message ?? "");
  return found && fields.some((each) => field.startsWith(each)) ? found : null;
}

const told = ["objective", "noise", "start", "tests", "inside", "learningRate", "steps"];

/** What no field's own message tells. */
export function OtherFault() {
  const found = fault.value;
  return found && !faultOf(...told) ? <Fault id="fault-other" failure={found} /> : null;
}

export function Fault({ id, failure, text }: { id: string; failure: Failure | null; text?: string }) {
  const shown = useRef<HTMLPreElement>(null);
  const places = (failure?.details["problems"] as Place[] | undefined) ?? [];
  const first = places[0];
  const line = first && text ? (text.split("\n")[first.line - 1] ?? "") : "";
  useEffect(() => {
    // a long formula is shown where it is wrong
    if (shown.current && first) shown.current.scrollLeft = Math.max(0, (first.column - 20) * 8);
  }, [first?.column, line]);
  if (!failure) return null;
  const columns = new Set(places.filter((place) => place.line === first?.line).map(({ column }) => column));
  const carets = Array.from({ length: Math.max(0, ...columns) }, (_, i) => (columns.has(i + 1) ? "^" : " ")).join("");
  return (
    <div class="fault" role="alert" id={id}>
      {line !== "" && columns.size > 0 && (
        <pre ref={shown} class="carets">
          {line}
          {"\n"}
          {carets}
        </pre>
      )}
      {places.length > 0 ? (
        places.map((place) => (
          <p key={`${place.line}:${place.column}`}>
            Column {place.column}: {place.message}
          </p>
        ))
      ) : (
        <p>{failure.message}</p>
      )}
    </div>
  );
}
