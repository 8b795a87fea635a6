// Oracles: a program as an objective, against the same objective of our own; and programs that die, hang and lie. The real Python and NumPy
// run the shipped adapter.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Estimate } from "../../src/answer/estimate.ts";
import type { TransportError } from "../../src/errors.ts";
import { readProblemAt } from "../../src/node/files.ts";
import { type Oracle, openOracle } from "../../src/node/oracle.ts";
import { oracleObjective } from "../../src/node/oracle-objective.ts";
import { encodeFrame, frameReader, Nonsense } from "../../src/node/oracle-protocol.ts";
import { diagnose } from "../../src/question/diagnose.ts";
import { paths } from "../../src/question/paths.ts";
import { main } from "../cli/command.ts";

const folder = mkdtempSync(join(tmpdir(), "escapement-oracle-"));
const opened: Oracle[] = [];
afterAll(() => opened.forEach((oracle) => oracle.close()));

/** Least squares on four rows, an intercept not needed, l2 = 0.1. */
const rows = [
  [1, 0.5, 1],
  [-0.5, 2, 0],
  [0.25, -1, 2],
  [2, 1, -1],
];
const ownObjective = { leastSquares: { data: { columns: ["a", "b", "y"], rows }, target: "y", l2: 0.1 } };
const common = { noise: { minibatch: { size: 2, replacement: false } }, learningRate: 0.1, start: [1, -2], steps: 12 };

writeFileSync(
  join(folder, "model.py"),
  `import numpy as np
from escapement_oracle import serve
print("what a script prints does no harm")
t = np.array(${JSON.stringify(rows)})
X, y, l2 = t[:, :2], t[:, 2], 0.1
pick = lambda samples: slice(None) if samples is None else samples
value = lambda x, s: np.mean((X[pick(s)] @ x - y[pick(s)]) ** 2) / 2 + l2 * x @ x / 2
gradient = lambda x, s: X[pick(s)].T @ (X[pick(s)] @ x - y[pick(s)]) / len(y[pick(s)]) + l2 * x
hessian_times = lambda x, v, s: X[pick(s)].T @ (X[pick(s)] @ v) / len(y[pick(s)]) + l2 * v
serve(d=2, n=4, value=value, gradient=gradient, hessian_times=hessian_times, start=[1, -2])
`,
);
const command = ["/usr/bin/python3", "model.py"];
const problem = (more: object = {}) => ({ ...common, objective: { oracle: { command } }, ...more });

/** Relative to the size of what is compared: sums of four terms in another order. */
const near = (a: ArrayLike<number>, b: ArrayLike<number>): void => {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++) expect(Math.abs(a[i]! - b[i]!)).toBeLessThan(1e-14 * (1 + Math.abs(b[i]!)));
};

