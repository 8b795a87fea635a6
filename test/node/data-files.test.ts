// Tables from .npz and .parquet: files made by NumPy and by the Parquet writer, against the same data in CSV; broken files.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, it } from "vitest";
import { readProblemAt } from "../../src/node/files.ts";
import { readNpz } from "../../src/node/npz.ts";
import { readNpzTable } from "../../src/node/npz-table.ts";
import { readParquetTable } from "../../src/node/parquet-table.ts";

const folder = mkdtempSync(join(tmpdir(), "escapement-data-"));
const python = (script: string): string =>
  execFileSync("/usr/bin/python3", ["-c", `import numpy as np\n${script}`], { cwd: folder, encoding: "utf8" }).trim();

const csv = readFileSync("examples/data/diabetes.csv", "utf8");
const [header, ...lines] = csv
  .trim()
  .split("\n")
  .map((line) => line.split(","));
const column = (j: number): number[] => lines.map((line) => Number(line[j]));
const target = header!.at(-1)!;

const problem = (data: string, more: object = {}, objective: object = { target }) => ({
  objective: { leastSquares: { data, ...objective } },
  noise: { minibatch: { size: 4, replacement: false } },
  learningRate: 1e-3,
  start: new Array(header!.length - 1).fill(0),
  steps: 5,
  ...more,
});

describe("the same data in every format", () => {
  it("Parquet and npz give the CSV's objective, bit for bit, and the problem names the file as it was named", async () => {
    const columns = header!.map((name, j) => ({ name, data: column(j) }));
    for (const codec of ["UNCOMPRESSED", "SNAPPY", "GZIP"] as const) {
      const compressors = { GZIP: (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes)) };
      const bytes = parquetWriteBuffer({ columnData: columns, codec, compressors });
      writeFileSync(join(folder, `${codec}.parquet`), new Uint8Array(bytes));
    }
    writeFileSync(join(folder, "d.csv"), csv);
    python(`t = np.loadtxt("d.csv", delimiter=",", skiprows=1); names = open("d.csv").readline().strip().split(",")
np.savez("columns.npz", **{n: t[:, j] for j, n in enumerate(names)})
np.savez_compressed("matrix.npz", X=np.asfortranarray(t[:, :-1]), columns=np.array(names[:-1]), ${target}=t[:, -1].astype(">f8"))`);
    const reference = await readProblemAt(problem("d.csv"), folder);
    for (const file of ["UNCOMPRESSED.parquet", "SNAPPY.parquet", "GZIP.parquet", "columns.npz", "matrix.npz"]) {
      const read = await readProblemAt(problem(file), folder);
      expect(read.objective.leastSquares).toEqual(reference.objective.leastSquares);
      expect((read.json["objective"] as { leastSquares: { data: string } }).leastSquares.data).toBe(file);
      // the normal form asks the same again
      expect((await readProblemAt(read.json, folder)).objective.leastSquares).toEqual(reference.objective.leastSquares);
    }
  });
  it("the command reads them", () => {
    writeFileSync(join(folder, "p.json"), JSON.stringify(problem("SNAPPY.parquet")));
    const run = (objective: string): unknown =>
      JSON.parse(execFileSync(resolve("node_modules/.bin/tsx"), ["src/cli/main.ts", "diagnose", objective, "--json"], { encoding: "utf8" }))
        .result;
    writeFileSync(join(folder, "q.json"), JSON.stringify(problem("d.csv")));
    expect(run(join(folder, "p.json"))).toEqual(run(join(folder, "q.json")));
  });
});

describe("npz arrays", () => {
  it.each([
    ["f8", "[0.1, -2.5]", [0.1, -2.5]],
    [">f4", "[0.1, -2.5]", [Math.fround(0.1), -2.5]],
    ["f2", "[65504, 5.960464477539063e-08]", [65504, 2 ** -24]],
    ["i8", "[2**53 - 1, -7]", [2 ** 53 - 1, -7]],
    [">i2", "[-300, 5]", [-300, 5]],
    ["u1", "[200, 5]", [200, 5]],
    ["?", "[True, False]", [1, 0]],
    ["<U3", "['abc', 'é']", ["abc", "é"]],
    [">U3", "['abc', '😀']", ["abc", "😀"]],
    ["S3", "['abc', 'd']", ["abc", "d"]],
  ])("of type %s", (type, values, expected) => {
    python(`np.savez("t.npz", a=np.array(${values}, dtype="${type}"))`);
    const [array] = readNpz(readFileSync(join(folder, "t.npz")), "t.npz");
    expect(array).toMatchObject({ name: "a", shape: [2] });
    expect([...array!.values]).toEqual(expected);
  });
  it("in Fortran order, three-dimensional", () => {
    python(`np.savez("f.npz", a=np.asfortranarray(np.arange(24.0).reshape(2, 3, 4)))`);
    expect([...readNpz(readFileSync(join(folder, "f.npz")), "f.npz")[0]!.values]).toEqual(Array.from({ length: 24 }, (_, k) => k));
  });
  it("a matrix X has the columns X1, X2, ..", () => {
    python(`np.savez("x.npz", X=np.array([[1, 2], [3, 4]]), y=np.array([5, 6]))`);
    expect(readNpzTable(readFileSync(join(folder, "x.npz")), "x")).toMatchObject({
      columns: ["X1", "X2", "y"],
      rows: [
        [1, 2, 5],
        [3, 4, 6],
      ],
    });
  });
});

