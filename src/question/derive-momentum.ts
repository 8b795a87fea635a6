// `derive` with momentum: the heavy ball's modified equation on (x, p), order by order in h = sqrt(eta) at fixed gamma (sbea/heavy-ball.ts), the
// SDEs that follow, and with a problem L_q phi at its start (x_0, v_0/h) and the sizes of the terms there.
//
// What an SDE can have of it: D D^T has L_2's block xp = (1/2) h^2 Sigma and L_3's xx = (1/6) h^3 Sigma beside pp = h Sigma. It can be positive
// semidefinite only with xx >= (1/4) h^3 Sigma: so an SDE of weak order 3 in h exists (that xx), and none of order 4 (theory.md 7: Q is never psd).
import type { Answer, ProblemJson } from "../answer/answer.ts";
import type { DerivedCheck, DerivedModel, DerivedSize, DeriveResult } from "../answer/derive.ts";
import { type Warning, warning } from "../answer/warning.ts";
import { InputError, InternalError } from "../errors.ts";
import { langevin } from "../model/momentum.ts";
import type { SgdProblem } from "../problem/problem.ts";
import { highestCheckedOrder } from "../sbea/check.ts";
import { memoised, type TensorSource } from "../sbea/contract.ts";
import type { NoiseLaw } from "../sbea/generator.ts";
import { type HeavyBallOrder, heavyBallGenerator } from "../sbea/heavy-ball.ts";
import { applyHeavyBall, heavyBallSizes } from "../sbea/heavy-ball-apply.ts";
import { checkHeavyBall } from "../sbea/heavy-ball-check.ts";
import { heavyBallModule } from "../sbea/heavy-ball-python.ts";
import { describeHeavyBall, heavyBallNotations, printHeavyBallSde } from "../sbea/heavy-ball-text.ts";
import { version } from "../version.ts";
import { appliedTests, type DeriveOptions, defaults, finiteOrNull, isScalar, lawFor, tensorsAt } from "./derive-parts.ts";

/** L_6 takes a second, the next order seven times as long. */
const largestOrder = 6;
/** The highest weak order in h that an SDE can have, by the blocks of D D^T above. */
const highestWeakOrder = 3;

/** The answer of `derive` for a problem with momentum, or for any momentum without a problem. */
export async function deriveHeavyBall(problem: SgdProblem | undefined, options: DeriveOptions): Promise<Answer<DeriveResult>> {
  const order = options.order ?? defaults.order;
  const law = lawFor(problem, options.noiseLaw);
  if (!Number.isInteger(order) || order < 0 || order > largestOrder)
    throw new InputError(
      "sbea/order",
      `Found order (--order) ${order}; allowed with momentum: 0 to ${largestOrder}. Each order takes about seven times as long as the one before.`,
      { order, largest: largestOrder },
    );
  const scalar = isScalar(problem, options.dimension);
  const derived = heavyBallGenerator(order, law);
  const warnings: Warning[] = [];
  const style = { minibatch: law === "minibatch", scalar };
  const lost = beyond(derived);
  const beta = problem?.momentum?.beta ?? null;
  const h = problem ? Math.sqrt(problem.learningRate) : null;
  const result: DeriveResult = {
    noiseLaw: law,
    order,
    dimension: scalar ? 1 : null,
    momentum: { beta, h, gamma: h === null || beta === null ? null : (1 - beta) / h },
    notation: scalar ? heavyBallNotations.scalar : heavyBallNotations.tensor,
    generator: derived.map((one) => describeHeavyBall(one, style)),
    resummed: [],
    beyondSde: lost ? describeHeavyBall(lost, style) : null,
    models: describeModels(derived, options.models, scalar),
    ...(problem ? atStart(problem, derived, warnings) : {}),
    ...(options.check ? { check: runCheck(derived, law, options.seed ?? 1) } : {}),
  };
  const json: ProblemJson = problem?.json ?? {};
  return { command: "derive", version, problem: json, seed: options.seed ?? 1, warnings, result };
}

/** The first order with operators of order 3 or more, and those. */
function beyond(derived: readonly HeavyBallOrder[]): HeavyBallOrder | undefined {
  for (const { order, terms } of derived) {
    const left = terms.filter(({ operatorOrder }) => operatorOrder > 2);
    if (left.length > 0) return { order, terms: left };
  }
  return undefined;
}

/** Langevin dynamics and the series to the last order; or those asked for. */
function describeModels(derived: readonly HeavyBallOrder[], asked: readonly string[] | undefined, scalar: boolean): DerivedModel[] {
  const order = derived.length - 1;
  const ids = asked ?? [langevin.id, ...(order >= 2 ? ["series-1"] : []), `series-${order}`];
  return ids.map((id) => {
    if (id === langevin.id) return describeLangevin(derived, scalar);
    const series = /^series-(\d+)$/.exec(id);
    const cut = series ? Number(series[1]) : Number.NaN;
    if (!(cut <= order))
      throw new InputError(
        "derive/series",
        `models (--models): found ${id}; allowed with momentum at order ${order} (--order): ${langevin.id}, series-0 to series-${order}.`,
        { id, order },
      );
    return describeSeries(derived.slice(0, cut + 1), scalar);
  });
}

