// What numbers cannot show, and why: named, so that silence is not taken for agreement.
import type { Untested } from "../answer/reproduce.ts";

const v3 = (sentence: number) => `arXiv:2405.18373, abstract of v3, sentence ${sentence}`;

export const untested: readonly Untested[] = [
  {
    claim: "HA-SME is proved to have SGD's law on quadratics, and to approximate SGD to its order.",
    source: `${v3(6)}, and ${v3(4)}`,
    why: "A proof is read, not measured. The figures here are consistent with what is proved; they do not prove it.",
  },
  {
    claim: "HA-SME is the first SDE model with SGD's law on quadratics.",
    source: v3(6),
    why: "Who was first is a question to the literature.",
  },
  {
    claim: "The order is the best among all existing SDE models in the literature.",
    source: v3(4),
    why: "The models compared here are some of the literature's. HA-SME-3 and HA-SME-4, of higher order, are ours and came later.",
  },
  {
    claim: "The error bounds depend on the smoothness parameter as the paper's theorems say.",
    source: v3(4),
    why: "The bounds stand in the paper, of which only the abstracts were at hand. Measured powers of s are lower bounds on what any bound must allow, for our families.",
  },
  {
    claim: "The paper's own experiments on neural networks.",
    source: `${v3(5)}; not in v1`,
    why: "Their code, data and rates are not public: the experiments here are ours.",
  },
  {
    claim: "The paper's formulas for escape times.",
    source: `${v3(8)}; not in v1`,
    why: "The formulas are not in the abstract. What is measured are exit times of SGD and of the models themselves.",
  },
  {
    claim: "Stochastic backward error analysis is a novel framework.",
    source: v3(3),
    why: "Novelty is a question to the literature. What the analysis yields is printed by the command derive and checked there.",
  },
];
