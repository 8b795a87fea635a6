// The heavy ball's generator against log S by Taylor jets at random points (x, p), for every noise law: as check.ts for plain SGD.
import { createStream } from "../numerics/random.ts";
import type { CheckRow } from "./check.ts";
import type { NoiseLaw } from "./generator.ts";
import { type HeavyBallOrder, heavyBallGenerator } from "./heavy-ball.ts";
import { applyHeavyBall } from "./heavy-ball-apply.ts";
import { logOfStep, timesParameter } from "./jets.ts";
import { seriesSpace } from "./power-series.ts";
import {
  exponentOf,
  randomDerivatives,
  randomGradients,
  randomNoise,
  randomTensors,
  series,
  symmetricUniform,
  tensor,
} from "./random-step.ts";

/** Compares both routes for L_0 .. L_order of `law` at a random point of this dimension; order <= highestCheckedOrder. */
export function checkHeavyBall(
  order: number,
  law: NoiseLaw,
  dimension: number,
  seed: number,
  derived: readonly HeavyBallOrder[] = heavyBallGenerator(order, law),
): CheckRow[] {
  const stream = createStream(seed);
  const state = 2 * dimension;
  const space = seriesSpace(state + 1, order + 1);
  const f = randomDerivatives(stream);
  const phi = randomDerivatives(stream);
  const noise = randomNoise(space, dimension, law, stream);
  const gamma = symmetricUniform(stream);
  const p = Float64Array.from({ length: dimension }, () => symmetricUniform(stream));
  const h = (own: Float64Array, factor: number): Float64Array => timesParameter(space, own, factor);
  const sum = (...parts: readonly Float64Array[]): Float64Array => parts.reduce((a, b) => a.map((value, k) => value + b[k]!));
  const velocities = Array.from({ length: dimension }, (_, i) =>
    Float64Array.from(space.exponents, (exponent) => {
      const total = exponent.reduce((a, b) => a + b);
      return total === 0 ? p[i]! : total === 1 && exponent[dimension + i] === 1 ? 1 : 0;
    }),
  );
  const moves = randomGradients(space, dimension, f, noise).map(({ probability, gradient }) => {
    // p+ - p = -h (gamma p + g), x+ - x = h p+
    const kicks = gradient.map((g, i) => sum(h(velocities[i]!, -gamma), h(g, -1)));
    return { probability, move: [...kicks.map((kick, i) => h(sum(velocities[i]!, kick), 1)), ...kicks] };
  });
  const jets = logOfStep(space, moves, series(space, state, phi));
  const point = { tensors: randomTensors(space, dimension, f, noise), p, gamma };
  const values = applyHeavyBall(derived, point, (rank) => tensor(state, rank, (indices) => phi(exponentOf(indices, state))));
  const scale = Math.max(...jets.map(Math.abs));
  return jets.map((jet, q) => ({
    dimension,
    order: q,
    jet,
    generator: values[q]!,
    relativeError: Math.abs(jet - values[q]!) / Math.max(Math.abs(jet), 1e-3 * scale),
  }));
}
