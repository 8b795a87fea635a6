// The programs of docs/data.md and of the NumPy adapter's README, run as they stand.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readProblemAt } from "../../src/node/files.ts";
import { diagnose } from "../../src/question/diagnose.ts";

const snippet = (file: string, language: string): string => {
  const found = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(readFileSync(file, "utf8"))?.[1];
  if (!found) throw new Error(`${file}: no ${language}`);
  return found;
};

it("data.md: the npz file is a table of four columns", async () => {
  const folder = mkdtempSync(join(tmpdir(), "escapement-docs-data-"));
  expect(execFileSync("/usr/bin/python3", ["-c", snippet("docs/data.md", "python")], { cwd: folder, encoding: "utf8" }).trim()).toBe("X y");
  const objective = { leastSquares: { data: "table.npz", target: "y" } };
  const problem = await readProblemAt(
    { objective, noise: { gaussian: { sigma: 1 } }, learningRate: 0.1, start: [0, 0, 0], steps: 1 },
    folder,
  );
  // the noise of the data leaves about 1/sqrt(100) of error
  problem.objective.quadratic!.center.forEach((c, i) => expect(Math.abs(c - [1, -2, 0.5][i]!)).toBeLessThan(0.5));
});

it("the NumPy adapter's README: a model and its diagnosis", async () => {
  const folder = mkdtempSync(join(tmpdir(), "escapement-docs-oracle-"));
  const readme = "adapters/python-numpy/README.md";
  writeFileSync(join(folder, "model.py"), snippet(readme, "python"));
  const raw = JSON.parse(snippet(readme, "json").replace('"python3"', '"/usr/bin/python3"'));
  const problem = await readProblemAt(raw, folder, { allowOracle: true });
  const { result } = await diagnose(problem);
  // at x = 0 the Hessian is X^T X/(4n) + l2: a quarter of a unit covariance
  for (const value of result.eigenvalues as number[]) expect(Math.abs(value - 0.25)).toBeLessThan(0.1);
});
