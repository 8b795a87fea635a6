// How fast sampling is, beside hand-written C and careful NumPy (baselines/) in the same run. Run: npm run bench; with `-- --write` the tables
// go into docs/performance.md. Ratios are of processor times of one thread, alternating, so that other work on the machine counts little; threads
// can only be judged by wall time, and the load is printed with it. Every measurement takes some tenths of a second, all of them some two minutes;
// `-- start-up threads` runs these sections alone.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encodeKernel, simdRunner } from "../src/codegen/kernel/simd.ts";
import { type BlockRunner, blockRunner } from "../src/ensemble/kernel/backends.ts";
import { kernelFor } from "../src/ensemble/kernel/kernel-for.ts";
import type { PathProgram } from "../src/ensemble/program.ts";
import { compileNative, nativeRunner } from "../src/node/native.ts";
import { poolEngine } from "../src/node/pool.ts";
import { alternate, baseline, median, processorSeconds, type Row, ratio, table } from "./measure.ts";
import { chain, momentsProgram, problems } from "./sampling-problems.ts";
import { weakErrorWork } from "./weak-error-work.ts";

const at = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "escapement-bench-"));
// compilers are timed from an empty cache
process.env["XDG_CACHE_HOME"] = folder;
const rounds = 5;
const steps = 50;
const ids = ["sgd", "ha-sme"] as const;
const names = ["double-well", "coupled"] as const;
const kinds = ["fast", "full"] as const;

const flags = "-O3 -march=native -mprefer-vector-width=512 -ffp-contract=fast -fno-math-errno -fno-trapping-math -pthread -std=gnu11";
function buildC(kind: "fast" | "full"): string {
  const out = join(folder, `baseline-${kind}`);
  const cheap = kind === "fast" ? ["-DCHEAP_NORMALS"] : [];
  execFileSync("gcc", [...flags.split(" "), ...cheap, "-o", out, at("baselines/baseline.c"), "-lm"]);
  return out;
}

/** Processor nanoseconds a path-step of a runner over so many blocks. */
function nanoseconds(runner: BlockRunner, blocks: number): number {
  const seconds = processorSeconds(() => {
    for (let block = 0; block < blocks; block++) runner.run(block, 1024 * blocks);
  });
  return (seconds / (1024 * blocks * steps)) * 1e9;
}

async function nativeOf(program: PathProgram): Promise<BlockRunner> {
  const runner = blockRunner(program);
  runner.use(nativeRunner(await compileNative(runner.path!.kernel), runner.path!.kernel));
  return runner;
}

/** The four problems of the baselines by both kinds of normals. */
async function againstBaselines(): Promise<string> {
  const rows: Row[] = [];
  for (const kind of kinds) {
    const c = buildC(kind);
    for (const id of ids)
      for (const name of names) {
        const program = momentsProgram(problems[name], id, kind);
        const [wasm, native] = [blockRunner(program), await nativeOf(program)];
        const blocks = { sgd: 400, "ha-sme": 60 }[id];
        // V8 compiles twice, the second time beside the run for up to a second
        for (const until = performance.now() + 1500; performance.now() < until; ) nanoseconds(wasm, Math.ceil(blocks / 4));
        nanoseconds(native, blocks);
        const asked = (paths: number) => [`${id}-${name}`, String(paths), String(steps), "1", "1"];
        const paths = blocks * 1024;
        const found = alternate(rounds, {
          c: () => baseline(c, asked(2 * paths)),
          numpy: () => baseline("python3", [at("baselines/baseline_numpy.py"), ...asked(Math.min(paths, 32768))]),
          wasm: () => nanoseconds(wasm, blocks),
          native: () => nanoseconds(native, 2 * blocks),
        });
        rows.push([
          `${id}, ${name}`,
          kind,
          ...[found.c, found.native, found.wasm, found.numpy].map((ns) => median(ns).toFixed(2)),
          ratio(found.native, found.c),
          ratio(found.wasm, found.c),
          ratio(found.numpy, found.wasm),
          ratio(found.numpy, found.native),
        ]);
      }
  }
  return table(
    ["problem", "normals", "C, ns", "native, ns", "wasm, ns", "NumPy, ns", "native / C", "wasm / C", "NumPy / wasm", "NumPy / native"],
    rows,
  );
}

async function threads(): Promise<string> {
  const rows: Row[] = [];
  for (const backend of ["wasm", "native"] as const) {
    const program = momentsProgram(problems["double-well"], "sgd");
    const paths = backend === "wasm" ? 1.2e6 : 4e6;
    const engines = [1, 2].map((count) => poolEngine({ threads: count, backend }));
    for (const engine of engines) await engine(program, 0, paths / 2, {});
    const wall: number[][] = [[], []];
    const processors: number[][] = [[], []];
    for (let round = 0; round < rounds; round++)
      for (const [e, engine] of engines.entries()) {
        const [from, before] = [performance.now(), process.cpuUsage()];
        await engine(program, 0, paths, {});
        wall[e]!.push((performance.now() - from) / 1e3);
        const { user, system } = process.cpuUsage(before);
        processors[e]!.push((user + system) / 1e6);
      }
    for (const engine of engines) await engine.close();
    const perStep = (seconds: readonly number[]) => ((median(seconds) / (paths * steps)) * 1e9).toFixed(2);
    rows.push([backend, ...wall.map(perStep), ratio(wall[0]!, wall[1]!), ratio(processors[1]!, processors[0]!)]);
  }
  const head = ["double well, SGD", "one thread, wall ns", "two threads, wall ns", "gain", "processor time, two threads / one"];
  return `${table(head, rows)}\n\nLoad of the machine meanwhile: ${loadavg()[0]!.toFixed(1)} on ${cpus().length} processors.`;
}

