// The heavy ball's generator: the first orders by hand, all against log S by Taylor jets, and on quadratics against log P and the diffusion of the only
// linear SDE with SGD's law (theory.md 7), which use none of it. Weak orders of the SDEs that follow, on a quadratic, by their exact laws.
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { expm } from "../../src/numerics/expm.ts";
import { noiseLaws } from "../../src/sbea/generator.ts";
import { heavyBallGenerator } from "../../src/sbea/heavy-ball.ts";
import { coefficientTensor, withVelocity } from "../../src/sbea/heavy-ball-apply.ts";
import { checkHeavyBall } from "../../src/sbea/heavy-ball-check.ts";
import { heavyBallModule } from "../../src/sbea/heavy-ball-python.ts";
import { describeHeavyBall, heavyBallSde } from "../../src/sbea/heavy-ball-text.ts";
import { add, rational } from "../../src/sbea/rational.ts";

const derived = heavyBallGenerator(5, "constant");
const texts = (order: number) =>
  describeHeavyBall(heavyBallGenerator(order, "general")[order]!, { minibatch: false, scalar: true }).terms.map(
    ({ coefficient, text }) => `${coefficient} ${text}`,
  );

describe("by hand", () => {
  // L_0 = A, L_1 = B - A A/2 with S = 1 + h A + h^2 B + ..
  it("L_0 is Langevin's, L_1 its first correction and the noise", () => {
    expect(texts(0)).toEqual(["1 p dx", "-1 gamma p dp", "-1 f' dp"]);
    expect(texts(1)).toEqual(["-1/2 gamma p dx", "-1/2 f' dx", "-1/2 gamma^2 p dp", "-1/2 gamma f' dp", "1/2 f'' p dp", "1/2 s dp^2"]);
  });
  it("free flight with kicks, f = 0 and gamma = 0: D D^T = h s [[h^2/6, h/2], [h/2, 1]], which is never semidefinite", () => {
    const free = derived.map(({ order, terms }) => ({
      order,
      terms: terms.filter(({ gammaPower, term }) => gammaPower === 0 && !term.factors.some(({ tensor }) => tensor === "f")),
    }));
    const { xx, xp, pp } = heavyBallSde(free);
    const entries = [xx, xp, pp].map((list) => list.map(({ term }) => `${term.coefficient.join("/")} h^${term.etaPower}`));
    expect(entries).toEqual([["1/6 h^3"], ["1/2 h^2"], ["1/1 h^1"]]);
  });
});

describe.each(noiseLaws)("jets, %s noise", (law) => {
  it.each([
    [1, 5],
    [2, 3],
    [3, 2],
  ])("in %i dimensions up to L_%i", (dimension, order) => {
    for (const seed of [1, 2]) {
      const rows = checkHeavyBall(order, law, dimension, seed);
      expect(rows).toHaveLength(order + 1);
      // as for plain SGD (check.test.ts): rounding of some 1e4 products that cancel to a thousandth
      for (const row of rows) expect(row.relativeError).toBeLessThan(1e-11);
      expect(rows.every((row) => Math.abs(row.jet) > 0)).toBe(true);
    }
  });
});

it("jets see each single coefficient of L_2 that is off by 1/1000", () => {
  const right = heavyBallGenerator(2, "general");
  for (const k of right[2]!.terms.keys()) {
    const terms = right[2]!.terms.map((t, j) =>
      j === k ? { ...t, term: { ...t.term, coefficient: add(t.term.coefficient, rational(1, 1000)) } } : t,
    );
    const rows = checkHeavyBall(2, "general", 2, 1, [...right.slice(0, 2), { order: 2, terms }]);
    expect(rows[2]!.relativeError).toBeGreaterThan(1e-8);
  }
});

// 1-D quadratic, lambda = 1.3, s = 0.7, gamma fixed
const [lambda, s, gamma] = [1.3, 0.7, 0.8];
type Pair = readonly [number, number, number, number];
const times = (a: Pair, b: Pair): Pair => [
  a[0] * b[0] + a[1] * b[2],
  a[0] * b[1] + a[1] * b[3],
  a[2] * b[0] + a[3] * b[2],
  a[2] * b[1] + a[3] * b[3],
];
const turned = (a: Pair): Pair => [a[0], a[2], a[1], a[3]];
const plus = (a: Pair, b: Pair, factor = 1): Pair => [
  a[0] + factor * b[0],
  a[1] + factor * b[1],
  a[2] + factor * b[2],
  a[3] + factor * b[3],
];
const power = (a: Pair, k: number): Pair => (k === 0 ? [1, 0, 0, 1] : times(a, power(a, k - 1)));

/** The step on (x, p) and its noise. */
function step(h: number): { P: Pair; N: Pair } {
  const beta = 1 - gamma * h;
  const z = h * h * lambda;
  return { P: [1 - z, beta * h, -z / h, beta], N: [h ** 4 * s, h ** 3 * s, h ** 3 * s, h ** 2 * s] };
}

/** B = log P/h by theory.md 7, and Q = -(B C + C B^T) with C the stationary covariance: P has complex eigenvalues for these h. */
function exact(h: number): { B: Pair; Q: Pair } {
  const { P, N } = step(h);
  const beta = P[3];
  const a = (P[0] + P[3]) / 2;
  const root = Math.sqrt(beta - a * a);
  const g = Math.atan2(root, a) / root;
  const B = plus([Math.log(beta) / 2, 0, 0, Math.log(beta) / 2], [P[0] - a, P[1], P[2], P[3] - a], g).map(
    (entry) => entry / h,
  ) as unknown as Pair;
  let C: Pair = [0, 0, 0, 0];
  let [carry, move] = [N, P];
  // doubling: C = sum_k P^k N P^kT
  for (let k = 0; k < 40; k++) {
    carry = plus(carry, times(times(move, carry), turned(move)));
    move = times(move, move);
  }
  C = carry;
  return { B, Q: plus(times(B, C), turned(times(B, C))).map((entry) => -entry) as unknown as Pair };
}

