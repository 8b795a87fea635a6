// SVAG, stochastic variance amplified gradient (Li, Malladi, Arora, "On the validity of modeling SGD with stochastic differential equations",
// arXiv:2102.12470): a step of SGD is parted into l steps of learning rate eta/l along
//     g_l = a g(x, xi) + b g(x, xi'),   a = (1 + r)/2,  b = (1 - r)/2,  r = (2 l - 1)^(1/2),
// with independent draws. a + b = 1 and a^2 + b^2 = l: the mean is grad f and the covariance l Sigma, so that the l steps together have SGD's noise
// eta^2 Sigma. a^3 + b^3 = (3 l - 1)/2: the third cumulant of the l steps is SGD's times (3 l - 1)/(2 l^2). l = 1 is SGD, l to infinity SME-1.
// Does not do: Gaussian noise, for which SME-1 itself is at hand, and reshuffled epochs, whose batches are not independent.
import { InputError } from "../errors.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { newEncounters, type StepGradient, type Walker } from "./walker.ts";

/** The process's id: `svag-` and l. */
export type SvagId = `svag-${number}`;

const mostParts = 1000;

export const isSvag = (id: string): id is SvagId => id.startsWith("svag-");

/** l of `svag-l`. @throws InputError `ensemble/svag` unless l is a whole number from 1 to 1000 */
function partsOf(id: SvagId): number {
  const parts = Number(id.slice("svag-".length));
  if (/^svag-[1-9]\d*$/.test(id) && parts <= mostParts) return parts;
  throw new InputError(
    "ensemble/svag",
    `models (--models): found ${id}; allowed: svag-L with a whole number L from 1 to ${mostParts}, such as svag-8.`,
    {
      id,
    },
  );
}

/**
 * One step of the walker is one of SGD's, l of SVAG's.
 * @param step  SGD's own gradient; its draws of step s belong to (path, s): SVAG's are those of steps 2 (k l + j) and 2 (k l + j) + 1
 * @throws InputError `ensemble/svag`
 */
export function svagWalker(problem: SgdProblem, id: SvagId, step: StepGradient): Walker {
  const parts = partsOf(id);
  const { objective, noise, learningRate, start, momentum } = problem;
  if (noise.kind === "gaussian" || noise.minibatch?.epochs || momentum)
    throw new InputError(
      "ensemble/svag",
      `${id} amplifies the difference of two independent batches of SGD without momentum; found ${momentum ? "momentum" : noise.kind === "gaussian" ? "Gaussian noise" : "reshuffled epochs"}. Allowed: minibatch or discrete noise, fresh at every step, beta = 0.`,
      { id },
    );
  const { d } = objective;
  const h = learningRate / parts;
  const root = Math.sqrt(2 * parts - 1);
  const [own, other] = [(h * (1 + root)) / 2, (h * (1 - root)) / 2];
  const x = Float64Array.from(start);
  const first = new Float64Array(d);
  const second = new Float64Array(d);
  return {
    x,
    encounters: newEncounters(d),
    begin(path) {
      step.begin(path);
      x.set(start);
    },
    advance(k, normals) {
      for (let j = 0; j < parts; j++) {
        const draw = 2 * (k * parts + j);
        step.at(x, draw, normals, first);
        step.at(x, draw + 1, normals, second);
        for (let i = 0; i < d; i++) x[i] = x[i]! - own * first[i]! - other * second[i]!;
      }
    },
  };
}
