// Files of paths: read back by NumPy and by an independent Parquet reader, and ended properly on a full disk.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { tableFromIPC } from "apache-arrow";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { checkPathFile, openPathFile } from "../../src/node/path-file.ts";

const folder = mkdtempSync(join(tmpdir(), "escapement-paths-"));
const shape = { variables: ["x", "y"], steps: [1, 5, 10], paths: 7 };
/** Entry (path, step, coordinate) of the test's paths; not representable in few decimals. */
const entry = (p: number, s: number, i: number): number => (p + 1) / 3 + s * 1e-9 + i * 1e9;

function writeAll(name: string): string {
  const path = join(folder, name);
  const file = openPathFile(path, shape, true);
  for (const [first, count] of [
    [0, 4],
    [4, 3],
  ] as const)
    file.write({
      first,
      count,
      x: Float64Array.from({ length: count * 6 }, (_, k) => entry(first + Math.floor(k / 6), Math.floor(k / 2) % 3, k % 2)),
    });
  expect(file.close()).toBe(7);
  return path;
}

const numpy = (script: string): string =>
  execFileSync("/usr/bin/python3", ["-c", `import numpy as np\n${script}`], { encoding: "utf8" }).trim();

describe("formats", () => {
  it("csv holds every double to the last bit", () => {
    const rows = readFileSync(writeAll("a.csv"), "utf8")
      .trim()
      .split("\n")
      .map((line) => line.split(","));
    expect(rows[0]).toEqual(["path", "step", "x", "y"]);
    expect(rows).toHaveLength(1 + 21);
    expect(rows[1 + 6 * 3 + 2]!.map(Number)).toEqual([6, 10, entry(6, 2, 0), entry(6, 2, 1)]);
  });
  it("npz is read by NumPy", () => {
    const path = writeAll("a.npz");
    expect(numpy(`z = np.load(${JSON.stringify(path)}); print(z["x"].shape, z["steps"].tolist(), repr(float(z["x"][6, 2, 1])))`)).toBe(
      `(7, 3, 2) [1, 5, 10] ${entry(6, 2, 1)}`,
    );
  });
  it("parquet is read by another library", async () => {
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(writeAll("a.parquet")) });
    expect(rows).toHaveLength(21);
    expect(rows[20]).toEqual({ path: 6n, step: 10, x: entry(6, 2, 0), y: entry(6, 2, 1) });
  });
  it("arrow is read by Apache's own library, in batches as they were written", () => {
    const file = tableFromIPC(readFileSync(writeAll("a.arrow")));
    expect(file.schema.fields.map((f) => `${f.name} ${f.type} ${f.nullable}`)).toEqual([
      "path Int64 false",
      "step Int32 false",
      "x Float64 false",
      "y Float64 false",
    ]);
    expect(file.batches.map((b) => b.numRows)).toEqual([12, 9]);
    expect(file.numRows).toBe(21);
    for (const row of [0, 11, 12, 20]) {
      const [p, s] = [Math.floor(row / 3), row % 3];
      expect(file.get(row)!.toJSON()).toEqual({ path: BigInt(p), step: [1, 5, 10][s], x: entry(p, s, 0), y: entry(p, s, 1) });
    }
  });
  it("the same paths give the same bytes", () => {
    for (const e of ["csv", "npz", "parquet", "arrow"]) expect(readFileSync(writeAll(`b.${e}`))).toEqual(readFileSync(writeAll(`c.${e}`)));
  });
});

describe("bad input", () => {
  it("an unknown ending, a file that exists, a folder that is not there", () => {
    expect(() => checkPathFile("x.xlsx", false)).toThrow(
      /--out x\.xlsx: found the ending "\.xlsx"; allowed: \.csv, \.npz, \.parquet, \.arrow/,
    );
    const path = writeAll("exists.csv");
    expect(() => checkPathFile(path, false)).toThrow(/the file exists/);
    expect(() => openPathFile(join(folder, "none", "a.csv"), shape, false)).toThrow(/cannot be written/);
  });
});

describe("a full disk (a file size limit stands in for it)", () => {
  // 64 blocks of 512 bytes: the third block of 16 kB does not fit
  const script = join(folder, "fill.mts");
  writeFileSync(
    script,
    `import { openPathFile } from ${JSON.stringify(resolve("src/node/path-file.ts"))};
const file = openPathFile(process.argv[2], { variables: ["x"], steps: [1], paths: 10000 }, true);
try { for (let first = 0; first < 10000; first += 1000) file.write({ first, count: 1000, x: Float64Array.from({ length: 1000 }, (_, k) => (first + k) / 3) }); file.close(); }
catch (error) { console.log(error.message); process.exitCode = error.exitCode; }`,
  );
  it.each(["csv", "npz", "parquet", "arrow"])("%s: what was finished is kept and readable", async (ending) => {
    const path = join(folder, `full.${ending}`);
    const { status, stdout } = spawnSync(
      "bash",
      ["-c", `trap '' XFSZ; ulimit -f 64; exec ${resolve("node_modules/.bin/tsx")} ${script} ${path}`],
      { encoding: "utf8" },
    );
    expect(status).toBe(2);
    const kept = Number(/the first (\d+) of 10000 paths are kept/.exec(stdout)?.[1]);
    expect(kept).toBeGreaterThan(0);
    expect(existsSync(path)).toBe(true);
    if (ending === "csv") expect(readFileSync(path, "utf8").trim().split("\n")).toHaveLength(kept + 1);
    if (ending === "npz")
      expect(numpy(`x = np.load(${JSON.stringify(path)})["x"]; print(x.shape[0], bool((x[:, 0, 0] == np.arange(len(x)) / 3).all()))`)).toBe(
        `${kept} True`,
      );
    if (ending === "arrow") expect(tableFromIPC(readFileSync(path)).numRows).toBe(kept);
    if (ending === "parquet") expect(await parquetReadObjects({ file: await asyncBufferFromFile(path) })).toHaveLength(kept);
  });
});
