// SGD with Gaussian noise, driven by the normals of an SDE's `fine` substeps (theory.md 6, own result): its noise over the step is
// sum_j e^{A (1 - tau_j)} L xi_j, tau_j the end of substep j, with HA-SME's coefficients frozen at x_k. Its covariance is eta^2 Sigma(x_k)
// exactly, so that the law is SGD's; on a quadratic the path is HA-SME's to rounding, so that differences of the two have the variance of the
// non-quadratic part alone. Where HA-SME does not exist at x_k (z >= 1, D D^T indefinite) the noise is eta Sigma^{1/2} sum_j xi_j / sqrt(fine):
// the same law, a weaker coupling.
import type { SdeModel } from "../model/model.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { freeze, frozenNoise } from "./frozen.ts";
import { heavyBallWalker, summedGradient } from "./momentum-sgd.ts";
import { gaussianNoise } from "./sgd.ts";
import { newEncounters, type Walker } from "./walker.ts";

/** @param coupling  a model whose frozen law over a step is SGD's: HA-SME, without corrections */
export function coupledSgdWalker(problem: SgdProblem, coupling: SdeModel, fine: number): Walker {
  if (problem.momentum) return heavyBallWalker(problem, problem.momentum, summedGradient(problem, gaussianNoise(problem), fine));
  const { objective, learningRate: eta, start } = problem;
  const { d } = objective;
  const frozen = freeze(coupling, problem);
  const noise = frozenNoise(frozen, d);
  const plainNoise = gaussianNoise(problem);
  const x = Float64Array.from(start);
  const inBasis = new Float64Array(d);
  const sum = new Float64Array(d);
  const draw = new Float64Array(d);
  const { basis, gradient } = frozen;
  // what HA-SME meets along SGD's path is no trouble of SGD's: kept apart and forgotten
  const unused = newEncounters(d);
  const share = 1 / Math.sqrt(fine);
  return {
    x,
    encounters: newEncounters(d),
    begin: () => x.set(start),
    advance(_step, normals) {
      frozen.at(x, unused);
      if (frozen.mended) {
        sum.fill(0);
        for (let j = 0; j < fine; j++) for (let i = 0; i < d; i++) sum[i]! += normals[j * d + i]!;
        for (let i = 0; i < d; i++) sum[i]! *= share;
        plainNoise(x, sum, 0, draw);
        for (let i = 0; i < d; i++) draw[i]! *= eta;
      } else {
        noise.draw(1 / fine, fine, normals, 0, inBasis);
        for (let k = 0; k < d; k++) {
          let along = 0;
          for (let i = 0; i < d; i++) along += basis[k * d + i]! * inBasis[i]!;
          draw[k] = along;
        }
      }
      for (let i = 0; i < d; i++) x[i] = x[i]! - eta * gradient[i]! - draw[i]!;
    },
  };
}
