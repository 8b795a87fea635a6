// A Markov chain on finitely many states that can leave: mean exit times, survival, occupation. States are nodes of a quadrature rule,
// K_ij the probability of going from i to j, q_i that of leaving from i. Mean times solve (I - K) tau = 1 by elimination in which the
// pivot 1 - K_kk is the sum of what leads elsewhere, sum_j K_kj + q_k (Grassmann, Taksar & Heyman, Oper. Res. 33, 1985): nothing is
// subtracted, so a mean of 1e50 steps is as exact as one of 10, and mass that a truncated domain loses stays where it is.
// Survival is the mass of the row vectors start K^k; once the rate of leaving has settled, it is geometric.
// Does not do: matrices (exit-chain.ts, exit-diffusion.ts).
import { exp, log1p } from "../numerics/elementary.ts";

const defaults = {
  /** Relative change of the rate of leaving over the second half of all steps so far, below which it has settled. */
  settled: 1e-12,
  /** Mass left inside from which on the rate of leaving is taken as it is. */
  remainder: 1e-18,
  /** Products in the iteration of the row vector; beyond, survival is left open. */
  maxWork: 2e9,
};

export interface KilledChain {
  readonly size: number;
  /** n x n, row-major. */
  readonly K: Float64Array;
  readonly exit: Float64Array;
  /** Probabilities of the first step, from the start to each state, and of leaving at once. */
  readonly first: Float64Array;
  readonly firstExit: number;
}

/**
 * Mean number of steps until the chain has left, counted from the start.
 * Relative error about n times 1e-16 for K and q without negative entries.
 */
export function meanExitSteps(chain: KilledChain): number {
  const { size: n } = chain;
  const K = Float64Array.from(chain.K);
  const exit = Float64Array.from(chain.exit);
  const time = new Float64Array(n).fill(1);
  const pivot = new Float64Array(n);
  const end = lastNonzero(chain);
  for (let k = 0; k < n; k++) {
    let leaves = exit[k]!;
    for (let j = k + 1; j <= end[k]!; j++) leaves += K[k * n + j]!;
    pivot[k] = leaves;
    for (let i = k + 1; i < n; i++) {
      if (K[i * n + k] === 0) continue;
      const f = K[i * n + k]! / leaves;
      for (let j = k + 1; j <= end[k]!; j++) K[i * n + j]! += f * K[k * n + j]!;
      exit[i]! += f * exit[k]!;
      time[i]! += f * time[k]!;
      end[i] = Math.max(end[i]!, end[k]!);
    }
  }
  for (let k = n - 1; k >= 0; k--) {
    let sum = time[k]!;
    for (let j = k + 1; j <= end[k]!; j++) sum += K[k * n + j]! * time[j]!;
    time[k] = sum / pivot[k]!;
  }
  let mean = 1;
  for (let i = 0; i < n; i++) mean += chain.first[i]! * time[i]!;
  return mean;
}

function lastNonzero({ K, size: n }: KilledChain): Int32Array {
  const end = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    let j = n - 1;
    while (j > 0 && K[i * n + j] === 0) j--;
    end[i] = j;
  }
  return end;
}

export interface Survivors {
  /** P(exit step > k) for the steps asked about; NaN where the iteration ended before the step and the rate had not settled. */
  readonly survival: readonly number[];
  /** Expected visits to each state before leaving, the start not counted; those of the steps so far where the rate has not settled. */
  readonly visits: Float64Array;
  /** Mean exit steps by summing survival: a second route to meanExitSteps; null where the rate has not settled. */
  readonly mean: number | null;
}

/**
 * @param steps  ascending; 0 is allowed and has survival 1
 * @param upTo  the chain stands for the process up to this step only: no tail is added
 */
export function survivors(chain: KilledChain, steps: readonly number[], upTo = Number.POSITIVE_INFINITY): Survivors {
  const { size: n, K } = chain;
  const last = steps.at(-1) ?? 0;
  const begin = new Int32Array(n);
  const end = lastNonzero(chain);
  for (let i = 0; i < n; i++) while (begin[i]! < end[i]! && K[i * n + begin[i]!] === 0) begin[i]!++;
  const limit = Math.min(defaults.maxWork / (n * n + 1), upTo + 1);
  let row = Float64Array.from(chain.first);
  let next = new Float64Array(n);
  const visits = new Float64Array(n);
  const rates: number[] = [];
  const survival = steps.map((k) => (k === 0 ? 1 : Number.NaN));
  let mean = 1;
  let k = 1;
  let settledMass = 0;
  for (; k < limit; k++) {
    let mass = 0;
    let leaving = 0;
    for (let i = 0; i < n; i++) {
      mass += row[i]!;
      leaving += row[i]! * chain.exit[i]!;
      visits[i]! += row[i]!;
    }
    steps.forEach((step, s) => {
      if (step === k) survival[s] = mass;
    });
    mean += mass;
    rates[k] = leaving / mass;
    // The rate has been the same for half of the time: what is left of other modes changes it by less than `settled`. Or so little
    // mass is left that its rate hardly matters.
    const half = rates[k >> 1];
    const settled = k > 8 && half !== undefined && Math.abs(rates[k]! - half) <= defaults.settled * rates[k]!;
    if (leaving > 0 && upTo === Number.POSITIVE_INFINITY && (settled || mass < defaults.remainder)) {
      settledMass = mass;
      break;
    }
    if (!(mass > 0) || mass < 1e-290) {
      // All have left, as far as doubles go.
      steps.forEach((step, s) => {
        if (step > k) survival[s] = 0;
      });
      return { survival, visits, mean };
    }
    next.fill(0);
    for (let i = 0; i < n; i++) {
      const weight = row[i]!;
      if (weight === 0) continue;
      for (let j = begin[i]!; j <= end[i]!; j++) next[j]! += weight * K[i * n + j]!;
    }
    [row, next] = [next, row];
  }
  if (settledMass === 0) return { survival, visits, mean: null };
  const rate = rates[k]!;
  if (last > k) {
    const decay = log1p(-rate);
    steps.forEach((step, s) => {
      if (step > k) survival[s] = settledMass * exp((step - k) * decay);
    });
  }
  // The row's own mass is counted already; the tail is geometric.
  for (let i = 0; i < n; i++) visits[i]! += row[i]! * ((1 - rate) / rate);
  return { survival, visits, mean: mean + (settledMass * (1 - rate)) / rate };
}
