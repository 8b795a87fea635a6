// The shape of a network and where its parameters lie (interface.md, "Networks"): layer by layer, each layer's weights row by row, one row
// an output, then its biases. No hidden layer: multinomial logistic or linear regression.
import type { Activation } from "../../codegen/network/elementwise.ts";

export type NetworkLoss = "cross-entropy" | "squared-error";

export interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  /** Index of the first weight, outputs x inputs of them, and of the first bias. */
  readonly weights: number;
  readonly biases: number;
}

export interface NetworkShape {
  readonly inputs: number;
  readonly outputs: number;
  readonly layers: readonly Layer[];
  readonly activation: Activation;
  readonly loss: NetworkLoss;
  /** Parameters. */
  readonly d: number;
}

export function networkShape(
  inputs: number,
  hidden: readonly number[],
  outputs: number,
  activation: Activation,
  loss: NetworkLoss,
): NetworkShape {
  let d = 0;
  const widths = [inputs, ...hidden, outputs];
  const layers = widths.slice(1).map((width, l): Layer => {
    const weights = d;
    const biases = weights + width * widths[l]!;
    d = biases + width;
    return { inputs: widths[l]!, outputs: width, weights, biases };
  });
  return { inputs, outputs, layers, activation, loss, d };
}
