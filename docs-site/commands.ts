// The flags of every command, from the tables that the command itself reads.
import { commands } from "../src/cli/commands.ts";
import { commonFlags, type Flag, problemFlags } from "../src/cli/flags.ts";
import { escapeHtml } from "./markdown.ts";

function flagTable(flags: readonly Flag[], name: string): string {
  const rows = flags
    .filter(({ notYet }) => !notYet)
    .map(({ name, also = [], short, argument, help }) => {
      const spellings = [...(short ? [`-${short}`] : []), `--${name}`, ...also.map((each) => `--${each}`)].map(
        (each) => `<code>${each}</code>`,
      );
      return `<tr><td>${spellings.join(", ")}</td><td>${escapeHtml(argument ?? "")}</td><td>${escapeHtml(help)}</td></tr>`;
    });
  return `<div class="scroll" tabindex="0" role="group" aria-label="${name}"><table><thead><tr><th>flag</th><th>value</th><th>meaning</th></tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

/** Flags by command, then those of problems and of every question. */
export function commandReference(): string {
  const own = commands
    .filter(({ name, flags }) => flags.length > 0 && name !== "schema")
    .map(({ name, flags }) => `<h3 id="flags-${name}">${name}</h3>${flagTable(flags, `Flags of ${name}`)}`);
  return `${own.join("\n")}
<h3 id="flags-problem">Flags that make a problem, or change a field of its file</h3>
${flagTable(problemFlags, "Problem flags")}
<h3 id="flags-common">Flags of every question</h3>
${flagTable(commonFlags, "Common flags")}`;
}
