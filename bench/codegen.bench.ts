// What compiled formulas cost: milliseconds to derive and compile, nanoseconds a point. Run: npx tsx bench/codegen.bench.ts
import { cpus } from "node:os";
import { compile, compileObjective } from "../src/codegen/compile.ts";
import { parseFormula } from "../src/expr/parse.ts";
import { atan, erf, exp, log, sin, tanh } from "../src/numerics/elementary.ts";

/** Best of several runs after warming up: what the code costs, not what else the machine did. */
function nanoseconds(count: number, run: () => void): number {
  for (let i = 0; i < 5; i += 1) run();
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 15; i += 1) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  return (best / count) * 1e6;
}

const count = 1e5;
let sink = 0;

function elementaryFunctions(): void {
  const x = Float64Array.from({ length: count }, (_, i) => 0.01 + ((i * 0.7548776662) % 4));
  for (const [name, f] of Object.entries({ exp, log, sin, tanh, atan, erf })) {
    const loop = () => {
      for (let i = 0; i < count; i += 1) sink += f(x[i]!);
    };
    const compiled = compile([parseFormula(`${name}(x)`).expr], ["x"]);
    const out = new Float64Array(count);
    const batch = nanoseconds(count, () => compiled.evaluateBatch(x, count, out));
    console.log(
      `${name.padEnd(6)} ${nanoseconds(count, loop).toFixed(1).padStart(6)} ns JavaScript, ${batch.toFixed(1).padStart(6)} ns wasm batch`,
    );
  }
}

function objective(label: string, text: string, names?: string[]): void {
  const start = performance.now();
  const { expr, variables } = parseFormula(text, names === undefined ? {} : { variables: names });
  const parsed = performance.now();
  const d = variables.length;
  const x = new Float64Array(d).fill(0.3);
  const f = compileObjective(expr, variables);
  const [gradient, hessian] = [new Float64Array(d), new Float64Array(d * d)];
  const times = [() => f.value(x), () => f.gradient(x, gradient), () => f.hessian(x, hessian), () => f.third(x, x, x, gradient)].map(
    (ask) => {
      const from = performance.now();
      ask();
      return (performance.now() - from).toFixed(1);
    },
  );
  console.log(`${label}: parse ${(parsed - start).toFixed(1)} ms; value, gradient, Hessian, third compiled in ${times.join(", ")} ms`);
  const calls = 2000;
  const repeat = (ask: () => void) => nanoseconds(calls, () => Array.from({ length: calls }).forEach(ask)).toFixed(0);
  console.log(
    `  one point: value ${repeat(() => f.value(x))} ns, gradient ${repeat(() => f.gradient(x, gradient))} ns, Hessian ${repeat(() => f.hessian(x, hessian))} ns`,
  );
  const points = Float64Array.from({ length: 1e4 * d }, (_, i) => (i * 0.618) % 2);
  const out = new Float64Array(1e4);
  for (const backend of ["wasm", "javascript"] as const) {
    const compiled = compile([expr], variables, { backend });
    console.log(`  batch of values, ${backend}: ${nanoseconds(1e4, () => compiled.evaluateBatch(points, 1e4, out)).toFixed(0)} ns a point`);
  }
}

console.log(`${cpus()[0]?.model}, Node ${process.version}`);
elementaryFunctions();
objective("(the first formula pays for the warming up)", "x + 1");
objective("double well, d = 1", "x^2/2 + 1.5*exp(-x^2)");
objective("coupled wells, d = 2", "(x^2 - 1)^2/4 + y^2/2 + 0.3 x y + cos(3x + y)");
const names = Array.from({ length: 20 }, (_, i) => `x${i + 1}`);
const linear = (k: number) => names.map((name, i) => `${(((i * 7 + k * 13) % 11) + 1) / 10} ${name}`).join(" + ");
objective("20 cosines of linear forms, d = 20", names.map((_, k) => `${0.1 + k / 10} cos(${linear(k)})`).join(" + "), names);
if (Number.isNaN(sink)) throw new Error("the elementary functions gave NaN");
