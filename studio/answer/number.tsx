// A number on the page: as text with the digits that its error justifies, and in data attributes exactly as the command's JSON has it.
import type { Estimate } from "../../src/index.ts";
import { formatFigure } from "../../src/report/index.ts";

/** @param path  where it stands in `result.problems[0]` of `escapement compare --json` */
export function Figure({
  path,
  value,
  digits = 4,
  instead,
}: {
  path: string;
  value: number | Estimate | null | undefined;
  digits?: number;
  instead?: string;
}) {
  const exact = value === null || value === undefined ? null : typeof value === "number" ? value : value.value;
  const error = value !== null && typeof value === "object" ? value.error : undefined;
  return (
    <span
      data-path={path}
      data-value={JSON.stringify(exact)}
      data-error={error === undefined ? undefined : JSON.stringify(error)}
      title={error === undefined ? undefined : `error ${error.toPrecision(2)} (${(value as Estimate).kind})`}
    >
      {instead ?? (exact === null ? "–" : formatFigure(value, digits))}
    </span>
  );
}
