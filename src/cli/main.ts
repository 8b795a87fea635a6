#!/usr/bin/env node
// The command: arguments -> question -> report, and exit codes (interface.md). Everything but the parser is loaded when needed.
import { CommanderError, Option, Command as Parser } from "commander";
import { EscapementError, type InputError } from "../errors.ts";
import { version } from "../version.ts";
import type { Command } from "./command.ts";
import { commands } from "./commands.ts";
import { asTyped, commonFlags, type Flag, type FlagValue, notYet, parseFlag, problemFlags } from "./flags.ts";
import { withoutPassword } from "./password.ts";

process.exitCode = await main(process.argv.slice(2));

/** Runs one command line and returns the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  // a closed pipe (… | head) is no error of ours
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  try {
    await parserOf(argv).parseAsync([...argv], { from: "user" });
    return typeof process.exitCode === "number" ? process.exitCode : 0;
  } catch (error) {
    return tell(error);
  }
}

function parserOf(argv: readonly string[]): Parser {
  const parser = new Parser("escapement")
    .description("Which continuous-time model of stochastic gradient descent is right, where, and by how much.")
    .version(version)
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .showSuggestionAfterError(true)
    .addHelpText("after", `\nStart with:  ${commands[0]!.example}\nEach command:  escapement COMMAND --help`);
  for (const command of commands) addCommand(parser, command, argv);
  return parser;
}

function addCommand(parser: Parser, command: Command, argv: readonly string[]): void {
  const later = command.name !== "schema" && !command.load && !command.run;
  const sub = parser.command(command.name, { hidden: later }).description(command.summary).exitOverride();
  if (later) {
    sub
      .allowUnknownOption()
      .argument("[anything...]")
      .action(() => {
        throw notYet(command.name);
      });
    return;
  }
  if (command.problems !== "none")
    sub.argument(command.problems === "many" ? "[problem...]" : "[problem]", "a problem file, - for standard input, or a gallery name");
  const flags = command.problems === "none" ? command.flags : [...command.flags, ...problemFlags, ...commonFlags];
  if (command.operands) sub.argument(command.operands);
  for (const flag of flags) addFlag(sub, flag);
  if (command.example) sub.addHelpText("after", `\nExample:  ${command.example}`);
  sub.action(async (...args: unknown[]) => {
    if (command.name === "schema") {
      const { problemJsonSchema } = await import("../index.ts");
      process.stdout.write(`${JSON.stringify(problemJsonSchema(), null, 2)}\n`);
      return;
    }
    if (command.run) {
      process.exitCode = await command.run(
        asTyped(sub.opts() as Record<string, FlagValue>),
        command.operands ? [args[0] ?? []].flat().map(String) : [],
      );
      return;
    }
    const names = command.problems === "many" ? (args[0] as string[]) : args[0] === undefined ? [] : [args[0] as string];
    const { runCommand } = await import("./run.ts");
    process.exitCode = await runCommand(command, names, sub.opts() as Record<string, FlagValue>, ["escapement", ...argv]);
  });
}

function addFlag(sub: Parser, flag: Flag): void {
  const spell = (name: string): string =>
    `${flag.short && name === flag.name ? `-${flag.short}, ` : ""}--${name}${flag.argument ? ` ${flag.argument}` : ""}`;
  const option = new Option(spell(flag.name), flag.help);
  option.hidden = flag.notYet === true;
  if (flag.kind === "switch") {
    if (flag.notYet) option.argParser(() => parseFlag(flag, ""));
  } else if (flag.kind === "repeated") option.argParser((text: string, before: string[] = []) => [...before, text]);
  else option.argParser((text: string) => parseFlag(flag, text));
  sub.addOption(option);
  for (const other of flag.also ?? [])
    sub.addOption(new Option(spell(other), `the same as --${flag.name}`).argParser((text: string) => parseFlag(flag, text)).hideHelp());
}

/** Says on standard error what went wrong; returns the exit code. */
function tell(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    process.stderr.write(
      `${withoutPassword(error.message).replace(/^error: /, "escapement: ")}\nescapement --help lists commands and flags\n`,
    );
    return 2;
  }
  if (error instanceof EscapementError || isEscapementLike(error)) {
    process.stderr.write(`escapement: ${withoutPassword(error.message)}\n`);
    return error.exitCode;
  }
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(`escapement: a defect of the program's own: ${withoutPassword(text)}\n`);
  if (process.env["ESCAPEMENT_DEBUG"] && error instanceof Error) process.stderr.write(`${withoutPassword(error.stack ?? "")}\n`);
  else process.stderr.write("ESCAPEMENT_DEBUG=1 shows where it happened; please report it\n");
  return 1;
}

function isEscapementLike(error: unknown): error is InputError {
  return typeof error === "object" && error !== null && "code" in error && "exitCode" in error && typeof error.exitCode === "number";
}
