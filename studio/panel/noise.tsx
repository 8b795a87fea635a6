// The noise's fields and its slider.
import { reading } from "../state/current.ts";
import { edit } from "../state/edit.ts";
import type { Form } from "../state/form.ts";
import { Fault, faultOf } from "./fault.tsx";
import { Slider } from "./slider.tsx";

export function NoiseFields({ now }: { now: Form }) {
  const failure = faultOf("noise");
  const text = (field: "sigma" | "covariance" | "discrete", label: string) => (
    <div class="field">
      <label for="noise-text">{label}</label>
      <textarea
        id="noise-text"
        rows={field === "sigma" ? 1 : 2}
        spellcheck={false}
        value={now[field]}
        aria-invalid={failure !== null}
        aria-describedby="fault-noise"
        onInput={(event) => edit({ [field]: event.currentTarget.value })}
      />
    </div>
  );
  const finiteSum = now.objective === "leastSquares" || now.objective === "network";
  const defaultsFor: Partial<Record<Form["noise"], Partial<Form>>> = {
    sigma: { sigma: now.sigma || "0.5" },
    covariance: { covariance: now.covariance || JSON.stringify(identity(reading.value?.d ?? 1)) },
    discrete: { discrete: now.discrete || JSON.stringify({ values: [filled(-0.5), filled(0.5)], probabilities: [0.5, 0.5] }) },
  };
  return (
    <>
      <label class="field">
        <span>Kind of noise</span>
        <select
          value={now.noise}
          onChange={(event) =>
            edit({ noise: event.currentTarget.value as Form["noise"], ...defaultsFor[event.currentTarget.value as Form["noise"]] })
          }
        >
          <option value="sigma">Gaussian, σ² I</option>
          <option value="covariance">Gaussian, with a covariance</option>
          <option value="discrete">finitely many values</option>
          <option value="minibatch" disabled={!finiteSum}>
            minibatches
          </option>
        </select>
      </label>
      {now.noise === "sigma" && !isNumber(now.sigma) && text("sigma", "σ, a number or a formula")}
      {now.noise === "covariance" && text("covariance", "Covariance, rows of numbers or formulas")}
      {now.noise === "discrete" && text("discrete", "Values and probabilities")}
      <Fault id="fault-noise" failure={failure} />
    </>
  );
}

const identity = (d: number): number[][] => Array.from({ length: d }, (_, i) => Array.from({ length: d }, (_, j) => (i === j ? 1 : 0)));
const filled = (value: number): number[] => Array.from({ length: reading.value?.d ?? 1 }, () => value);
const isNumber = (text: string): boolean => text.trim() !== "" && Number(text) > 0 && Number.isFinite(Number(text));

export function NoiseSlider({ now }: { now: Form }) {
  if (now.noise === "minibatch")
    return <Slider name="Batch size" value={now.batch} low={1} high={256} logarithmic whole onChange={(batch) => edit({ batch })} />;
  if (now.noise !== "sigma" || !isNumber(now.sigma)) return null;
  const sigma = Number(now.sigma);
  return (
    <Slider
      name="Noise"
      value={sigma}
      low={Math.min(0.01, sigma)}
      high={Math.max(5, sigma)}
      logarithmic
      hint="standard deviation σ of one gradient"
      onChange={(value) => edit({ sigma: String(value) })}
    />
  );
}
