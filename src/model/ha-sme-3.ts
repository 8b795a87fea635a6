// HA-SME-3 (ours; theory.md 2 and 3): HA-SME and what the modified equation has of order eta^2 besides, the derivatives of H and
// of Sigma, so that the weak order is 3 for noise without skewness. DD^T can be indefinite far from minima where Sigma varies.
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
  correction: Object.freeze({
    drift: Object.freeze([
      // eta^2/4 f_ijk Sigma_jk
      {
        coefficient: [1n, 4n] as const,
        etaPower: 2,
        factors: [
          { tensor: "f", indices: [0, 1, 2] },
          { tensor: "cumulant", indices: [1, 2], along: [] },
        ] as const,
        free: [0],
      },
      // -eta^2/12 f_ijk f_j f_k
      {
        coefficient: [-1n, 12n] as const,
        etaPower: 2,
        factors: [
          { tensor: "f", indices: [0, 1, 2] },
          { tensor: "f", indices: [1] },
          { tensor: "f", indices: [2] },
        ] as const,
        free: [0],
      },
    ]),
    diffusion: Object.freeze([
      // eta^2/2 f_k d_k Sigma_ij
      {
        coefficient: [1n, 2n] as const,
        etaPower: 2,
        factors: [
          { tensor: "cumulant", indices: [0, 1], along: [2] },
          { tensor: "f", indices: [2] },
        ] as const,
        free: [0, 1],
      },
    ]),
  }),
  tex: {
    drift: `${haSme.tex.drift} + \\eta^2\\bigl(\\tfrac14 D^3\\!f{:}\\Sigma - \\tfrac1{12} D^3\\!f[\\nabla f,\\nabla f]\\bigr)`,
    diffusion: "U\\bigl[(U^{\\top}\\Sigma U)\\circ M\\bigr]U^{\\top} + \\tfrac{\\eta^2}{2} D\\Sigma[\\nabla f]",
  },
});