describe("bad npz files name the array, row and column", () => {
  it.each([
    ["a=np.zeros(3), b=np.zeros(4)", /bad\.npz: array "b" has 4 rows, "a" has 3/],
    ["a=np.zeros((2, 2, 2))", /array "a" has 3 dimensions, shape \[2, 2, 2\]/],
    ["a=np.array([{}, 1], dtype=object)", /array "a": holds Python objects/],
    ["a=np.array([1j])", /array "a": has the type "<c16"/],
    ["a=np.array([2**60])", /array "a": entry 0 is an integer beyond 2\^53/],
    ["a=np.zeros(2, dtype=[('x', 'f8')])", /array "a": has structured rows/],
    ["a=np.zeros(0)", /array "a" has no rows/],
    ["X=np.zeros((3, 2)), columns=np.array(['p'])", /array "columns" has 1 names, "X" has 2 columns/],
  ])("%s", (arrays, message) => {
    python(`np.savez("bad.npz", **dict(${arrays}))`);
    expect(() => readNpzTable(readFileSync(join(folder, "bad.npz")), "bad.npz")).toThrow(message);
  });
  it("NaN and text among the numbers", async () => {
    python(`np.savez("nan.npz", x=np.array([1, np.nan, 2]), y=np.zeros(3)); np.savez("text.npz", x=np.array(["1", "two"]), y=np.zeros(2))`);
    const asked = (file: string) => readProblemAt(problem(file, {}, { target: "y" }), folder);
    await expect(asked("nan.npz")).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/nan\.npz: row 2, column "x": found NaN/),
    });
    await expect(asked("text.npz")).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/text\.npz: row 2, column "x": found "two"/),
    });
  });
});

describe("bad Parquet files", () => {
  const asked = (file: string, objective: object = { target: "y" }) => readProblemAt(problem(file, {}, objective), folder);
  it("an empty cell, text, a date", async () => {
    const write = (name: string, columnData: Parameters<typeof parquetWriteBuffer>[0]["columnData"]) =>
      writeFileSync(join(folder, name), new Uint8Array(parquetWriteBuffer({ columnData })));
    write("null.parquet", [
      { name: "x", data: [1, null, 3] },
      { name: "y", data: [1, 2, 3] },
    ]);
    write("text.parquet", [
      { name: "x", data: ["a", "b"] },
      { name: "y", data: [1, 2] },
    ]);
    write("date.parquet", [
      { name: "when", data: [new Date(0), new Date(1)] },
      { name: "x", data: [1, 2] },
      { name: "y", data: [1, 2] },
    ]);
    write("large.parquet", [
      { name: "x", data: [1n, 2n ** 60n] },
      { name: "y", data: [1, 2] },
    ]);
    const refused = (message: RegExp) => ({ exitCode: 2, message: expect.stringMatching(message) });
    await expect(asked("null.parquet")).rejects.toMatchObject(refused(/null\.parquet: row 2, column "x": found an empty cell/));
    await expect(asked("text.parquet")).rejects.toMatchObject(refused(/text\.parquet: row 1, column "x": found "a"/));
    await expect(asked("date.parquet")).rejects.toMatchObject(refused(/date\.parquet: row 1, column "when": found the date 1970/));
    await expect(asked("large.parquet")).rejects.toMatchObject(refused(/row 2, column "x": found the integer 1152921504606846976/));
    await expect(asked("none.parquet")).rejects.toMatchObject(refused(/none\.parquet: no such file/));
    // a column that is left out may be anything
    const left = {
      objective: { leastSquares: { data: "date.parquet", target: "y", features: ["x"] } },
      start: [0],
      noise: { gaussian: { sigma: 1 } },
    };
    expect((await readProblemAt(problem("date.parquet", left), folder)).objective.leastSquares!.a).toEqual(Float64Array.of(1, 2));
  });
});

describe("damaged bytes are refused, never misread nor a defect of ours", () => {
  // a small generator, so that failures can be repeated
  const random = (seed: number) => () => (seed = (seed * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
  function* damaged(bytes: Uint8Array, seed: number, count: number): Generator<Uint8Array> {
    const next = random(seed);
    for (let k = 0; k < count; k++) {
      const copy = bytes.slice(0, next() < 0.3 ? Math.floor(next() * bytes.length) : bytes.length);
      for (let flips = Math.floor(next() * 4); flips >= 0 && copy.length > 0; flips--)
        copy[Math.floor(next() * copy.length)] = Math.floor(next() * 256);
      yield copy;
    }
  }
  it("npz: an InputError, or the same numbers (the change fell on a byte without meaning)", () => {
    python(`np.savez("ok.npz", x=np.arange(6.0), y=np.ones((6, 2))); np.savez_compressed("okz.npz", x=np.arange(6.0), y=np.ones((6, 2)))`);
    let refused = 0;
    for (const name of ["ok.npz", "okz.npz"]) {
      const bytes = new Uint8Array(readFileSync(join(folder, name)));
      const { rows } = readNpzTable(bytes, name);
      for (const copy of damaged(bytes, 7, 3000)) {
        try {
          expect(readNpzTable(copy, name).rows).toEqual(rows);
        } catch (error) {
          expect((error as { exitCode?: number }).exitCode, String(error)).toBe(2);
          refused++;
        }
      }
    }
    expect(refused).toBeGreaterThan(3000);
  });
  it("Parquet: an InputError, or a table (the format has no checksum of its own)", async () => {
    const bytes = new Uint8Array(
      parquetWriteBuffer({
        columnData: [
          { name: "x", data: [1, 2, 3] },
          { name: "y", data: ["a", "b", "c"] },
        ],
      }),
    );
    let refused = 0;
    for (const copy of damaged(bytes, 11, 2000)) {
      try {
        await readParquetTable(copy, "x.parquet");
      } catch (error) {
        expect((error as { exitCode?: number }).exitCode, String(error)).toBe(2);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(500);
  });
});
