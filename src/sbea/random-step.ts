// A step at a point where f and the noise are nothing but random Taylor coefficients: what the generators are checked on (check.ts,
// heavy-ball-check.ts), as series for jets.ts and as tensors for contract.ts, which share the random numbers alone. Gaussian noise is R(x) xi
// with xi on Gauss-Hermite nodes, which have a normal's moments up to order 7; other noise has three values of mean zero, whose cumulants come
// from their moments.
import type { RandomStream } from "../numerics/random.ts";
import type { TensorSource } from "./contract.ts";
import type { NoiseLaw } from "./generator.ts";
import type { GradientAtom } from "./jets.ts";
import type { SeriesSpace } from "./power-series.ts";

/** The highest order of L that the four Gauss-Hermite nodes serve. */
export const highestCheckedOrder = 6;

export interface NoiseJets {
  /** Values as series in h, one list of d for each. */
  readonly atoms: readonly { readonly probability: number; readonly values: readonly Float64Array[] }[];
  /** The cumulant at these indices as a series; undefined where it vanishes. */
  cumulant(indices: readonly number[]): Float64Array | undefined;
}

/** Random noise of the law in d coordinates, as series in the first d variables of the space. */
export function randomNoise(space: SeriesSpace, d: number, law: NoiseLaw, stream: RandomStream): NoiseJets {
  return law === "gaussian" || law === "constant"
    ? gaussian(space, d, law === "constant", stream)
    : discrete(space, d, law === "minibatch" ? 2 : 1, stream);
}

function gaussian(space: SeriesSpace, d: number, constant: boolean, stream: RandomStream): NoiseJets {
  const root = Array.from({ length: d }, () =>
    Array.from({ length: d }, () => series(space, d, constant ? constantOnly(symmetricUniform(stream)) : randomDerivatives(stream))),
  );
  const inner = 3 - Math.sqrt(6);
  const outer = 3 + Math.sqrt(6);
  const nodes = [-Math.sqrt(outer), -Math.sqrt(inner), Math.sqrt(inner), Math.sqrt(outer)];
  const weights = [inner / 12, outer / 12, outer / 12, inner / 12];
  let points: { probability: number; xi: number[] }[] = [{ probability: 1, xi: [] }];
  for (let j = 0; j < d; j++)
    points = points.flatMap(({ probability, xi }) =>
      nodes.map((node, k) => ({ probability: probability * weights[k]!, xi: [...xi, node] })),
    );
  const atoms = points.map(({ probability, xi }) => ({
    probability,
    values: root.map((row) => sumOf(row.map((entry, j) => entry.map((value) => value * xi[j]!)))),
  }));
  return {
    atoms,
    cumulant: ([i, j, ...more]) => (more.length > 0 ? undefined : sumOf(root[i!]!.map((entry, k) => space.multiply(entry, root[j!]![k]!)))),
  };
}

/** Three values of mean zero, or the mean of `batch` independent draws of them. */
function discrete(space: SeriesSpace, d: number, batch: number, stream: RandomStream): NoiseJets {
  const probabilities = [0.5, 0.3, 0.2];
  const raw = probabilities.map(() => Array.from({ length: d }, () => series(space, d, randomDerivatives(stream))));
  const mean = Array.from({ length: d }, (_, i) => sumOf(raw.map((values, m) => values[i]!.map((value) => probabilities[m]! * value))));
  const single: NoiseJets["atoms"] = raw.map((values, m) => ({
    probability: probabilities[m]!,
    values: values.map((v, i) => v.map((value, k) => value - mean[i]![k]!)),
  }));
  const moment = (indices: readonly number[]): Float64Array =>
    sumOf(
      single.map(({ probability, values }) =>
        indices
          .map((i) => values[i]!)
          .reduce((a, b) => space.multiply(a, b))
          .map((value) => probability * value),
      ),
    );
  const cumulant = (indices: readonly number[]): Float64Array => {
    // kappa(1..r) = mu(1..r) - sum over the blocks S of the rest that leave something out: kappa(1, S) mu(the others)
    const [first, ...rest] = indices;
    const out = moment(indices);
    for (let mask = 0; mask < (1 << rest.length) - 1; mask++) {
      const block = cumulant([first!, ...rest.filter((_, k) => mask & (1 << k))]);
      const product = space.multiply(block, moment(rest.filter((_, k) => !(mask & (1 << k)))));
      for (let k = 0; k < out.length; k++) out[k]! -= product[k]!;
    }
    return out;
  };
  let atoms = single;
  for (let b = 2; b <= batch; b++) {
    atoms = atoms.flatMap((a) =>
      single.map((s) => ({ probability: a.probability * s.probability, values: a.values.map((v, i) => sumOf([v, s.values[i]!])) })),
    );
  }
  return {
    atoms: atoms.map(({ probability, values }) => ({ probability, values: values.map((v) => v.map((value) => value / batch)) })),
    cumulant(indices) {
      let scale = 1;
      for (let k = 1; k < indices.length; k++) scale /= batch;
      return cumulant(indices).map((value) => value * scale);
    },
  };
}