/** L_0, and of L_1 the noise. */
function describeLangevin(derived: readonly HeavyBallOrder[], scalar: boolean): DerivedModel {
  const first = derived.length > 1 ? derived : heavyBallGenerator(1, "gaussian");
  const noise = first[1]!.terms.filter(({ operatorOrder }) => operatorOrder === 2);
  const parts = [first[0]!, { order: 1, terms: noise }];
  return {
    id: langevin.id,
    title: langevin.title,
    ours: false,
    weakOrder: 1,
    ...printed(parts, `${langevin.title} (${langevin.source})`, scalar),
  };
}

/** All that drift and D D^T take of L_0 .. L_N. */
function describeSeries(derived: readonly HeavyBallOrder[], scalar: boolean): DerivedModel {
  const order = derived.length - 1;
  const title = `Series-${order}`;
  return {
    id: `series-${order}`,
    title,
    ours: true,
    weakOrder: Math.min(order + 1, beyond(derived)?.order ?? order + 1, highestWeakOrder),
    ...(order < 2
      ? {}
      : {
          note: `D D^T is indefinite: ${order === 2 ? "with xx: h^3/4 Sigma it is not, at the same order" : "no SDE on (x, p) has a weak order above 3 in h"}`,
        }),
    ...printed(derived, `${title} of the heavy ball's modified equation`, scalar),
  };
}

function printed(parts: readonly HeavyBallOrder[], title: string, scalar: boolean): Pick<DerivedModel, "drift" | "diffusion" | "python"> {
  return {
    ...printHeavyBallSde(parts, scalar),
    python: { numpy: heavyBallModule(parts, title, "numpy"), jax: heavyBallModule(parts, title, "jax") },
  };
}

/** `applied` and `sizes` at (x_0, v_0/h); empty with a warning where the problem has no derivative tensors. */
function atStart(problem: SgdProblem, derived: readonly HeavyBallOrder[], warnings: Warning[]): Pick<DeriveResult, "applied" | "sizes"> {
  const { objective, start, momentum, learningRate } = problem;
  const { d } = objective;
  const tensors = tensorsAt(problem, start, derived.length - 1);
  if (!tensors) {
    warnings.push(
      warning(
        "not-applicable",
        "L_p phi needs derivative tensors of f and of the noise's cumulants: formulas and quadratics with Gaussian or discrete noise have them.",
      ),
    );
    return {};
  }
  const h = Math.sqrt(learningRate);
  const point = { tensors, p: momentum!.velocity.map((v) => v / h), gamma: (1 - momentum!.beta) / h };
  const inState = (phi: TensorSource) => memoised({ ...phi, f: (rank) => onState(phi.f(rank), rank, d) });
  const applied = appliedTests(problem, derived.length, (phi) => applyHeavyBall(derived, point, inState(phi).f), warnings);
  const sizes = heavyBallSizes(derived, point).map(({ order, operatorOrder, source, norm }): DerivedSize => {
    let scale = 1;
    for (let q = 0; q < order; q++) scale *= h;
    return { order, operatorOrder, source, size: finiteOrNull(scale * norm) };
  });
  return { applied, sizes };
}

/** Derivatives along x among those along (x, p): the others are 0. */
function onState(derivatives: Float64Array, rank: number, d: number): Float64Array {
  let size = 1;
  for (let k = 0; k < rank; k++) size *= 2 * d;
  const out = new Float64Array(size);
  for (const [i, value] of derivatives.entries()) {
    let [rest, place, stride] = [i, 0, 1];
    for (let k = 0; k < rank; k++) {
      place += (rest % d) * stride;
      rest = Math.floor(rest / d);
      stride *= 2 * d;
    }
    out[place] = value;
  }
  return out;
}

function runCheck(derived: readonly HeavyBallOrder[], law: NoiseLaw, seed: number): DerivedCheck[] {
  // Jets on twice as many variables get long: the orders below take a second or two together.
  const limits = [Math.min(highestCheckedOrder, 5), 3, 2];
  return limits.map((limit, k) => {
    const order = Math.min(limit, derived.length - 1);
    const rows = checkHeavyBall(order, law, k + 1, seed, derived.slice(0, order + 1));
    const largestError = rows.reduce((worst, row) => Math.max(worst, row.relativeError), 0);
    if (!(largestError <= defaults.checkTolerance))
      throw new InternalError(
        "derive/check",
        `The heavy ball's generator differs from Taylor jets by ${largestError} in ${k + 1} dimensions.`,
        {
          law,
          order,
          seed,
        },
      );
    return { dimension: k + 1, order, largestError };
  });
}
