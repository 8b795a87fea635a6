// SME-1, the first-order stochastic modified equation (theory.md 2): dX = -grad f dt + (eta Sigma)^(1/2) dW.
import { defineModel } from "./define.ts";

export const sme1 = defineModel({
  id: "sme1",
  title: "SME-1",
  source: "Li, Tai and E, Stochastic modified equations and adaptive stochastic gradient algorithms, ICML 2017 (theory.md 2)",
  ours: false,
  declares: { weakOrder: 1, exactOnQuadratics: "no" },
  driftFactor: (o) => o.constant(1),
  diffusionFactor: (o) => o.constant(1),
  tex: { drift: "-\\nabla f", diffusion: "\\eta\\,\\Sigma" },
});
