// Gradient flow, the ODE dX = -grad f dt (theory.md 2): SGD's limit as eta -> 0 at fixed T; it has no noise at all.
import { defineModel } from "./define.ts";

export const gradientFlow = defineModel({
  id: "gradient-flow",
  title: "Gradient flow",
  source: "Li, Tai and E, Stochastic modified equations and adaptive stochastic gradient algorithms, ICML 2017 (theory.md 2)",
  ours: false,
  declares: { weakOrder: 1, exactOnQuadratics: "no" },
  driftFactor: (o) => o.constant(1),
  diffusionFactor: (o) => o.constant(0),
  tex: { drift: "-\\nabla f", diffusion: "0" },
});
