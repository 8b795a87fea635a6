// The elementwise parts of network losses, each written once over Arithmetic for every backend: activations with their slopes, what jets
// of activations need (u, v: derivatives along two directions), and the pieces of softmax. `slope` is sigma'(Z), `slope2` sigma''(Z), ...
//   forward    A = sigma(Z),  A_u = sigma' Z_u,  A_uv = sigma' Z_uv + sigma'' Z_u Z_v
//   backward   D = B sigma',  D_u = B_u sigma' + B sigma'' Z_u,
//              D_uv = B_uv sigma' + B_u sigma'' Z_v + B_v sigma'' Z_u + B (sigma'' Z_uv + sigma''' Z_u Z_v)
// relu has slope 0 and no curvature at its kink.
import type { Arithmetic } from "../../numerics/arithmetic.ts";

export type Activation = "tanh" | "softplus" | "sigmoid" | "relu";

/** Elementary functions that are called by name: of one argument, in numerics/elementary/list.ts. */
export type CalledFunction = "tanh" | "sigmoid" | "softplus" | "relu" | "step" | "exp" | "log";

export interface ElementwiseArithmetic<T, B> extends Arithmetic<T, B> {
  call(name: CalledFunction, x: T): T;
}

export interface Elementwise {
  readonly inputs: number;
  readonly outputs: number;
  define<T, B>(m: ElementwiseArithmetic<T, B>, x: readonly T[]): readonly T[];
}

function elementwise(inputs: number, outputs: number, define: Elementwise["define"]): Elementwise {
  return { inputs, outputs, define };
}

/** A and the first `slopes` slopes of sigma at Z. */
function activation(kind: Activation, slopes: number): Elementwise {
  return elementwise(1, 1 + slopes, (m, x) => activate(m, kind, x[0]!).slice(0, 1 + slopes));
}

function activate<T, B>(m: ElementwiseArithmetic<T, B>, kind: Activation, z: T): readonly T[] {
  const one = m.constant(1);
  const times = (factor: number, x: T): T => m.multiply(m.constant(factor), x);
  switch (kind) {
    case "tanh": {
      const a = m.call("tanh", z);
      const slope = m.subtract(one, m.multiply(a, a));
      const slope2 = times(-2, m.multiply(a, slope));
      return [a, slope, slope2, times(-2, m.multiply(slope, m.subtract(slope, times(2, m.multiply(a, a)))))];
    }
    case "sigmoid": {
      const a = m.call("sigmoid", z);
      return [a, ...slopesOfSigmoid(m, a)];
    }
    case "softplus": {
      const slope = m.call("sigmoid", z);
      return [m.call("softplus", z), slope, ...slopesOfSigmoid(m, slope)];
    }
    case "relu":
      return [m.call("relu", z), m.call("step", z), m.constant(0), m.constant(0)];
  }
}

/** First three derivatives of sigmoid where its value is a: a (1 - a) =: s, s (1 - 2 a), s (1 - 6 s). */
function slopesOfSigmoid<T, B>(m: ElementwiseArithmetic<T, B>, a: T): readonly T[] {
  const one = m.constant(1);
  const slope = m.multiply(a, m.subtract(one, a));
  const slope2 = m.multiply(slope, m.subtract(one, m.add(a, a)));
  return [slope, slope2, m.multiply(slope, m.subtract(one, m.multiply(m.constant(6), slope)))];
}

export const elementwiseFunctions = {
  tanh0: activation("tanh", 1),
  tanh1: activation("tanh", 2),
  tanh2: activation("tanh", 3),
  softplus0: activation("softplus", 1),
  softplus1: activation("softplus", 2),
  softplus2: activation("softplus", 3),
  sigmoid0: activation("sigmoid", 1),
  sigmoid1: activation("sigmoid", 2),
  sigmoid2: activation("sigmoid", 3),
  relu0: activation("relu", 1),
  relu1: activation("relu", 2),
  relu2: activation("relu", 3),
  zero: elementwise(0, 1, (m) => [m.constant(0)]),
  copy: elementwise(1, 1, (_, [x]) => [x!]),
  /** x y. */
  multiply: elementwise(2, 1, (m, [x, y]) => [m.multiply(x!, y!)]),
  /** a + x y. */
  addProduct: elementwise(3, 1, (m, [a, x, y]) => [m.add(a!, m.multiply(x!, y!))]),
  /** A_uv from slope, slope2, Z_u, Z_v, Z_uv. */
  forward2: elementwise(5, 1, (m, [s, s2, zu, zv, zuv]) => [m.add(m.multiply(s!, zuv!), m.multiply(s2!, m.multiply(zu!, zv!)))]),
  /** D_u from slope, slope2, Z_u, B, B_u. */
  backward1: elementwise(5, 1, (m, [s, s2, zu, b, bu]) => [m.add(m.multiply(bu!, s!), m.multiply(b!, m.multiply(s2!, zu!)))]),
  /** D_uv from slope, slope2, slope3, Z_u, Z_v, Z_uv, B, B_u, B_v, B_uv. */
  backward2: elementwise(10, 1, (m, [s, s2, s3, zu, zv, zuv, b, bu, bv, buv]) => [
    m.add(
      m.add(m.multiply(buv!, s!), m.multiply(s2!, m.add(m.multiply(bu!, zv!), m.multiply(bv!, zu!)))),
      m.multiply(b!, m.add(m.multiply(s2!, zuv!), m.multiply(s3!, m.multiply(zu!, zv!)))),
    ),
  ]),
  /** max(x, y). */
  larger: elementwise(2, 1, (m, [x, y]) => [m.select(m.less(x!, y!), y!, x!)]),
  /** e^(z - largest), and the sum so far with it. */
  exponentials: elementwise(3, 2, (m, [z, largest, sum]) => {
    const e = m.call("exp", m.subtract(z!, largest!));
    return [e, m.add(sum!, e)];
  }),
  /** x / y. */
  divide: elementwise(2, 1, (m, [x, y]) => [m.divide(x!, y!)]),
  /** log(sum) + largest - own: a sample's cross-entropy. */
  crossEntropy: elementwise(3, 1, (m, [sum, largest, own]) => [m.add(m.call("log", sum!), m.subtract(largest!, own!))]),
  /** (x - y) weight. */
  difference: elementwise(3, 1, (m, [x, y, weight]) => [m.multiply(m.subtract(x!, y!), weight!)]),
  /** a + (x - y)^2/2. */
  halfSquare: elementwise(3, 1, (m, [a, x, y]) => {
    const e = m.subtract(x!, y!);
    return [m.add(a!, m.multiply(m.constant(0.5), m.multiply(e, e)))];
  }),
  /** p (x - mean): how a softmax moves where its inputs move by x, `mean` being sum p x. */
  softmaxAlong: elementwise(3, 1, (m, [p, x, mean]) => [m.multiply(p!, m.subtract(x!, mean!))]),
  /** p_v (u - mean_u) + p (x - mean): its second derivative; `mean` is sum_j (p_v u + p x). */
  softmaxAlong2: elementwise(6, 1, (m, [pv, u, meanU, p, x, mean]) => [
    m.add(m.multiply(pv!, m.subtract(u!, meanU!)), m.multiply(p!, m.subtract(x!, mean!))),
  ]),
} as const satisfies Record<string, Elementwise>;

export type ElementwiseName = keyof typeof elementwiseFunctions;