describe("Python with NumPy", () => {
  it("answers as our own least squares do", async () => {
    const own = (await readProblemAt({ ...common, objective: ownObjective }, folder)).objective;
    const oracle = await openOracle(command, { folder });
    opened.push(oracle);
    expect(oracle.description).toEqual({ d: 2, n: 4, hessianTimes: true, single: false, start: Float64Array.of(1, -2) });
    const its = oracleObjective(oracle);
    const x = Float64Array.of(0.3, -0.7);
    const v = Float64Array.of(1.5, 2);
    const two = (): Float64Array => new Float64Array(2);
    near([its.value(x)], [own.value(x)]);
    near(its.gradient(x, two()), own.gradient(x, two()));
    near(its.hessianTimes!(x, v, two()), own.hessianTimes!(x, v, two()));
    near(its.hessian!(x, new Float64Array(4)), own.hessian!(x, new Float64Array(4)));
    const all = new Float64Array(8);
    const curved = new Float64Array(8);
    its.samples!.gradients!(x, all);
    its.samples!.allHessianTimes!(x, v, curved);
    const slopes = its.samples!.slopes!(x, v, new Float64Array(4));
    const c = Float64Array.of(1, -2, 0.5, 3);
    const combined = two();
    let spread = 0;
    const mean = own.gradient(x, two());
    for (let i = 0; i < 4; i++) {
      const g = own.samples!.gradient(i, x, two());
      near(its.samples!.gradient(i, x, two()), g);
      near(all.subarray(2 * i, 2 * i + 2), g);
      const h = own.samples!.hessianTimes!(i, x, v, two());
      near(its.samples!.hessianTimes!(i, x, v, two()), h);
      near(curved.subarray(2 * i, 2 * i + 2), h);
      near([slopes[i]!], [g[0]! * v[0]! + g[1]! * v[1]!]);
      g.forEach((entry, j) => {
        combined[j]! += c[i]! * entry;
        spread += (entry - mean[j]!) ** 2 / 4;
      });
    }
    near(its.samples!.combination!(x, c, two()), combined);
    near([its.samples!.spread!(x)], [spread]);
    near(
      its.samples!.batchGradient!([1, 1, 3], x, two()),
      [0, 1].map((j) => (2 * all[2 + j]! + all[6 + j]!) / 3),
    );
  });
  it("paths of SGD and the diagnosis are those of our own objective", async () => {
    const own = await readProblemAt({ ...common, objective: ownObjective }, folder);
    const its = await readProblemAt(problem({ start: "weights" }), folder, { allowOracle: true });
    expect(its.start).toEqual(own.start);
    expect(its.json["objective"]).toEqual({ oracle: { command } });
    const [a, b] = [await paths(own, { paths: 64 }), await paths(its, { paths: 64 })];
    // the same batches: figures differ by the order of sums only, over 12 contracting steps
    a.result.moments!.mean!.forEach((m, i) => expect(b.result.moments!.mean![i]!.value).toBeCloseTo(m.value, 12));
    const [p, q] = [await diagnose(own, {}), await diagnose(its, {})];
    near(q.result.eigenvalues as number[], p.result.eigenvalues as number[]);
    near([q.result.noiseTrace as number, q.result.value], [p.result.noiseTrace as number, p.result.value]);
  });
  it("the command runs it where that is allowed, in the problem's folder", () => {
    writeFileSync(join(folder, "p.json"), JSON.stringify(problem()));
    const run = (...flags: string[]) =>
      spawnSync(process.execPath, [main, "paths", join(folder, "p.json"), "--json", "--paths", "16", ...flags], { encoding: "utf8" });
    const refused = run();
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(/objective\.oracle: names a program to run: .*model\.py; allowed: only with --allow-oracle/);
    const allowed = run("--allow-oracle");
    expect(allowed.stderr).toBe("");
    expect(allowed.status).toBe(0);
    expect(JSON.parse(allowed.stdout).result.moments.mean).toHaveLength(2);
  });
  it("with more parameters than a Hessian has room for the diagnosis goes by products", async () => {
    // rows sqrt(n) s_i e_i: the eigenvalues are s_i^2 = 1, 1/2, 1/3, .. and zeros
    writeFileSync(
      join(folder, "wide.py"),
      `import numpy as np
from escapement_oracle import serve
n, d = 12, 900
X = np.zeros((n, d)); X[range(n), range(n)] = np.sqrt(n / np.arange(1, n + 1)); y = np.arange(n) / n
pick = lambda s: slice(None) if s is None else s
serve(d=d, n=n, start=np.zeros(d), value=lambda x, s: np.mean((X[pick(s)] @ x - y[pick(s)]) ** 2) / 2,
  gradient=lambda x, s: X[pick(s)].T @ (X[pick(s)] @ x - y[pick(s)]) / len(y[pick(s)]),
  sample_gradients=lambda x, s: X[s] * (X[s] @ x - y[s])[:, None],
  hessian_times=lambda x, v, s: X[pick(s)].T @ (X[pick(s)] @ v) / len(y[pick(s)]))
`,
    );
    const wide = await readProblemAt(
      problem({ objective: { oracle: { command: ["/usr/bin/python3", "wide.py"] } }, start: "weights", tests: ["loss"] }),
      folder,
      { allowOracle: true },
    );
    const { result } = await diagnose(wide);
    if (!("largest" in result.eigenvalues)) throw new Error("not matrix-free");
    const { largest } = result.eigenvalues;
    // the largest ones by Lanczos, to its own error and rounding
    for (const k of [0, 1, 2]) expect(Math.abs(largest[k]!.value - 1 / (k + 1))).toBeLessThan(Math.max(largest[k]!.error, 1e-12));
    // at x = 0 the samples' gradients are -y_i a_i: tr S2 is the mean of y_i^2 |a_i|^2 less |grad f|^2; kappa = (n - B)/(B (n - 1))
    const [n, B] = [12, 2];
    let [squares, mean] = [0, 0];
    for (let i = 0; i < n; i++) {
      squares += ((i / n) ** 2 * n) / (i + 1) / n;
      mean += ((i / n) ** 2 * n) / (i + 1) / (n * n);
    }
    near([result.noiseTrace as number], [((n - B) / (B * (n - 1))) * (squares - mean)]);
    const trace = result.hessianTrace as Estimate;
    const harmonic = Array.from({ length: n }, (_, i) => 1 / (i + 1)).reduce((a, b) => a + b, 0);
    // a fixed seed; five standard errors, which for a diagonal matrix and vectors of signs are rounding
    expect(Math.abs(trace.value - harmonic)).toBeLessThan(5 * trace.error + 1e-12);
  });
  it("a path that runs away is unstable, not nonsense", async () => {
    const away = await readProblemAt(problem({ learningRate: 10, steps: 400 }), folder, { allowOracle: true });
    const own = await readProblemAt({ ...common, objective: ownObjective, learningRate: 10, steps: 400 }, folder);
    const said = (p: typeof own): Promise<string> =>
      paths(p, { paths: 4 }).then(
        () => "",
        (error: Error) => error.message,
      );
    expect(await said(own)).toMatch(/overflow/i);
    expect(await said(away)).toBe(await said(own));
  });
});

