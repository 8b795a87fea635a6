// npm start: builds, then compares every model with SGD on three gallery problems, or on those that are named.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const run = (command, args) => {
  const { status, signal } = spawnSync(command, args, { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? (signal ? 130 : 1));
};

const asked = process.argv.slice(2);
const named =
  asked.some((word) => !word.startsWith("-") && (existsSync(word) || /^[\w-]+$/.test(word))) ||
  asked.some((word) => /^--(formula|matrix|data)/.test(word));
run("npm", ["run", "build", "--silent"]);
run(process.execPath, ["dist/cli/main.js", "compare", ...(named ? [] : ["quadratic", "maximum", "double-well"]), ...asked]);
