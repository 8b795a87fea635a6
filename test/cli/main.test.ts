// The command as scripts and people use it: documents, tables, pipes, exit codes, words on bad input.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { json, problemFile, run } from "./command.ts";
import { expectCompared, gallery } from "./gallery.ts";

const good = {
  objective: { formula: "x^2/2", variables: ["x"] },
  noise: { gaussian: { sigma: 1 } },
  learningRate: 0.1,
  start: [1],
  steps: 5,
};

function bareNode(): number {
  const started = process.hrtime.bigint();
  spawnSync(process.execPath, ["-e", "0"]);
  return Number(process.hrtime.bigint() - started) / 1e9;
}

describe("help and schema", () => {
  it("--help lists the commands that are there, quickly", () => {
    // fastest of alternating runs, against bare Node in the same minute: the clock of a busy machine says nothing
    const rounds = [0, 1, 2, 3, 4].map(() => ({ help: run(["--help"]).seconds, bare: bareNode() }));
    const { status, stdout } = run(["--help"]);
    expect(status).toBe(0);
    for (const name of ["compare", "law", "weak", "exit", "diagnose", "schema"]) expect(stdout).toContain(name);
    // bare Node takes half of the 0.2 s that --help may take: the command must not load the library for its help
    const ratio = Math.min(...rounds.map((r) => r.help)) / Math.min(...rounds.map((r) => r.bare));
    expect(ratio).toBeLessThan(2.5);
  });
  it("schema is the shipped file", () => {
    expect(JSON.parse(run(["schema"]).stdout)).toEqual(JSON.parse(readFileSync("schema/problem.schema.json", "utf8")));
  });
});

describe("documents", () => {
  it("one JSON document with the fields of every answer", () => {
    const document = json(["law", problemFile(good), "--at", "1,5"]);
    expect(Object.keys(document)).toEqual(expect.arrayContaining(["command", "version", "problem", "seed", "warnings", "result"]));
    expect(document.result.sgd.laws.map((l: { step: number }) => l.step)).toEqual([1, 5]);
  });
  it("flags make a problem without a file, and the file's fields give way to them", () => {
    const flags = json(["law", "--formula", "x^2/2", "--sigma", "1", "--eta", "0.1", "--start", "1", "--steps", "5", "--at", "5"]);
    const file = json(["law", problemFile({ ...good, learningRate: 0.3, start: [7] }), "--eta", "0.1", "--start", "1", "--at", "5"]);
    expect(file.result).toEqual(flags.result);
  });
  it("reads standard input, and the document's problem asks the same again", () => {
    const first = json(["law", "-", "--at", "3"], JSON.stringify(good));
    expect(json(["law", "-"], JSON.stringify(first.problem)).result).toEqual(first.result);
  });
  it("the same twice, byte for byte", () => {
    const file = problemFile({ ...good, objective: { formula: "x^2/2 + cos(x)/3" } });
    expect(run(["weak", file, "--json"]).stdout).toBe(run(["weak", file, "--json"]).stdout);
  });
});

describe("bad input: exit code 2, nothing on standard output, no stack trace", () => {
  const cases: [string, string[], RegExp][] = [
    ["misspelt flag", ["law", problemFile(good), "--modles", "sme1"], /--models/],
    ["misspelt command", ["lwa", problemFile(good)], /law/],
    ["misspelt model", ["law", problemFile(good), "--models", "ha-smee"], /ha-sme/],
    ["misspelt method", ["law", problemFile(good), "--method", "guess"], /auto, exact, sample/],
    ["no problem at all", ["law"], /--formula/],
    ["no such file", ["law", "nowhere.json"], /nowhere\.json: no such file/],
    [
      "a gallery name mistyped",
      ["law", "dobule-well"],
      /dobule-well: no such file, and no problem of the gallery\. Did you mean double-well\?/,
    ],
    ["not JSON", ["law", problemFile('{\n  "objective": nope\n}')], /line 2, column 16/],
    ["empty file", ["law", problemFile("")], /empty/],
    ["a shard without a folder", ["law", problemFile(good), "--shard", "1/2"], /--shard: found no --run/],
    ["a claim that does not exist", ["reproduce", "weak-ordr"], /weak-order, smoothness.*Did you mean weak-order/],
    ["a formula's typo", ["law", problemFile({ ...good, objective: { formula: "x^2 + sinn(x)" } })], /\^[\s\S]*sin|sin[\s\S]*\^/],
    ["a list where one number is asked", ["law", problemFile(good), "--eta", "0.1,0.2"], /--eta: found a list/],
    ["an eta that does not divide the horizon", ["weak", problemFile(good), "--eta", "0.1,0.03"], /--eta.*0\.03/s],
    ["exit without a region", ["exit", problemFile(good)], /inside/],
  ];
  it.each(cases)("%s", (_name, args, words) => {
    const { status, stdout, stderr } = run(args);
    expect(stderr).toMatch(words);
    expect(stderr).not.toMatch(/\n\s+at .*:\d+:\d+/);
    expect(stdout).toBe("");
    expect(status).toBe(2);
  });
});

describe("the gallery", () => {
  // what takes more than ten seconds is compared in test/slow/gallery.test.ts
  const long = ["digits-softmax", "iris-softmax", "momentum-digits", "momentum-double-well", "rosenbrock", "saddle-escape"];
  const short = gallery.filter((name) => !long.includes(name));
  it("is not empty, and the long ones are there", () => expect(short.length).toBe(gallery.length - long.length));
  it.each(short)(
    "compare %s: a table within 80 columns and a page",
    (name) => {
      expectCompared(name);
    },
    240_000,
  );
});
