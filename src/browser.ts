// `escapement/browser`: the library and its figures in one file without imports, for a plain page and for notebooks
// (scripts/build-browser.mjs).
export * from "./index.ts";
/** A drawing with its caption and data. (In `escapement` the type of this name is a number of an answer; here it is the drawing.) */
export type { Figure } from "./report/index.ts";
export * from "./report/index.ts";
