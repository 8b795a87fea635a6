// SPF, the stochastic principal flow (theory.md 2): the drift log(I - eta H) H^-1 grad f / eta of the principal flow (Rosca et al.,
// 2023), which has SGD's mean on quadratics, with SME-1's noise.
import { defineModel } from "./define.ts";
import { haSme } from "./ha-sme.ts";

export const spf = defineModel({
  id: "spf",
  title: "SPF",
  source: "the principal flow (Rosca, Wu, Qin and Dherin, TMLR 2023) with the noise of SME-1; compared in arXiv:2405.18373 (theory.md 2)",
  ours: false,
  declares: { weakOrder: 2, exactOnQuadratics: "mean" },
  driftFactor: haSme.driftFactor,
  diffusionFactor: (o) => o.constant(1),
  tex: { drift: "\\tfrac{1}{\\eta}\\log(I - \\eta H)\\,H^{-1}\\,\\nabla f", diffusion: "\\eta\\,\\Sigma" },
});
