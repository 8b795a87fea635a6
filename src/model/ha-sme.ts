// HA-SME, the Hessian-aware stochastic modified equation (theory.md 2): SGD's law on quadratics with Gaussian noise, at every step.
// For general f this is the form with H frozen at the point, our reading of the paper's abstract.
import { defineModel } from "./define.ts";

export const haSme = defineModel({
  id: "ha-sme",
  title: "HA-SME",
  source: "arXiv:2405.18373 (theory.md 2)",
  ours: false,
  declares: { weakOrder: 2, exactOnQuadratics: "law" },
  driftFactor: (o, z) => o.logRatio(o.negate(z)),
  diffusionFactor: (o, u, v) => o.logMean(u, v),
  tex: {
    drift: "\\tfrac{1}{\\eta}\\log(I - \\eta H)\\,H^{-1}\\,\\nabla f",
    diffusion:
      "U\\bigl[(U^{\\top}\\Sigma U)\\circ M\\bigr]U^{\\top},\\quad M_{ij} = \\eta\\,\\frac{\\log(1-\\eta\\lambda_i)+\\log(1-\\eta\\lambda_j)}{(1-\\eta\\lambda_i)(1-\\eta\\lambda_j)-1}",
  },
});
