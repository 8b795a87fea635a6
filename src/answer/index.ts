export * from "./answer.ts";
export * from "./compare.ts";
export * from "./diagnose.ts";
export * from "./estimate.ts";
export * from "./exit.ts";
export * from "./law.ts";
export * from "./warning.ts";
export * from "./weak.ts";
