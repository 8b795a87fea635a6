// What all questions may be told.
export interface QuestionOptions {
  /** Model ids; default: all of the list. */
  readonly models?: readonly string[];
  readonly seed?: number;
  readonly method?: "auto" | "exact" | "sample";
  readonly paths?: number;
  readonly tolerance?: number;
  readonly maxSteps?: number;
  readonly substeps?: number;
  readonly nearest?: boolean;
  readonly strict?: boolean;
  readonly twoStep?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number, what: string) => void;
}
