// Networks on random data, for tests.

import type { Activation } from "../../../src/codegen/network/elementwise.ts";
import { plainTileKernels } from "../../../src/codegen/network/plain.ts";
import { simdTileKernels } from "../../../src/codegen/network/simd.ts";
import { createStream } from "../../../src/numerics/random.ts";
import { networkObjective } from "../../../src/problem/network/objective.ts";
import { type NetworkLoss, networkShape } from "../../../src/problem/network/shape.ts";
import type { Objective } from "../../../src/problem/objective.ts";

export interface RandomNetwork {
  readonly objective: Objective;
  readonly x: Float64Array;
  readonly direction: () => Float64Array;
}

/** n is no multiple of the tile's width, on purpose. */
export function randomNetwork(
  hidden: readonly number[],
  activation: Activation,
  loss: NetworkLoss,
  options: { n?: number; inputs?: number; outputs?: number; l2?: number; plain?: boolean; seed?: number } = {},
): RandomNetwork {
  const { n = 41, inputs = 3, outputs = loss === "cross-entropy" ? 4 : 1, l2 = 0.03, plain = false, seed = 3 } = options;
  const stream = createStream(seed);
  const features = Float64Array.from({ length: n * inputs }, () => stream.normal());
  const targets = new Float64Array(n * outputs);
  for (let i = 0; i < n; i++) {
    if (loss === "cross-entropy") targets[i * outputs + stream.integer(outputs)] = 1;
    else targets[i] = 2 * stream.normal();
  }
  const shape = networkShape(inputs, hidden, outputs, activation, loss);
  const objective = networkObjective(shape, { n, features, targets }, { l2, kernels: plain ? plainTileKernels : simdTileKernels });
  const direction = (): Float64Array => Float64Array.from({ length: shape.d }, () => stream.normal());
  return { objective, x: direction().map((v) => 0.7 * v), direction };
}
