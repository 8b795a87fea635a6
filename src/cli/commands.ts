// The commands, one line each; what they do is loaded when they run, so that --help is quick.
import type { Command } from "./command.ts";

export const commands: readonly Command[] = [
  {
    name: "compare",
    summary: "which model of SGD is right, where, and by how much: all that applies, and a report page",
    problems: "many",
    flags: [],
    sweeps: [],
    example: "escapement compare examples/double-well.json",
    load: async () => (await import("./commands/questions.ts")).compareCommand,
  },
  {
    name: "law",
    summary: "the law of x_k and of each model at t = k eta",
    problems: "one",
    flags: [],
    sweeps: [],
    example: "escapement law examples/quadratic.json --at 1,5,20",
    load: async () => (await import("./commands/questions.ts")).lawCommand,
  },
  {
    name: "weak",
    summary: "E phi along the way, weak errors, fitted orders",
    problems: "one",
    flags: [],
    sweeps: ["eta"],
    example: 'escapement weak examples/double-well.json --test "x^2" --eta 0.2,0.1,0.05',
    load: async () => (await import("./commands/questions.ts")).weakCommand,
  },
  {
    name: "exit",
    summary: "mean exit time and exit law, watched as SGD is and watched always",
    problems: "one",
    flags: [{ name: "survival", kind: "counts", argument: "<k,...>", help: "steps at which P(exit step > k) is told" }],
    sweeps: [],
    example: 'escapement exit examples/double-well.json --inside "x < 0"',
    load: async () => (await import("./commands/questions.ts")).exitCommand,
  },
  {
    name: "diagnose",
    summary: "spectrum, regime, stability, which models to trust at a point",
    problems: "one",
    flags: [
      { name: "point", kind: "text", argument: "<p>", help: "start or optimum" },
      { name: "vectors", kind: "switch", help: "also the gradient and each model's drift" },
    ],
    sweeps: ["eta", "batch"],
    example: "escapement diagnose examples/diabetes.json --point optimum --eta 0.01,0.1",
    load: async () => (await import("./commands/questions.ts")).diagnoseCommand,
  },
  {
    name: "schema",
    summary: "the problem file's JSON Schema",
    problems: "none",
    flags: [],
    sweeps: [],
    example: "escapement schema > problem.schema.json",
  },
  ...["paths", "derive", "map", "reproduce", "studio", "runs", "show", "merge", "worker", "status"].map(
    (name): Command => ({ name, summary: "not yet", problems: "none", flags: [], sweeps: [], example: "" }),
  ),
];
