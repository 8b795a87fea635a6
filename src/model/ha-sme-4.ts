// HA-SME-4 (ours; theory.md 3): HA-SME-3 and what the modified equation has of order eta^3 besides, for constant Sigma. Weak order 4 for
// Gaussian noise of constant covariance, which no SDE exceeds (docs/sbea.md); 3 where Sigma varies, since no SDE has order 4 there and
// the terms of eta^3 in derivatives of Sigma are left out. DD^T can be indefinite far from minima. Not for escapes over barriers by weak
// noise: its quasi-potential is off at the order at which HA-SME-3's is right (docs/sbea.md).
import { haSme4Correction } from "../sbea/corrections.ts";
import { defineModel } from "./define.ts";
import { haSme } from "./ha-sme.ts";
import { haSme3 } from "./ha-sme-3.ts";

export const haSme4 = defineModel({
  id: "ha-sme-4",
  title: "HA-SME-4",
  source: "ours (theory.md 3)",
  ours: true,
  declares: { weakOrder: 4, weakOrderVarying: 3, exactOnQuadratics: "law" },
  driftFactor: haSme.driftFactor,
  diffusionFactor: haSme.diffusionFactor,
  correction: haSme4Correction,
  tex: {
    drift: `${haSme3.tex.drift} + \\tfrac{\\eta^3}{12}\\bigl(4 D^3\\!f{:}(H\\Sigma) + 2 H D^3\\!f{:}\\Sigma + D^4\\!f[\\nabla f]{:}\\Sigma - D^3\\!f[\\nabla f, H\\nabla f] - H D^3\\!f[\\nabla f,\\nabla f]\\bigr)`,
    diffusion: `${haSme3.tex.diffusion} + \\tfrac{\\eta^3}{6}\\bigl(D^3\\!f[\\nabla f]\\,\\Sigma + \\Sigma\\,D^3\\!f[\\nabla f]\\bigr)`,
  },
});
