// A slider with its exact value beside it: the slider for the feel, the number for what is meant.
import { formatNumber } from "../../src/report/index.ts";

interface SliderProps {
  readonly name: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Equal ratios instead of equal differences. */
  readonly logarithmic: boolean;
  readonly whole?: boolean;
  readonly hint?: string;
  readonly onChange: (value: number) => void;
}

const notches = 200;

export function Slider({ name, value, low, high, logarithmic, whole, hint, onChange }: SliderProps) {
  const id = `slider-${name.replaceAll(" ", "-")}`;
  const place = logarithmic ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  const at = (notch: number): number => {
    const exact = logarithmic ? low * (high / low) ** (notch / notches) : low + ((high - low) * notch) / notches;
    return whole ? Math.max(1, Math.round(exact)) : Number(exact.toPrecision(3));
  };
  /** A key's notch that rounds to the same whole number goes on to the next one. */
  const choose = (notch: number): void => {
    const next = at(notch);
    const now = Math.round(place * notches);
    if (next !== value) onChange(next);
    else if (whole && notch !== now) onChange(Math.max(1, value + Math.sign(notch - now)));
  };
  return (
    <div class="slider">
      <label for={id}>{name}</label>
      <input
        id={id}
        type="range"
        min={0}
        max={notches}
        step={1}
        value={Math.round(Math.min(1, Math.max(0, place)) * notches)}
        aria-valuetext={formatNumber(value, 4)}
        onInput={(event) => choose(Number(event.currentTarget.value))}
      />
      <input
        type="number"
        aria-label={`${name}, exact value`}
        value={value}
        min={whole ? 1 : undefined}
        step="any"
        onChange={(event) => {
          const typed = Number(event.currentTarget.value);
          if (event.currentTarget.value !== "" && Number.isFinite(typed)) onChange(whole ? Math.round(typed) : typed);
        }}
      />
      {hint && <span class="note hint">{hint}</span>}
    </div>
  );
}
