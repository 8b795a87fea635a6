// What a table of data is, whatever file it came from.

export type Cell = number | string | null;

export interface Table {
  /** Named in messages: a path, or "rows". */
  readonly source: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}