/** An oracle of f = |x|^2/2 in two dimensions, in JavaScript, that misbehaves as `fault` says (statements run before the k-th request is answered). */
function faulty(name: string, fault: string, describeAs = '{ protocol: 1, d: 2, n: 3, can: ["hessianTimes"] }'): string[] {
  const file = join(folder, `${name}.mjs`);
  writeFileSync(
    file,
    `import { readSync, writeSync, existsSync, writeFileSync } from "node:fs";
const read = (n) => { const b = Buffer.alloc(n); for (let at = 0; at < n; ) { const k = readSync(0, b, at, n - at); if (k === 0) { if (process.env.STAYS) for (;;); process.exit(0); } at += k; } return b; };
const once = () => { const f = ${JSON.stringify(join(folder, `${name}.once`))}; if (existsSync(f)) return false; writeFileSync(f, ""); return true; };
const send = (header, values) => {
  const text = Buffer.from(JSON.stringify({ ...header, blocks: values ? [{ type: "f64", length: values.length }] : [] }));
  const size = Buffer.alloc(4); size.writeUInt32LE(text.length);
  writeSync(1, Buffer.concat([size, text, ...(values ? [Buffer.from(Float64Array.from(values).buffer)] : [])]));
};
for (let k = 0; ; k++) {
  const header = JSON.parse(read(read(4).readUInt32LE()).toString());
  const blocks = header.blocks.map((b) => { const raw = read(b.length * (b.type === "u32" ? 4 : 8)); return Array.from({ length: b.length }, (_, i) => b.type === "u32" ? raw.readUInt32LE(4 * i) : raw.readDoubleLE(8 * i)); });
  const { id, op } = header;
  let x = blocks[0];
  ${fault}
  if (op === "describe") send({ id, ...(${describeAs}) });
  else if (op === "value") send({ id }, [(x[0] * x[0] + x[1] * x[1]) / 2]);
  else if (op === "hessianTimes") send({ id }, blocks[1]);
  else send({ id }, header.each ? Array.from({ length: header.samples }, () => x).flat() : x);
}
`,
  );
  return [process.execPath, file];
}

const x = Float64Array.of(1, 2);
async function asked(
  command: string[],
  timeLimit = 20,
  onRestart: (message: string) => void = () => {},
): Promise<{ oracle: Oracle; ask: () => Float64Array }> {
  const oracle = await openOracle(command, { folder, timeLimit, onRestart });
  opened.push(oracle);
  return { oracle, ask: () => oracleObjective(oracle).gradient(x, new Float64Array(2)) };
}
const failure = (work: () => unknown): TransportError => {
  try {
    work();
  } catch (error) {
    return error as TransportError;
  }
  throw new Error("did not fail");
};

