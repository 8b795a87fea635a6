// What the page asks of its workers and what they answer: plain data, nothing else.
import type { Answer, CompareResult, DiagnoseResult, LawResult, MapAxisName, MapResult, ProblemJson, Table } from "../../src/index.ts";

/** A problem file's value, not yet checked. */
export type Raw = { readonly [field: string]: unknown };

/** How models are treated where they do not exist; the flags --two-step and --nearest. */
export interface Treatment {
  readonly twoStep: boolean;
  readonly nearest: boolean;
}

/** Where a picture in two dimensions lies: x = origin + a u + b v. In two dimensions the coordinates themselves. */
export interface Plane {
  readonly origin: readonly number[];
  readonly u: readonly number[];
  readonly v: readonly number[];
  readonly labels: readonly [string, string];
}

/** f on a grid: `n` values a side, from `low` to `high` along each axis, row by row from the bottom. */
export interface PlaneLandscape {
  readonly kind: "plane";
  readonly plane: Plane;
  readonly n: number;
  readonly low: readonly [number, number];
  readonly high: readonly [number, number];
  readonly f: Float32Array;
}

export interface LineLandscape {
  readonly kind: "line";
  readonly x: readonly number[];
  readonly f: readonly number[];
}

/** What a problem is, found in a few milliseconds. */
export interface Reading {
  /** The problem in normal form, as the command prints it. */
  readonly json: ProblemJson;
  readonly d: number;
  readonly variables: readonly string[];
  /** Laws in closed form: quadratic with constant noise. */
  readonly closedForm: boolean;
  /** The densities of SGD and of models are to be had without sampling. */
  readonly densities: boolean;
  /** TeX of f; null where it is no formula. */
  readonly tex: string | null;
  readonly models: readonly {
    readonly id: string;
    readonly title: string;
    readonly ours: boolean;
    readonly drift: string;
    readonly diffusion: string;
  }[];
  readonly diagnose: Answer<DiagnoseResult> | null;
  readonly landscape: LineLandscape | PlaneLandscape | null;
}

/** A figure of `escapement/report` as text. */
export interface DrawnFigure {
  readonly kind: string;
  readonly title: string;
  readonly caption: string;
  readonly errorNote: string;
  /** The accessible name. */
  readonly label: string;
  readonly svg: string;
  /** The same as a document of its own. */
  readonly file: string;
  readonly csv: string;
}

/** Particles of one process: `states` is [frame][particle][2], in the plane's coordinates. */
export interface CloudPart {
  readonly process: string;
  readonly count: number;
  readonly states: Float32Array;
  /** What walked them. */
  readonly backend: "wasm" | "native" | "javascript";
}

export interface Jobs {
  read: { ask: { raw: Raw; fit: boolean }; part: never; answer: Reading };
  table: { ask: { text: string; source: string }; part: never; answer: Table };
  law: {
    /** "draft" answers a slider, with its error; "densities" are the figures of the command. */
    ask: { raw: Raw; at: readonly number[]; models: readonly string[]; detail: "draft" | "densities" } & Treatment;
    part: never;
    answer: Answer<LawResult>;
  };
  clouds: {
    ask: { raw: Raw; plane: Plane; steps: readonly number[]; paths: number; processes: readonly string[] };
    part: CloudPart;
    answer: readonly string[];
  };
  compare: { ask: { raw: Raw } & Treatment; part: DrawnFigure; answer: Answer<CompareResult> };
  map: {
    ask: { raw: Raw; question: MapResult["question"]; axes: { readonly [A in MapAxisName]?: readonly number[] } } & Treatment;
    part: DrawnFigure;
    answer: Answer<MapResult>;
  };
}

export type JobKind = keyof Jobs;

/** An error that crossed from a worker. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly details: { readonly [key: string]: unknown };
}

export type Request<K extends JobKind = JobKind> = { [J in K]: { readonly kind: J } & Jobs[J]["ask"] }[K];

/** compare tells its answer first and then its figures one by one. */
export type Reply =
  | { readonly type: "progress"; readonly done: number; readonly total: number; readonly what: string }
  | { readonly type: "early"; readonly value: unknown }
  | { readonly type: "part"; readonly value: unknown }
  | { readonly type: "done"; readonly value: unknown }
  | { readonly type: "failed"; readonly error: Failure };
