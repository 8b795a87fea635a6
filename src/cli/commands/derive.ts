// `derive`: the modified equation, with or without a problem; as text, LaTeX, Python or JSON.
import type { Answer, DeriveResult } from "../../answer/index.ts";
import { InputError } from "../../errors.ts";
import { type DeriveOptions, derive } from "../../index.ts";
import { deriveLatex } from "../../report/derive-latex.ts";
import { derivePython, deriveTable } from "../../report/derive-table.ts";
import type { CommandModule } from "../command.ts";
import type { Flags } from "../problem.ts";

const formats = ["text", "latex", "python", "jax", "json"] as const;

function formatOf(flags: Flags): (typeof formats)[number] {
  const asked = flags["format"] ?? "text";
  const format = formats.find((f) => f === asked);
  if (!format) throw new InputError("cli/flag", `--format: found ${String(asked)}; allowed: ${formats.join(", ")}`, { flag: "--format" });
  return format;
}

/** Without a problem the equation is that of any momentum but 0, which is plain SGD's. */
function momentumAsked(beta: Flags[string] | undefined): boolean {
  if (beta === undefined) return false;
  if (typeof beta === "number" && beta >= 0 && beta < 1) return beta > 0;
  throw new InputError("cli/flag", `--momentum: found ${String(beta)}; allowed: a number from 0 on, below 1`, { flag: "--momentum" });
}

export const deriveCommand: CommandModule = {
  ask: ({ problems, flags, options }) => {
    formatOf(flags);
    return derive(problems[0], {
      ...options,
      models: (flags["model"] as string[] | undefined) ?? options.models,
      order: flags["order"] as number | undefined,
      noiseLaw: flags["noise-law"] as DeriveOptions["noiseLaw"],
      dimension: flags["dimension"] as number | undefined,
      check: flags["check"] === true,
      // a problem has its own
      momentum: problems.length === 0 && momentumAsked(flags["momentum"]),
    });
  },
  text: async (answer, { width, flags }) => {
    const derived = answer as Answer<DeriveResult>;
    switch (formatOf(flags)) {
      case "latex":
        return deriveLatex(derived);
      case "python":
        return derivePython(derived);
      case "jax":
        return derivePython(derived, "jax");
      case "json":
        return JSON.stringify(derived);
      default:
        return deriveTable(derived, { width });
    }
  },
};
