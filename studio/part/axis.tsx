// Axes of the moving pictures: a few round numbers and a line.
import { formatNumber } from "../../src/report/index.ts";

/** About `count` round numbers within the interval. */
export function ticksOf(low: number, high: number, count = 6): number[] {
  const raw = (high - low) / count;
  if (!(raw > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((each) => each * power >= raw) ?? 10) * power;
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

export function AxisX({
  low,
  high,
  scale,
  y,
  label,
  width,
}: {
  low: number;
  high: number;
  scale: (x: number) => number;
  y: number;
  label: string;
  width: number;
}) {
  return (
    <g font-size="12">
      <line x1={scale(low)} x2={scale(high)} y1={y} y2={y} stroke="currentColor" />
      {ticksOf(low, high).map((tick) => (
        <g key={tick}>
          <line x1={scale(tick)} x2={scale(tick)} y1={y} y2={y + 5} stroke="currentColor" />
          <text x={scale(tick)} y={y + 18} text-anchor="middle">
            {formatNumber(tick, 6)}
          </text>
        </g>
      ))}
      <text x={width - 4} y={y + 34} text-anchor="end">
        {label}
      </text>
    </g>
  );
}