describe("programs that die, hang or lie: exit code 1, with their last words", () => {
  it("the well-behaved one is answered", async () => {
    expect((await asked(faulty("good", ""))).ask()).toEqual(x);
  });
  it("one that dies is started again, and the request asked again; that is told", async () => {
    const told: string[] = [];
    const { ask } = await asked(
      faulty("dies-once", `if (op === "gradient" && once()) { console.error("out of luck"); process.exit(3); }`),
      20,
      (m) => told.push(m),
    );
    expect(ask()).toEqual(x);
    expect(told).toEqual([expect.stringMatching(/died: ended with exit code 3; its last words:\s+out of luck; it was started again/)]);
  });
  it("one that hangs is ended and started again", async () => {
    const told: string[] = [];
    const { ask } = await asked(faulty("hangs-once", `if (op === "gradient" && once()) for (;;);`), 2.5, (m) => told.push(m));
    expect(ask()).toEqual(x);
    expect(told).toEqual([expect.stringMatching(/hangs: no answer within 2\.5 s; it was started again/)]);
  });
  it.each<[string, string, RegExp]>([
    [
      "dies",
      `if (op === "gradient") { console.error("Traceback:\\nboom"); process.exit(7); }`,
      /gradient: died: ended with exit code 7; its last words:\n {2}Traceback:\n {2}boom/,
    ],
    ["is killed", `if (op === "gradient") process.kill(process.pid, "SIGKILL");`, /died: ended by SIGKILL/],
    [
      "hangs",
      `if (op === "gradient") { console.error("thinking"); for (;;); }`,
      /hangs: no answer within 2\.5 s; its last words:\n {2}thinking/,
    ],
    [
      "answers half",
      `if (op === "gradient") { const t = Buffer.from(JSON.stringify({ id, blocks: [{ type: "f64", length: 2 }] })); const s = Buffer.alloc(4); s.writeUInt32LE(t.length); writeSync(1, Buffer.concat([s, t, Buffer.alloc(8)])); continue; }`,
      /hangs: no answer within 2\.5 s \(\d+ bytes of one came\)/,
    ],
    ["prints", `if (op === "gradient") writeSync(1, "loss = 0.3\\n");`, /answers nonsense: not a frame, but "loss = 0\.3/],
    [
      "answers too much",
      `if (op === "gradient") { send({ id }, x); send({ id }, x); continue; }`,
      /answers nonsense: (\d+ bytes (after its answer|on standard output)|an answer to request \d+; asked was \d+)/,
    ],
    [
      "answers with the wrong length",
      `if (op === "gradient") { send({ id }, [1, 2, 3]); continue; }`,
      /1 blocks, of 3 entries; asked for: 1, of 2/,
    ],
    ["answers another request", `if (op === "gradient") { send({ id: 99 }, x); continue; }`, /an answer to request 99; asked was \d+/],
    [
      "answers NaN",
      `if (op === "gradient") { send({ id }, [1, NaN]); continue; }`,
      /gradient: entry 1 of its answer is NaN at x = \(1, 2\)/,
    ],
    ["says an error", `if (op === "gradient") { send({ id, error: "no such layer" }); continue; }`, /gradient: it says: no such layer/],
    [
      "contradicts itself",
      `if (op === "gradient" && header.samples === 3 && !header.each) x = [1, 2.001];`,
      /answers that do not fit together: .*entry 1 is 2 and 2\.001/,
    ],
  ])("one that %s", async (name, fault, message) => {
    const { ask } = await asked(faulty(name.replaceAll(" ", "-"), fault), /hangs|half/.test(name) ? 2.5 : 20);
    const error = failure(ask);
    expect(error.message).toMatch(message);
    expect(error).toMatchObject({ exitCode: 1, code: "node/oracle" });
  });
  it("another description after a restart", async () => {
    const describeAs = `{ protocol: 1, d: existsSync(${JSON.stringify(join(folder, "two-faced.once"))}) ? 3 : 2, n: 3, can: [] }`;
    const { ask } = await asked(faulty("two-faced", `if (op === "gradient" && once()) process.exit(1);`, describeAs));
    expect(failure(ask).message).toMatch(/another description after it was started again: .*"d":3.*before: .*"d":2/);
  });
  it.each<[string, RegExp]>([
    ["{ protocol: 2, d: 2 }", /describes itself by protocol 2; spoken here: 1/],
    ["{ protocol: 1, d: 0 }", /allowed: "d", the number of parameters/],
    ["{ protocol: 1, d: 2, n: -1 }", /allowed: "n", the number of samples/],
    ['{ protocol: 1, d: 2, type: "f8" }', /the type "f8"; allowed: f64, f32/],
    ['{ error: "no data" }', /the error no data/],
  ])("a description %s", async (describeAs, message) => {
    await expect(asked(faulty("describes", "", describeAs))).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(message),
    });
  });
  it("a program that is not there is bad input", async () => {
    await expect(openOracle(["/no/such/program"], { folder })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/objective\.oracle\.command: .*cannot be started: no such program/),
    });
  });
  it("a wrong start is bad input: the oracle says how many parameters there are", async () => {
    await expect(readProblemAt(problem({ start: [1, 2, 3] }), folder, { allowOracle: true })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/start \(--start\): has 3 entries/),
    });
  });
});

