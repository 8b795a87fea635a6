// The Hessian's eigenvalues at the start on a line of z = eta lambda, with the regimes that lie between 0, 1 and 2. It is drawn from the
// eigenvalues and the slider alone, so it moves with the slider.
import { formatNumber } from "../../src/report/index.ts";
import { ticksOf } from "../part/axis.tsx";
import { form, reading } from "../state/current.ts";

/** Between 1 and 2, in pixels: below it the names of regimes and limits would lie on each other. */
const room = 110;
const size = { height: 118, left: 14, right: 14, base: 74 } as const;

export function Spectrum({ width }: { width: number }) {
  const result = reading.value?.diagnose?.result;
  if (!result || !form.value) return null;
  const { eigenvalues, thresholds } = result;
  const values = "largest" in eigenvalues ? [...eigenvalues.largest, ...eigenvalues.smallest].map(({ value }) => value) : eigenvalues;
  const eta = form.value.learningRate;
  const z = values.map((value) => eta * value);
  const low = Math.min(-0.1, ...z) - 0.1;
  const high = Math.max(2.35, ...z) + 0.1;
  const across = (at: number): number => size.left + ((at - low) / (high - low)) * (width - size.left - size.right);
  const spread = across(2) - across(1);
  const zones = [
    { from: low, to: 1, name: "one-step", shade: 0 },
    { from: 1, to: 2, name: "two-step", shade: 0.1 },
    { from: 2, to: high, name: "unstable", shade: 0.22 },
  ];
  const limits =
    thresholds.oneStep === null ? "" : `; 1/λ = ${formatNumber(thresholds.oneStep, 4)}, 2/λ = ${formatNumber(thresholds.unstable!, 4)}`;
  const label = `Spectrum: z = ηλ from ${formatNumber(Math.min(...z), 3)} to ${formatNumber(Math.max(...z), 3)}, learning rate ${formatNumber(eta, 4)}${limits}`;
  return (
    <svg
      class="spectrum"
      viewBox={`0 0 ${width} ${size.height}`}
      role="img"
      aria-label={label}
      fill="currentColor"
      font-family="system-ui, sans-serif"
      font-size="12"
    >
      {zones.map(({ from, to, name, shade }) => (
        <g key={name}>
          <rect
            x={across(from)}
            width={across(to) - across(from)}
            y="22"
            height={size.base - 22}
            fill="currentColor"
            fill-opacity={shade}
          />
          {(spread > room || name === "unstable") && (
            <text x={across(from) + 5} y="36">
              {name}
            </text>
          )}
        </g>
      ))}
      {[1, 2].map((at) => (
        <g key={at}>
          <line x1={across(at)} x2={across(at)} y1="20" y2={size.base} stroke="currentColor" stroke-width="1.5" stroke-dasharray="5 3" />
          <text
            x={across(at)}
            y="14"
            dx={spread > room ? 0 : at === 1 ? -4 : 4}
            text-anchor={spread > room ? "middle" : at === 1 && across(1) > room ? "end" : "start"}
            visibility={spread > room || at === 2 || across(1) > room ? undefined : "hidden"}
          >
            {thresholds.oneStep === null ? `z = ${at}` : `η = ${at}/λ = ${formatNumber(at * thresholds.oneStep, 3)}`}
          </text>
        </g>
      ))}
      <line x1={across(low)} x2={across(high)} y1={size.base} y2={size.base} stroke="currentColor" />
      {ticksOf(low, high, 6).map((tick) => (
        <g key={tick}>
          <line x1={across(tick)} x2={across(tick)} y1={size.base} y2={size.base + 5} stroke="currentColor" />
          <text x={across(tick)} y={size.base + 18} text-anchor="middle">
            {formatNumber(tick, 3)}
          </text>
        </g>
      ))}
      {z.map((at, i) => (
        <circle key={i} cx={across(at)} cy={size.base - 10} r="5.5" fill="var(--link, #0757b8)" stroke="var(--paper, #ffffff)" />
      ))}
      <text x={width - size.right} y={size.height - 6} text-anchor="end">
        z = ηλ of each eigenvalue λ at the start
      </text>
    </svg>
  );
}

export function spectrumRows(): { columns: string[]; rows: number[][] } {
  const eigenvalues = reading.value?.diagnose?.result.eigenvalues ?? [];
  const values = "largest" in eigenvalues ? [...eigenvalues.largest, ...eigenvalues.smallest].map(({ value }) => value) : eigenvalues;
  return { columns: ["eigenvalue", "z"], rows: values.map((value) => [value, form.value!.learningRate * value]) };
}
