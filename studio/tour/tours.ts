// Five guided tours: states of the page with a few words, and questions to answer before the page does. What is measured is read from the
// answers of the moment, so that no number here can be stale.
import type { ComparedProblem, QuestionName, Survival } from "../../src/index.ts";
import { fastOrSlow, formatNumber, processName } from "../../src/report/index.ts";

export interface Prediction {
  readonly question: string;
  readonly options: readonly string[];
  /** Index of what happens. */
  readonly right: number;
  readonly because: string;
}

export interface TourStep {
  readonly title: string;
  readonly text: string;
  /** The gallery's problem, and what is changed in it. */
  readonly gallery: string;
  readonly change?: { readonly [field: string]: unknown };
  readonly twoStep?: boolean;
  readonly tab: string;
  readonly shown?: readonly string[];
  readonly partner?: string;
  /** Plays the picture from its start. */
  readonly play?: boolean;
  readonly predict?: Prediction;
  /** What the answers of the moment say; null while they are not there. */
  readonly measured?: (told: ComparedProblem) => string | null;
}

export interface Tour {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly steps: readonly TourStep[];
}

const errorOf = (told: ComparedProblem, question: QuestionName, model: string): string => {
  const row = told.byQuestion[question]?.find((each) => each.model === model);
  return row?.error == null ? "no figure" : row.verdict === "exact" ? "exact" : formatNumber(row.error, 2);
};

const compareLaws =
  (models: readonly string[], question: QuestionName = "law") =>
  (told: ComparedProblem): string =>
    `Off by, in standard deviations of SGD: ${models.map((id) => `${processName(id, told.descriptions)} ${errorOf(told, question, id)}`).join("; ")}.`;

const exitRatios =
  (models: readonly string[]) =>
  (told: ComparedProblem): string | null => {
    const sgd = told.exit?.sgd.meanSteps?.value;
    if (!sgd) return null;
    const words = models.map((id) => {
      const { meanSteps, survival } = told.exit?.models[id]?.watchedLikeSgd ?? {};
      const words = meanSteps ? fastOrSlow(meanSteps.value / sgd) : (stays(survival) ?? "no figure");
      return `${processName(id, told.descriptions)} ${words}`;
    });
    return `SGD leaves after ${formatNumber(sgd, 4)} steps on average; ${words.join("; ")}.`;
  };

/** In words, where a mean time is too long to be had: hardly any path has left by the last step that is known. */
function stays(survival: readonly Survival[] | undefined): string | null {
  const known = survival?.findLast(({ probability }) => probability !== null);
  if (!known?.probability || !(known.probability.value > 1 - 1e-6)) return null;
  return `stays: fewer than one path in a million has left by step ${known.step}`;
}

const line = {
  objective: { formula: "x^2/2", variables: ["x"] },
  noise: { gaussian: { sigma: 0.7 } },
  start: [1],
  steps: 20,
  tests: ["x", "x^2"],
  at: [1, 2, 5, 20],
};

