// SME-2, the second-order stochastic modified equation (theory.md 2): drift -grad(f + eta/4 |grad f|^2) = -(I + eta/2 H) grad f.
import { defineModel } from "./define.ts";

export const sme2 = defineModel({
  id: "sme2",
  title: "SME-2",
  source: "Li, Tai and E, Stochastic modified equations and dynamics of stochastic gradient algorithms, JMLR 20, 2019 (theory.md 2)",
  ours: false,
  declares: { weakOrder: 2, exactOnQuadratics: "no" },
  driftFactor: (o, z) => o.polynomial(z, [1, 1 / 2]),
  diffusionFactor: (o) => o.constant(1),
  tex: { drift: "-\\nabla\\bigl(f + \\tfrac{\\eta}{4}\\lVert\\nabla f\\rVert^2\\bigr)", diffusion: "\\eta\\,\\Sigma" },
});
