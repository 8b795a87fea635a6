// Every `@example EXPRESSION // VALUE` in the source is true: evaluated with the exports of src, all in one program of its own. A value is
// JSON, markup, or the text of a formula; an example without one has to run.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";

interface Example {
  readonly file: string;
  readonly expression: string;
  readonly value: string;
}

const sources = (readdirSync("src", { recursive: true }) as string[]).filter((path) => path.endsWith(".ts")).map((path) => `src/${path}`);
const texts = new Map(sources.map((file) => [file, readFileSync(file, "utf8")]));

function examples(): Example[] {
  return [...texts].flatMap(([file, text]) =>
    [...text.matchAll(/@example (.+?)\s*(?:\*\/)?$/gm)].map(([, content]) => {
      const cut = content!.lastIndexOf(" // ");
      return cut < 0
        ? { file, expression: content!, value: "" }
        : { file, expression: content!.slice(0, cut).trim(), value: content!.slice(cut + 4).trim() };
    }),
  );
}

/** Where a name is exported from: the example's own file first. */
function exporter(name: string, own: string): string | undefined {
  const declares = new RegExp(`^export (?:async )?(?:function|const|class) ${name}\\b`, "m");
  return [own, ...sources].find((file) => declares.test(texts.get(file)!));
}

it("every example has the value that it says", () => {
  const all = examples();
  expect(all.length).toBeGreaterThan(15);
  const folder = mkdtempSync(join(tmpdir(), "escapement-docstrings-"));
  const lines = all.map(({ file, expression }, i) => {
    const names = [...new Set(expression.match(/(?<![.\w"])[A-Za-z_]\w*(?=[(`])/g) ?? [])].filter(
      (name) => exporter(name, file) !== undefined,
    );
    const imports = names.map((name) => `const { ${name} } = await import(${JSON.stringify(resolve(exporter(name, file)!))});`);
    return `results[${i}] = await (async () => { ${imports.join(" ")} return shown(${expression}); })().catch((error) => \`failed: \${error.message}\`);`;
  });
  const program = `const { printText } = await import(${JSON.stringify(resolve("src/expr/print-text.ts"))});
const shown = (value) => {
  if (value && typeof value === "object" && "kind" in value) return printText(value);
  if (value && typeof value === "object" && "markup" in value) return value.markup;
  if (ArrayBuffer.isView(value)) return JSON.stringify([...value]);
  return typeof value === "string" && value.startsWith("<") ? value : JSON.stringify(value);
};
const results = [];
${lines.join("\n")}
console.log(JSON.stringify(results));`;
  const path = join(folder, "examples.mts");
  writeFileSync(path, program);
  const { stdout, stderr } = spawnSync(resolve("node_modules/.bin/tsx"), [path], { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  expect(stderr).toBe("");
  const results = JSON.parse(stdout) as (string | null)[];
  const told = all.map(({ file, expression, value }, i) => `${file}: ${expression} // ${expectedOf(value, results[i]!)}`);
  expect(told).toEqual(all.map(({ file, expression, value }) => `${file}: ${expression} // ${value}`));
});

/** The value as written if the result is that, else the result. "..." stands for anything. */
function expectedOf(value: string, result: string | null): string {
  const found = String(result);
  if (value === "" && !found.startsWith("failed: ")) return value;
  if (value.includes("...")) {
    const [before, after] = value.split("...");
    if (found.startsWith(before!) && found.endsWith(after!)) return value;
  }
  let same = found === value;
  try {
    same ||= JSON.stringify(JSON.parse(value)) === found;
  } catch {
    // no JSON: the text itself
  }
  return same ? value : found;
}