export const tours: readonly Tour[] = [
  {
    id: "quadratic",
    title: "Why the usual SDE fails on a quadratic",
    about: "The simplest problem there is, and a model that most people trust.",
    steps: [
      {
        title: "SGD in a bowl",
        text: "f = x²/2 with Gaussian noise. SGD's steps are x ← x − η(x + noise). The filled shape is where SGD is, exactly; play it and see it settle. A continuous-time model replaces the steps by a stochastic differential equation whose time t = kη stands for step k.",
        gallery: "past-one",
        change: { ...line, learningRate: 0.5, name: "a bowl" },
        tab: "laws",
        shown: ["sme1"],
        play: true,
      },
      {
        title: "The usual model",
        text: "SME-1 (the stochastic modified equation, Langevin's form) has drift −f′ and the noise of one step. It is what most papers write down. Here η is half of 1/λ, a large but everyday learning rate.",
        gallery: "past-one",
        change: { ...line, learningRate: 0.5, name: "a bowl" },
        tab: "laws",
        shown: ["sme1"],
        predict: {
          question: "Once both have settled, how wide is SME-1's law against SGD's?",
          options: ["As wide as SGD's", "Narrower: it forgets some noise", "Wider: it has noise that SGD has not"],
          right: 1,
          because:
            "SGD's stationary variance is ησ²/(2 − z) in units of λ, SME-1's is ησ²/2: a step overshoots, which the continuous path never does. At z = 0.5 a quarter of the variance is missing.",
        },
        measured: compareLaws(["sme1", "sme2", "ha-sme"], "stationary"),
      },
      {
        title: "A better drift is not enough",
        text: "SPF, the principal flow, has SGD's mean at every step: its drift is log(1 − z)/z times steeper. But it keeps the noise of one step.",
        gallery: "past-one",
        change: { ...line, learningRate: 0.5, name: "a bowl" },
        tab: "laws",
        shown: ["sme1", "spf", "ha-sme"],
        predict: {
          question: "Which of these has SGD's whole law, at every step?",
          options: ["SPF", "HA-SME", "None: an SDE can only come near"],
          right: 1,
          because:
            "HA-SME changes the diffusion as well, by a function of the Hessian. On a quadratic with Gaussian noise its law is SGD's at every step: what is left is rounding.",
        },
        measured: compareLaws(["sme1", "sme2", "spf", "ha-sme"]),
      },
    ],
  },
  {
    id: "limits",
    title: "Past 1/λ and 2/λ",
    about: "Where the regime changes, and what an SDE can do there.",
    steps: [
      {
        title: "Just below 1/λ",
        text: "z = ηλ = 0.9. Each step goes almost to the bottom. The line of the spectrum shows where z stands; HA-SME still has SGD's law.",
        gallery: "past-one",
        change: { learningRate: 0.9, at: [1, 2, 4, 12], name: "a bowl, z = 0.9" },
        tab: "curvature",
        shown: ["sme1", "ha-sme"],
        measured: compareLaws(["sme1", "ha-sme"]),
      },
      {
        title: "Past 1/λ",
        text: "Now z = 1.5: every step jumps across the minimum. Move the learning rate yourself and watch the dot pass z = 1.",
        gallery: "past-one",
        tab: "laws",
        shown: ["sme1", "ha-sme"],
        predict: {
          question: "Can a diffusion in one dimension follow SGD at every step here?",
          options: ["Yes, with a steep enough drift", "No: a continuous path cannot jump across and keep its order"],
          right: 1,
          because:
            "SGD's map x ↦ (1 − z)x turns the line round; the flow of a one-dimensional SDE's mean never does. So no SDE has SGD's law at every step.",
        },
        measured: (told) => `HA-SME's law: ${errorOf(told, "law", "ha-sme")}.`,
      },
      {
        title: "Every second step",
        text: "Two steps together do not turn the line round: the two-step form has SGD's law at every second step, and says so.",
        gallery: "past-one",
        twoStep: true,
        tab: "laws",
        shown: ["sme1", "ha-sme"],
        play: true,
        measured: (told) => `HA-SME in its two-step form, at even steps: ${errorOf(told, "law", "ha-sme")}.`,
      },
      {
        title: "Past 2/λ",
        text: "z = 2.1: each step ends farther out than it began.",
        gallery: "past-two",
        tab: "exits",
        shown: ["sme1", "sme2"],
        predict: {
          question: "SGD leaves. What do SME-1 and SME-2 say?",
          options: ["They leave too", "They stay: to them the minimum is stable at any learning rate"],
          right: 1,
          because: "Their drift points to the minimum whatever η is; the instability comes from the finite step, which they do not see.",
        },
        measured: exitRatios(["sme1", "sme2"]),
      },
    ],
  },
  {
    id: "saddle",
    title: "Escaping a saddle",
    about: "Which model knows how fast SGD leaves, and where it goes.",
    steps: [
      {
        title: "A maximum in one dimension",
        text: "f = −x²/2: SGD starts at the top and the noise decides the way. Watch both tails grow.",
        gallery: "maximum",
        tab: "laws",
        shown: ["sme1", "ha-sme"],
        play: true,
        predict: {
          question: "SME-1 follows −f′ as SGD does. How does its law compare after 12 steps?",
          options: ["Too wide: it leaves faster", "Too narrow: a flow with slope 1 lags behind steps of η", "About right"],
          right: 0,
          because:
            "One SGD step multiplies x by 1 + η; in the same time the flow of −f′ multiplies it by e^η, which is more. HA-SME's drift is log(1 + η)/η, which is just right.",
        },
        measured: compareLaws(["sme1", "sme2", "spf", "ha-sme"]),
      },
      {
        title: "The time to leave",
        text: "The same start, now asked when |x| first passes 1, watched at the steps as SGD is.",
        gallery: "maximum",
        tab: "exits",
        measured: exitRatios(["sme1", "sme2", "spf", "ha-sme"]),
      },
      {
        title: "A saddle in two dimensions",
        text: "Noise across the axes: the cloud turns as it leaves. Left SGD, right HA-SME; the ellipses are exact. Choose SME-1 beside SGD and compare.",
        gallery: "saddle",
        tab: "laws",
        partner: "ha-sme",
        play: true,
        measured: compareLaws(["sme1", "sme2", "ha-sme"]),
      },
    ],
  },
  {
    id: "barrier",
    title: "Over the barrier",
    about: "Where HA-SME alone is off, and what mends it.",
    steps: [
      {
        title: "A double well",
        text: "Two wells with a hill between. SGD starts in the left one. Inside the well the models differ a little; look at the averages.",
        gallery: "double-well",
        tab: "averages",
        shown: ["sme1", "ha-sme"],
        measured: compareLaws(["sme1", "sme2", "spf", "ha-sme"], "weak"),
      },
      {
        title: "The time over the top",
        text: "Inside the well HA-SME has the averages best of the paper's models. Leaving is another question: rare paths climb the hill, and what is small at each step adds up in an exponent.",
        gallery: "double-well",
        tab: "exits",
        shown: ["sme1", "ha-sme", "ha-sme-3"],
        predict: {
          question: "How is HA-SME's mean time to pass x = 0?",
          options: ["Right, as inside the well", "Too short", "Too long"],
          right: 1,
          because:
            "HA-SME freezes the Hessian. On the way up the third derivative tilts the exponent, at the same order as HA-SME's own terms: it leaves too soon, and the simpler models happen to be nearer.",
        },
        measured: exitRatios(["sme1", "sme2", "spf", "ha-sme"]),
      },
      {
        title: "With the third derivative",
        text: "HA-SME-3 † (ours, not in the paper) adds the terms with f‴ that backward error analysis gives.",
        gallery: "double-well",
        tab: "exits",
        shown: ["ha-sme", "ha-sme-3"],
        measured: exitRatios(["ha-sme", "ha-sme-3", "ha-sme-4"]),
      },
    ],
  },
  {
    id: "none",
    title: "When no SDE exists",
    about: "Noise that no diffusion can have, and how large the fault is.",
    steps: [
      {
        title: "Noise along the diagonal",
        text: "A saddle whose noise lies almost on one line, at 45 degrees to the Hessian's axes. Steps turn the noise, and they must do so within one step.",
        gallery: "saddle-no-sde",
        tab: "laws",
        play: true,
        predict: {
          question: "An SDE with exactly SGD's Gaussian law at every step needs a diffusion matrix D Dᵀ. Which?",
          options: ["There always is one", "The only candidate has a negative eigenvalue: there is none"],
          right: 1,
          because:
            "The law at every step fixes D Dᵀ, and here it comes out indefinite. Its moments can be written down, but no process has them; the page calls them formal.",
        },
        measured: (told) => {
          const defect = told.law.models["ha-sme"]?.defect;
          return typeof defect === "number" ? `The negative part is ${formatNumber(defect, 2)} of the trace of D Dᵀ.` : null;
        },
      },
      {
        title: "Fewer samples than parameters",
        text: "Noise of rank one, as from small batches: a small defect, always. “Nearest diffusion” (under What is asked) projects it on request, and the verdict says by how much.",
        gallery: "rank-deficient",
        tab: "laws",
        measured: (told) => {
          const defect = told.law.models["ha-sme"]?.defect;
          return typeof defect === "number" ? `Here the negative part is ${formatNumber(defect, 2)} of the trace.` : null;
        },
      },
    ],
  },
];
