// What both derivations of `derive` share, plain SGD's (derive.ts) and the heavy ball's (derive-momentum.ts): options, the noise law, the tensors
// at a point.
import type { AppliedTest } from "../answer/derive.ts";
import { type Warning, warning } from "../answer/warning.ts";
import { InputError, InternalError } from "../errors.ts";
import { formulaObjective } from "../problem/formula-objective.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { memoised, type TensorSource } from "../sbea/contract.ts";
import { type NoiseLaw, noiseLaws } from "../sbea/generator.ts";
import type { QuestionOptions } from "./options.ts";

export const defaults = {
  order: 3,
  /** Entries of the largest derivative tensor that is evaluated: 16 MB, and as many formulas to differentiate. */
  mostEntries: 2e6,
  /** Relative difference to jets above which the generator would be wrong; rounding stays below 1e-11 at these orders. */
  checkTolerance: 1e-9,
} as const;

export interface DeriveOptions extends QuestionOptions {
  /** Highest p of L_p. */
  readonly order?: number;
  /** Default: what the problem's noise is; `general` without a problem. */
  readonly noiseLaw?: NoiseLaw;
  /** 1 writes terms for one dimension; default for one-dimensional problems. */
  readonly dimension?: number;
  /** Compares the generator with Taylor jets at random points in one to three dimensions. */
  readonly check?: boolean;
  /** Without a problem: the heavy ball's equation, with any momentum; a problem has its own. */
  readonly momentum?: boolean;
}

/** The noise law asked for, or the problem's own. Throws InputError for one that the problem does not have. */
export function lawFor(problem: SgdProblem | undefined, asked: NoiseLaw | undefined): NoiseLaw {
  if (asked !== undefined && !noiseLaws.includes(asked)) {
    throw new InputError("derive/noise-law", `noise law (--noise-law): found ${JSON.stringify(asked)}; allowed: ${noiseLaws.join(", ")}.`, {
      noiseLaw: asked,
    });
  }
  if (!problem) return asked ?? "general";
  const { gaussian, constant } = problem.noise;
  const own: NoiseLaw = gaussian ? (constant ? "constant" : "gaussian") : "general";
  const law = asked ?? own;
  const allowed: readonly NoiseLaw[] =
    own === "constant" ? ["constant", "gaussian", "general"] : own === "gaussian" ? ["gaussian", "general"] : ["general"];
  if (!allowed.includes(law)) {
    throw new InputError(
      "derive/noise-law",
      `noise law (--noise-law): found ${law}, but the problem's noise is ${gaussian ? "Gaussian with a covariance that varies" : "not Gaussian"}; allowed: ${allowed.join(", ")}. Without a problem every law can be asked for.`,
      { noiseLaw: law, allowed },
    );
  }
  return law;
}

/** Whether terms are written for one dimension. Throws InputError for a dimension that is not the problem's. */
export function isScalar(problem: SgdProblem | undefined, dimension: number | undefined): boolean {
  const d = problem?.objective.d;
  if (dimension !== undefined && (!Number.isInteger(dimension) || dimension < 1 || (d !== undefined && dimension !== d))) {
    const allowed = d === undefined ? "an integer from 1 on" : `${d}, the problem's`;
    throw new InputError("derive/dimension", `dimension (--dimension): found ${dimension}; allowed: ${allowed}.`, { dimension });
  }
  return (dimension ?? d) === 1;
}

/** Tensors of f and of the noise at x; undefined where there are none. Throws InputError where they would be too large. */
export function tensorsAt({ objective, noise }: SgdProblem, x: Float64Array, order: number): TensorSource | undefined {
  const { derivatives, d } = objective;
  const { cumulant } = noise;
  if (!derivatives || !cumulant) return undefined;
  if (entries(d, order + 1) > defaults.mostEntries) {
    let largest = 0;
    while (entries(d, largest + 2) <= defaults.mostEntries) largest++;
    throw new InputError(
      "derive/order",
      `order (--order): found ${order}, which at a point of a problem in ${d} dimensions needs tensors of ${d}^${order + 1} entries; allowed: 0 to ${largest}. Without a problem higher orders can be asked for.`,
      { order, largest, d },
    );
  }
  return memoised({
    ...derivativesOf(objective, x),
    cumulant: (rank, along) => cumulant(rank, along, x, new Float64Array(entries(d, rank + along))),
  });
}

/** Those of f alone. */
export function derivativesOf({ d, derivatives }: SgdProblem["objective"], x: Float64Array): TensorSource {
  return {
    d,
    f: (rank) => derivatives!(rank, x, new Float64Array(entries(d, rank))),
    cumulant: () => {
      throw new InternalError("derive/no-noise", "A test function has no noise.");
    },
  };
}

export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

export function entries(d: number, rank: number): number {
  let count = 1;
  for (let k = 0; k < rank; k++) count *= d;
  return count;
}

/**
 * L_p phi of each test function at the start, p < orders; null with a warning where a derivative is missing or not finite.
 * @param apply  L_0 phi, L_1 phi, .. from phi's derivative tensors at the start
 */
export function appliedTests(
  { tests, objective, start }: SgdProblem,
  orders: number,
  apply: (phi: TensorSource) => readonly number[],
  warnings: Warning[],
): AppliedTest[] {
  const applied = tests.map(({ text, expr }): AppliedTest => {
    if (!expr) {
      warnings.push(warning("not-applicable", `L_p of ${text} needs derivatives of every order, which it does not have.`, { phi: text }));
      return { phi: text, values: new Array<null>(orders).fill(null) };
    }
    return { phi: text, values: apply(memoised(derivativesOf(formulaObjective(expr, objective.variables), start))).map(finiteOrNull) };
  });
  if (applied.some(({ values }) => values.includes(null)))
    warnings.push(warning("not-applicable", "A derivative at the start is not finite there; L_p phi and sizes that need it are null."));
  return applied;
}