export type Derivatives = (exponent: readonly number[]) => number;

/** Partial derivatives at the point, drawn when first asked for. */
export function randomDerivatives(stream: RandomStream): Derivatives {
  const drawn = new Map<string, number>();
  return (exponent) => {
    const name = exponent.join();
    let value = drawn.get(name);
    if (value === undefined) drawn.set(name, (value = symmetricUniform(stream)));
    return value;
  };
}

export function symmetricUniform(stream: RandomStream): number {
  return 2 * stream.uniform() - 1;
}

function constantOnly(value: number): Derivatives {
  return (exponent) => (exponent.every((power) => power === 0) ? value : 0);
}

/** The Taylor series in the first d variables with these derivatives; it does not depend on the others. */
export function series(space: SeriesSpace, d: number, derivatives: Derivatives): Float64Array {
  return Float64Array.from(space.exponents, (exponent) =>
    exponent.slice(d).some((power) => power > 0) ? 0 : derivatives(exponent.slice(0, d)) / factorials(exponent),
  );
}

/** Tensors at the point of random f and noise, in the form that the contractions take. */
export function randomTensors(space: SeriesSpace, d: number, f: Derivatives, noise: NoiseJets): TensorSource {
  return {
    d,
    f: (rank) => tensor(d, rank, (indices) => f(exponentOf(indices, d))),
    cumulant: (rank, derivatives) =>
      tensor(d, rank + derivatives, (indices) => {
        const exponent = exponentOf(indices.slice(rank), d);
        const place = space.place([...exponent, ...new Array<number>(space.variables - d).fill(0)]);
        // Beyond the space only what cannot matter is asked for.
        return place === undefined ? 0 : (noise.cumulant(indices.slice(0, rank))?.[place] ?? 0) * factorials(exponent);
      }),
  };
}

/** The gradient of f, each component a series, with the values of the noise added. */
export function randomGradients(space: SeriesSpace, d: number, f: Derivatives, noise: NoiseJets): GradientAtom[] {
  const gradient = Array.from({ length: d }, (_, i) =>
    series(space, d, (exponent) => f(exponent.map((power, v) => power + (v === i ? 1 : 0)))),
  );
  return noise.atoms.map(({ probability, values }) => ({
    probability,
    gradient: values.map((v, i) => v.map((value, k) => value + gradient[i]![k]!)),
  }));
}

function sumOf(list: readonly Float64Array[]): Float64Array {
  return list.reduce((a, b) => a.map((value, k) => value + b[k]!));
}

function factorials(exponent: readonly number[]): number {
  let product = 1;
  for (const power of exponent) for (let k = 2; k <= power; k++) product *= k;
  return product;
}

export function exponentOf(indices: readonly number[], d: number): number[] {
  return Array.from({ length: d }, (_, v) => indices.filter((i) => i === v).length);
}

/** All d^rank entries, row-major. */
export function tensor(d: number, rank: number, entry: (indices: readonly number[]) => number): Float64Array {
  let all: number[][] = [[]];
  for (let k = 0; k < rank; k++) all = all.flatMap((indices) => Array.from({ length: d }, (_, i) => [...indices, i]));
  return Float64Array.from(all, entry);
}