/** Whether a process runs; one that has ended but was not yet asked for its exit code does not. */
async function runs(pid: number): Promise<boolean> {
  for (let k = 0; k < 50; k++) {
    const state = existsSync(`/proc/${pid}/stat`) ? /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1] : undefined;
    if (state === undefined || state === "Z") return false;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return true;
}

describe("what was finished is kept", () => {
  it("a file of paths ends after the last whole block, and no program is left behind", async () => {
    // each path takes 12 batches: the second block of 256 paths is not finished
    const [program, script] = faulty(
      "late",
      `if (op === "gradient" && (k > 5000 || existsSync(${JSON.stringify(join(folder, "late.died"))}))) { writeFileSync(${JSON.stringify(join(folder, "late.died"))}, ""); process.exit(9); } if (k === 0) writeFileSync(${JSON.stringify(join(folder, "late.pid"))}, String(process.pid));`,
    );
    writeFileSync(join(folder, "late.json"), JSON.stringify(problem({ objective: { oracle: { command: [program, script] } } })));
    const out = join(folder, "late.csv");
    const limits = { encoding: "utf8" as const, timeout: 50_000 };
    const { status, stderr } = spawnSync(
      resolve("node_modules/.bin/tsx"),
      ["src/cli/main.ts", "paths", join(folder, "late.json"), "--allow-oracle", "--paths", "100000", "--at", "12", "--out", out],
      limits,
    );
    expect(stderr).toMatch(/died: ended with exit code 9/);
    expect(status).toBe(1);
    expect(existsSync(out)).toBe(true);
    const kept = readFileSync(out, "utf8").trim().split("\n").length - 1;
    expect(kept).toBeGreaterThan(0);
    expect(kept % 256).toBe(0);
    expect(await runs(Number(readFileSync(join(folder, "late.pid"), "utf8")))).toBe(false);
  });
  it("a program that ignores the end of its input is ended with the command", async () => {
    const [program, script] = faulty(
      "stays",
      `if (op === "describe") { process.env.STAYS = "1"; writeFileSync(${JSON.stringify(join(folder, "stays.pid"))}, String(process.pid)); }`,
    );
    const escapement = `import { openOracle } from ${JSON.stringify(resolve("src/node/oracle.ts"))}; await openOracle(${JSON.stringify([program, script])}); console.log("open");`;
    writeFileSync(join(folder, "leave.mts"), escapement);
    expect(execFileSync(resolve("node_modules/.bin/tsx"), [join(folder, "leave.mts")], { encoding: "utf8", timeout: 20_000 }).trim()).toBe(
      "open",
    );
    expect(await runs(Number(readFileSync(join(folder, "stays.pid"), "utf8")))).toBe(false);
  });
});

describe("frames", () => {
  it("come back whole whatever the pieces they arrive in", () => {
    const values = Float64Array.of(1 / 3, Number.NaN, -0, Number.POSITIVE_INFINITY);
    const bytes = encodeFrame({ id: 7 }, [values]);
    for (const size of [1, 3, 7, 64, 1000]) {
      const reader = frameReader(() => {});
      let frame: ReturnType<typeof reader.push>;
      for (let at = 0; at < bytes.length; at += size) frame = reader.push(bytes.subarray(at, at + size));
      expect(frame).toEqual({ header: { id: 7, blocks: [{ type: "f64", length: 4 }] }, blocks: [values] });
    }
  });
  it("any bytes are a frame, the beginning of one, or nonsense", () => {
    let seed = 5;
    const next = (): number => (seed = (seed * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
    const good = encodeFrame({ id: 1, k: "v" }, [Float64Array.of(1, 2)]);
    let nonsense = 0;
    for (let k = 0; k < 3000; k++) {
      const bytes = good.slice();
      for (let c = 0; c < 3; c++) bytes[Math.floor(next() * bytes.length)] = Math.floor(next() * 256);
      try {
        frameReader(() => {}).push(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(Nonsense);
        nonsense++;
      }
    }
    expect(nonsense).toBeGreaterThan(1000);
  });
});
