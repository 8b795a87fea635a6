// HA-SME-3 (ours; theory.md 2 and 3): HA-SME and what the modified equation has of order eta^2 besides, the derivatives of H and
// of Sigma, so that the weak order is 3 for noise without skewness. DD^T can be indefinite far from minima where Sigma varies.
import { haSme3Correction } from "../sbea/corrections.ts";
import { defineModel } from "./define.ts";
import { haSme } from "./ha-sme.ts";

export const haSme3 = defineModel({
  id: "ha-sme-3",
  title: "HA-SME-3",
  source: "ours (theory.md 2 and 3)",
  ours: true,
  declares: { weakOrder: 3, exactOnQuadratics: "law" },
  driftFactor: haSme.driftFactor,
  diffusionFactor: haSme.diffusionFactor,
  correction: haSme3Correction,
  tex: {
    drift: `${haSme.tex.drift} + \\eta^2\\bigl(\\tfrac14 D^3\\!f{:}\\Sigma - \\tfrac1{12} D^3\\!f[\\nabla f,\\nabla f]\\bigr)`,
    diffusion: "U\\bigl[(U^{\\top}\\Sigma U)\\circ M\\bigr]U^{\\top} + \\tfrac{\\eta^2}{2} D\\Sigma[\\nabla f]",
  },
});