function scaling(): string {
  const rows = [1, 2, 3, 4, 6, 8].map((d): Row => {
    const problem = chain(d);
    return [
      d,
      ...ids.map((id) => {
        const program = momentsProgram(problem, id);
        if (!kernelFor(program)) return "no kernel";
        const runner = blockRunner(program);
        const blocks = id === "sgd" ? Math.ceil(64 / d) : Math.ceil(16 / d ** 2);
        nanoseconds(runner, 1);
        return median([1, 2, 3].map(() => nanoseconds(runner, blocks))).toPrecision(3);
      }),
    ];
  });
  const runner = blockRunner(momentsProgram(problems.coupled, "sgd"));
  nanoseconds(runner, 64);
  const byPaths = [1, 8, 64, 512].map((blocks): Row => {
    const repeats = Math.ceil(64 / blocks);
    const once = () => Array.from({ length: repeats }, () => nanoseconds(runner, blocks)).reduce((a, b) => a + b) / repeats;
    return [1024 * blocks, median([once(), once(), once()]).toPrecision(3)];
  });
  return [
    table(["d", "SGD, wasm ns a path-step", "HA-SME in 4 substeps"], rows),
    table(["paths (coupled, SGD)", "wasm ns a path-step"], byPaths),
  ].join("\n\n");
}

async function startUp(): Promise<string> {
  await compileAll();
  const rows: Row[] = [];
  for (const id of ids)
    for (const name of names) {
      const program = momentsProgram({ ...problems[name] }, id);
      const wasm = Array.from({ length: 7 }, () => {
        const from = performance.now();
        const { kernel } = kernelFor(program)!;
        simdRunner(new WebAssembly.Module(encodeKernel(kernel)));
        return performance.now() - from;
      });
      rows.push([`${id}, ${name}`, wasm[0]!.toFixed(1), median(wasm).toFixed(1), (compileSeconds.get(`${id} ${name}`)! * 1e3).toFixed(0)]);
    }
  return table(["kernel", "wasm, first, ms", "wasm, median of 7, ms", "cc, empty cache, ms"], rows);
}

/** Wall seconds of the C compiler, by program. */
const compileSeconds = new Map<string, number>();
async function compileAll(): Promise<void> {
  for (const id of ids)
    for (const name of names) {
      const from = performance.now();
      await compileNative(kernelFor(momentsProgram(problems[name], id))!.kernel);
      compileSeconds.set(`${id} ${name}`, (performance.now() - from) / 1e3);
    }
}

const compiler = spawnSync("cc", ["--version"], { encoding: "utf8" }).stdout.split("\n")[0];
const processor = readProcessor();
function readProcessor(): string {
  const vectors = (() => {
    try {
      const info = readFileSync("/proc/cpuinfo", "utf8");
      return /avx512f/.test(info) ? ", AVX-512" : /avx2/.test(info) ? ", AVX2" : "";
    } catch {
      // not Linux: the name alone
      return "";
    }
  })();
  return `${cpus()[0]?.model.trim()}${vectors}, ${cpus().length} processors, Node ${process.version}, ${compiler}`;
}

const sections: { readonly [name: string]: { readonly title: string; text(): string | Promise<string> } } = {
  "start-up": { title: "Start-up", text: startUp },
  baselines: { title: "Against C and NumPy", text: againstBaselines },
  threads: { title: "Threads", text: threads },
  scaling: { title: "Dimensions and paths", text: scaling },
  "weak-error": {
    title: "Work for a weak error",
    text: () => {
      const { head, rows } = weakErrorWork();
      return table(head, rows);
    },
  },
};
const asked = process.argv.slice(2).filter((name) => name !== "--write");
for (const name of asked)
  if (!(name in sections)) throw new Error(`there is no section ${name}; there are ${Object.keys(sections).join(", ")}`);
const write = process.argv.includes("--write");
if (write && asked.length > 0) throw new Error("--write goes with all sections: the page is of one run");

const parts = [`Measured on: ${processor}.`];
for (const [name, { title, text }] of Object.entries(sections))
  if (asked.length === 0 || asked.includes(name)) parts.push(`### ${title}`, await text());
const measured = parts.join("\n\n");
console.log(measured);
if (write) {
  const page = at("../docs/performance.md");
  const [begin, end] = ["<!-- bench: begin -->", "<!-- bench: end -->"];
  const [before, , after] = readFileSync(page, "utf8").split(new RegExp(`${begin}|${end}`));
  writeFileSync(page, `${before}${begin}\n${measured}\n${end}${after}`);
}
rmSync(folder, { recursive: true, force: true });
