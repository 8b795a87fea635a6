// The generator against jets: at a point, f, the noise and phi are nothing but their Taylor coefficients, so random ones
// test the generator for all problems. One side contracts tensors (apply.ts), the other computes log S on series (jets.ts);
// they share the random numbers alone (random-step.ts).
import { createStream } from "../numerics/random.ts";
import { applyParts, coefficientParts } from "./apply.ts";
import { memoised } from "./contract.ts";
import { type GeneratorOrder, generator, type NoiseLaw } from "./generator.ts";
import { logTransfer } from "./jets.ts";
import { seriesSpace } from "./power-series.ts";
import {
  exponentOf,
  highestCheckedOrder,
  randomDerivatives,
  randomGradients,
  randomNoise,
  randomTensors,
  series,
  tensor,
} from "./random-step.ts";

export { highestCheckedOrder };

export interface CheckRow {
  readonly dimension: number;
  readonly order: number;
  /** L_p phi at a random point, by jets and by the generator. */
  readonly jet: number;
  readonly generator: number;
  /** |difference| over the largest of |jet| and a thousandth of the largest |L_q phi|. */
  readonly relativeError: number;
}

/** Compares both routes for L_0 .. L_order of `law` at a random point of the dimension; order <= highestCheckedOrder. */
export function checkGenerator(
  order: number,
  law: NoiseLaw,
  dimension: number,
  seed: number,
  derived: readonly GeneratorOrder[] = generator(order, law),
): CheckRow[] {
  const stream = createStream(seed);
  const space = seriesSpace(dimension + 1, order + 1);
  const f = randomDerivatives(stream);
  const phi = randomDerivatives(stream);
  const noise = randomNoise(space, dimension, law, stream);
  const jets = logTransfer(space, randomGradients(space, dimension, f, noise), series(space, dimension, phi));
  const tensors = randomTensors(space, dimension, f, noise);
  const parts = coefficientParts(derived, memoised(tensors));
  const values = applyParts(parts, order, (rank) => tensor(dimension, rank, (indices) => phi(exponentOf(indices, dimension))));
  const scale = Math.max(...jets.map(Math.abs));
  return jets.map((jet, p) => ({
    dimension,
    order: p,
    jet,
    generator: values[p]!,
    relativeError: Math.abs(jet - values[p]!) / Math.max(Math.abs(jet), 1e-3 * scale),
  }));
}