/** Drift's matrix and D D^T of the generator's terms up to h^order. */
function series(h: number, order: number): { B: Pair; Q: Pair } {
  const at = (x: number, p: number) => {
    const tensors = withVelocity({
      tensors: { d: 1, f: (rank) => Float64Array.of([0, lambda * x, lambda][rank] ?? 0), cumulant: () => Float64Array.of(s) },
      p: Float64Array.of(p),
      gamma,
    });
    const sde = heavyBallSde(derived.slice(0, order + 1));
    const sum = (list: (typeof sde)["x"]) =>
      list.reduce((total, one) => total + h ** one.term.etaPower * coefficientTensor(one, tensors, gamma)[0]!, 0);
    return { x: sum(sde.x), p: sum(sde.p), Q: [sum(sde.xx), sum(sde.xp), sum(sde.xp), sum(sde.pp)] as Pair };
  };
  const [one, other] = [at(1, 0), at(0, 1)];
  return { B: [one.x, other.x, one.p, other.p], Q: one.Q };
}

const largest = (a: Pair) => Math.max(...a.map(Math.abs));

describe("quadratics", () => {
  it("the series of B and Q are those of log P: what is left shrinks like h^6 after L_5", () => {
    for (const part of ["B", "Q"] as const) {
      const left = [0.2, 0.1].map((h) => largest(plus(series(h, 5)[part], exact(h)[part], -1)));
      const slope = Math.log2(left[0]! / left[1]!);
      expect(left[1]).toBeLessThan(1e-6);
      // slopes between neighbouring h differ from 6 by O(h)
      expect(slope).toBeGreaterThan(5.5);
      expect(slope).toBeLessThan(7.5);
    }
  });

  it("weak orders in h: 1 for Langevin, 2 for series-1, 3 for series-2 with a semidefinite D D^T", () => {
    const start: readonly [number, number] = [1, 0.4];
    const errors = (h: number, order: 0 | 1 | 2): number => {
      const { P, N } = step(h);
      const { B, Q } = series(h, order);
      const noise: Pair = order < 2 ? [0, 0, 0, h * s] : [(Q[1] * Q[1]) / Q[3], Q[1], Q[2], Q[3]];
      // exact for a linear SDE: e^{Bh} and int_0^h e^{Bt} Q e^{B^T t} dt by Van Loan's block exponential
      const block = new Float64Array(16);
      const put = (row: number, column: number, m: Pair, factor: number) =>
        m.forEach((entry, k) => (block[(row + (k >> 1)) * 4 + column + (k & 1)] = factor * h * entry));
      put(0, 0, B, -1);
      put(0, 2, noise, 1);
      put(2, 2, turned(B), 1);
      const e = expm(block, 4);
      const cut = (row: number, column: number): Pair => [0, 1, 4, 5].map((k) => e[row * 4 + column + k]!) as unknown as Pair;
      const flow = turned(cut(2, 2));
      const kick = times(flow, cut(0, 2));
      // E x^2 at time 2: the largest error on the way
      let [model, sgd]: [Pair, Pair] = [
        [0, 0, 0, 0],
        [0, 0, 0, 0],
      ];
      let worst = 0;
      for (let k = 1; k <= Math.round(2 / h); k++) {
        model = plus(times(times(flow, model), turned(flow)), kick);
        sgd = plus(times(times(P, sgd), turned(P)), N);
        const mean = (m: Pair) => m[0] * start[0] + m[1] * start[1];
        worst = Math.max(worst, Math.abs(model[0] + mean(power(flow, k)) ** 2 - sgd[0] - mean(power(P, k)) ** 2));
      }
      return worst;
    };
    for (const order of [0, 1, 2] as const) {
      const [coarse, fine] = [errors(0.05, order), errors(0.025, order)];
      expect(Math.abs(Math.log2(coarse / fine) - (order + 1))).toBeLessThan(0.15);
    }
  });
});

it("the NumPy module gives the same drift and D D^T", () => {
  const h = 0.3;
  const module = heavyBallModule(heavyBallGenerator(3, "constant"), "test", "numpy");
  const script = `${module}
import json
f = lambda n, x: np.full((1,) * n, {1: ${lambda} * x[0], 2: ${lambda}}.get(n, 0.0))
kappa = lambda r, n, x: np.full((1,) * (r + n), ${s} if n == 0 else 0.0)
ask = lambda x, p: [np.concatenate(drift(np.array([x]), np.array([p]), ${h}, ${gamma}, f, kappa)).tolist(), diffusion(np.array([x]), np.array([p]), ${h}, ${gamma}, f, kappa).ravel().tolist()]
print(json.dumps([ask(1.0, 0.0), ask(0.0, 1.0)]))
`;
  const ran = spawnSync("/usr/bin/python3", ["-c", script], { encoding: "utf8" });
  expect(ran.stderr).toBe("");
  const [one, other] = JSON.parse(ran.stdout) as [number[][], number[][]];
  const { B, Q } = series(h, 3);
  const found: Pair = [one[0]![0]!, other[0]![0]!, one[0]![1]!, other[0]![1]!];
  expect(largest(plus(found, B, -1))).toBeLessThan(1e-14);
  expect(largest(plus(one[1] as unknown as Pair, Q, -1))).toBeLessThan(1e-14);
});
