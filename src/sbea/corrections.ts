// What HA-SME lacks, as data: the first- and second-order operators of L_2 and L_3 that carry a third or higher derivative
// of f or a derivative of Sigma (theory.md 2 and 3, own results). Frozen here so that models need no algebra at start;
// test/sbea/corrections.test.ts proves them equal to what models.ts derives. A drift is the coefficient of d_i, D D^T
// twice that of d_ij.
import { parseTerm } from "./notation.ts";
import type { Term } from "./term.ts";

/** Added to a model's drift and to its D D^T, each term times eta^etaPower. */
export interface Correction {
  readonly drift: readonly Term[];
  readonly diffusion: readonly Term[];
}

/** HA-SME plus this has weak order 3 for Gaussian noise. */
export const haSme3Correction: Correction = {
  drift: [parseTerm("-1/12 f_ijk f_j f_k d_i", 2), parseTerm("1/4 f_ijk Sigma_jk d_i", 2)],
  diffusion: [parseTerm("1/2 f_k Sigma_ij,k d_ij", 2)],
};

/**
 * HA-SME plus this has weak order 4 for Gaussian noise of constant covariance. The eta^2 terms are HA-SME-3's, D Sigma
 * included, so that the order is 3 where Sigma varies; the eta^3 terms are those of constant Sigma.
 */
export const haSme4Correction: Correction = {
  drift: [
    ...haSme3Correction.drift,
    parseTerm("-1/12 f_ijk f_j f_kl f_l d_i", 3),
    parseTerm("-1/12 f_ij f_jkl f_k f_l d_i", 3),
    parseTerm("1/3 f_ijk f_jl Sigma_kl d_i", 3),
    parseTerm("1/6 f_ij f_jkl Sigma_kl d_i", 3),
    parseTerm("1/12 f_ijkl f_j Sigma_kl d_i", 3),
  ],
  diffusion: [...haSme3Correction.diffusion, parseTerm("1/3 f_ikl f_k Sigma_jl d_ij", 3)],
};
