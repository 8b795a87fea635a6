// What benchmarks share: processor time of this process (a loaded machine changes it little, wall time much), medians, ratios of rounds.
import { execFileSync } from "node:child_process";

/** Processor seconds that `work` takes. */
export function processorSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Rounds of several measurements in turn: A B C A B C ... */
export function alternate<K extends string>(rounds: number, measure: { readonly [name in K]: () => number }): { [name in K]: number[] } {
  const names = Object.keys(measure) as K[];
  const found = Object.fromEntries(names.map((name) => [name, [] as number[]])) as { [name in K]: number[] };
  for (let round = 0; round < rounds; round++) for (const name of names) found[name].push(measure[name]());
  return found;
}

/** The median of the rounds' ratios, with their range. */
export function ratio(over: readonly number[], under: readonly number[]): string {
  const ratios = over.map((value, round) => value / under[round]!);
  return `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)})`;
}

/** Runs a baseline: processor nanoseconds a path-step by its own count. */
export function baseline(command: string, args: readonly string[]): number {
  const out = JSON.parse(execFileSync(command, args, { encoding: "utf8" })) as {
    cpuSeconds: number;
    paths: number;
    steps: number;
    clamped: number;
  };
  if (out.clamped !== 0) throw new Error(`${command} ${args.join(" ")}: the run is not valid, ${out.clamped} states were clamped`);
  return (out.cpuSeconds / (out.paths * out.steps)) * 1e9;
}

export type Row = readonly (string | number)[];

export function table(head: Row, rows: readonly Row[]): string {
  const line = (row: Row) => `| ${row.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
