// The objective that an oracle answers for: value, gradient, Hessian products as far as it has them, and its samples. Third derivatives it has
// none, so models that need them are told so. All samples' gradients are asked for in rows that fit `rowBytes`.
import { TransportError } from "../errors.ts";
import type { Objective, Samples } from "../problem/objective.ts";
import type { Oracle } from "./oracle.ts";

const limits = {
  /** Parameters up to which the Hessian is formed from d products, all in one request. */
  dense: 700,
  /** Bytes of an answer that lists samples. */
  rowBytes: 1 << 25,
  /** Samples that the first probe looks at one by one. */
  probed: 16,
};

export function oracleObjective(oracle: Oracle): Objective {
  const { d, n, hessianTimes: hasHessian } = oracle.description;
  let probed = false;
  const gradient = (x: Float64Array, out: Float64Array): Float64Array => {
    out.set(oracle.ask({ op: "gradient", x }));
    if (!probed) {
      probed = true;
      probe(oracle, x, out);
    }
    return out;
  };
  const curvature = {
    hessianTimes(x: Float64Array, v: Float64Array, out: Float64Array) {
      out.set(oracle.ask({ op: "hessianTimes", x, vectors: v }));
      return out;
    },
  };
  const dense = {
    hessian(x: Float64Array, out: Float64Array) {
      const unit = new Float64Array(d * d);
      for (let i = 0; i < d; i++) unit[i * d + i] = 1;
      out.set(oracle.ask({ op: "hessianTimes", x, vectors: unit }));
      // symmetric up to rounding; the mean is so in every bit
      for (let i = 0; i < d; i++) for (let j = 0; j < i; j++) out[i * d + j] = out[j * d + i] = 0.5 * (out[i * d + j]! + out[j * d + i]!);
      return out;
    },
  };
  return Object.freeze({
    kind: "oracle",
    d,
    variables: Array.from({ length: d }, (_, i) => `x${i + 1}`),
    value: (x: Float64Array) => oracle.ask({ op: "value", x })[0]!,
    gradient,
    ...(hasHessian ? curvature : {}),
    ...(hasHessian && d <= limits.dense ? dense : {}),
    ...(n > 0 ? { samples: oracleSamples(oracle) } : {}),
  });
}

function oracleSamples(oracle: Oracle): Samples {
  const { d, n, hessianTimes: hasHessian } = oracle.description;
  const one = new Uint32Array(1);
  const chunk = Math.max(1, Math.floor(limits.rowBytes / (8 * d)));
  /** Rows of all samples, some at a time: `use` gets the first one's number and the rows. */
  const inRows = (x: Float64Array, vectors: Float64Array | undefined, use: (first: number, rows: Float64Array) => void): void => {
    for (let first = 0; first < n; first += chunk) {
      const samples = Uint32Array.from({ length: Math.min(chunk, n - first) }, (_, k) => first + k);
      use(first, oracle.ask({ op: vectors ? "hessianTimes" : "gradient", x, samples, each: true, ...(vectors ? { vectors } : {}) }));
    }
  };
  const all = (x: Float64Array, vectors: Float64Array | undefined, out: Float64Array): Float64Array => {
    inRows(x, vectors, (first, rows) => out.set(rows, first * d));
    return out;
  };
  const curvature = {
    hessianTimes(i: number, x: Float64Array, v: Float64Array, out: Float64Array) {
      one[0] = i;
      out.set(oracle.ask({ op: "hessianTimes", x, vectors: v, samples: one }));
      return out;
    },
    allHessianTimes: all,
  };
  return Object.freeze({
    n,
    gradient(i: number, x: Float64Array, out: Float64Array) {
      one[0] = i;
      out.set(oracle.ask({ op: "gradient", x, samples: one }));
      return out;
    },
    batchGradient(picked: ArrayLike<number>, x: Float64Array, out: Float64Array) {
      out.set(oracle.ask({ op: "gradient", x, samples: Uint32Array.from(picked) }));
      return out;
    },
    gradients: (x: Float64Array, out: Float64Array) => all(x, undefined, out),
    slopes(x: Float64Array, v: Float64Array, out: Float64Array) {
      inRows(x, undefined, (first, rows) => {
        for (let at = 0, i = first; at < rows.length; at += d, i++) {
          let sum = 0;
          for (let j = 0; j < d; j++) sum += rows[at + j]! * v[j]!;
          out[i] = sum;
        }
      });
      return out;
    },
    combination(x: Float64Array, c: Float64Array, out: Float64Array) {
      out.fill(0);
      inRows(x, undefined, (first, rows) => {
        for (let at = 0, i = first; at < rows.length; at += d, i++) for (let j = 0; j < d; j++) out[j]! += c[i]! * rows[at + j]!;
      });
      return out;
    },
    spread(x: Float64Array) {
      // centred at the full gradient, so that nothing is lost by cancellation
      const mean = oracle.ask({ op: "gradient", x });
      let sum = 0;
      inRows(x, undefined, (_first, rows) => {
        for (let k = 0; k < rows.length; k++) sum += (rows[k]! - mean[k % d]!) * (rows[k]! - mean[k % d]!);
      });
      return sum / n;
    },
    ...(hasHessian ? curvature : {}),
  });
}

/**
 * Whether the answers fit together at the first point: the gradient is the mean of the samples', and a few of them asked for one by one have
 * the mean that is told of them. Dropout that is left on, or a regulariser that the samples lack, shows here.
 */
function probe(oracle: Oracle, x: Float64Array, gradient: Float64Array): void {
  const { d, n, single } = oracle.description;
  if (n === 0 || !gradient.every(Number.isFinite)) return;
  const everyone = Uint32Array.from({ length: n }, (_, i) => i);
  const few = everyone.subarray(0, Math.min(n, limits.probed));
  const rows = oracle.ask({ op: "gradient", x, samples: few, each: true });
  const scale = rows.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  // sums of n terms in some order: sqrt(n) roundings of their size, and a margin of a hundred
  const tolerance = 100 * Math.sqrt(n) * (single ? 2 ** -23 : 2 ** -52) * scale;
  const compare = (a: Float64Array, b: Float64Array, what: string): void => {
    const j = a.findIndex((v, i) => Math.abs(v - b[i]!) > tolerance);
    if (j >= 0)
      throw new TransportError(
        "node/oracle",
        `${oracle.name}: answers that do not fit together: ${what}: entry ${j} is ${a[j]} and ${b[j]}. The gradient has to be the mean of the samples' gradients, regulariser included, and the same whenever asked (no dropout).`,
        { entry: j },
      );
  };
  compare(gradient, oracle.ask({ op: "gradient", x, samples: everyone }), "the gradient and the mean over all samples");
  const mean = new Float64Array(d);
  for (let k = 0; k < rows.length; k++) mean[k % d]! += rows[k]! / few.length;
  compare(
    mean,
    oracle.ask({ op: "gradient", x, samples: few }),
    `the mean of the first ${few.length} samples' gradients and the gradient of that batch`,
  );
}
