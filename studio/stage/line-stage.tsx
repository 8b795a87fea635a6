// One dimension: the objective above, below the densities of SGD (filled) and of the models (lines) at one step, exact. Heights are in
// units of SGD's highest at this step, so that the first, narrow laws and the last can be looked at alike.
import type { LawAtStep } from "../../src/index.ts";
import { formatNumber, processStyle } from "../../src/report/index.ts";
import type { LineLandscape } from "../engine/jobs.ts";
import { AxisX } from "../part/axis.tsx";
import { reading } from "../state/current.ts";
import { frame, frames } from "../state/frames.ts";
import { laws, shown } from "../state/picture.ts";
import { momentOf } from "./player.tsx";

const size = { height: 470, left: 14, right: 14, top: 24, objective: 120, gap: 34, densities: 230 } as const;
/** Of SGD's highest: the room above it, and what is cut at most. */
const room = { least: 1.15, most: 4 } as const;

/** The law that is told nearest to this frame, at or before it. */
function lawAt(all: readonly LawAtStep[], step: number): LawAtStep | undefined {
  return all.findLast((each) => each.step <= step && each.density);
}

export function LineStage({ landscape, width }: { landscape: LineLandscape; width: number }) {
  const { x, f } = landscape;
  const [low, high] = [x[0]!, x.at(-1)!];
  const across = (at: number): number => size.left + ((at - low) / (high - low)) * (width - size.left - size.right);
  const step = frames.value[frame.value] ?? 0;
  const start = (reading.value!.json["start"] as number[])[0]!;
  const name = reading.value!.variables[0]!;
  const answer = laws.value?.answer.result;
  // those of the problem before: for a moment while a slider moves, paler where it lasts
  const stale = answer !== undefined && laws.value?.for !== reading.value;
  const sgd = step > 0 && answer ? lawAt(answer.sgd.laws, step) : undefined;
  const top = peakOf(sgd) || 1;
  const models = answer && sgd ? Object.entries(answer.models).filter(([id]) => shown.value.includes(id)) : [];
  const peaks = models.map(([, model]) => peakOf(model.laws.find((each) => each.step === sgd!.step)) / top);
  const highest = Math.min(room.most, Math.max(room.least, 1.04 * Math.max(0, ...peaks)));
  const bottom = size.top + size.objective + size.gap + size.densities;
  const up = (height: number): number => bottom - (Math.min(height, highest) / highest) * size.densities;
  const curve = ({ density }: LawAtStep): string => {
    if (!density) return "";
    const points: string[] = [];
    density.x.forEach((at, i) => {
      if (at >= low && at <= high) points.push(`${across(at).toFixed(2)},${up(Math.max(0, density.p[i]!) / top).toFixed(2)}`);
    });
    return points.length > 0 ? `M${points.join("L")}` : "";
  };
  const finite = f.filter(Number.isFinite);
  const lowest = Math.min(...finite);
  // the walls of f far out would flatten what lies between
  const ceiling = Math.min(Math.max(...finite), lowest + 3 * Math.max(spread(finite), 1e-300));
  const rise = (value: number): number => size.top + size.objective * (1 - (value - lowest) / (ceiling - lowest || 1));
  const line = x.flatMap((at, i) => (f[i]! <= ceiling ? [`${across(at).toFixed(2)},${rise(f[i]!).toFixed(2)}`] : [])).join("L");
  const broken = x.find((_, i) => !Number.isFinite(f[i]!));
  const filled = sgd ? curve(sgd) : "";
  const label = `The objective and, at ${momentOf(frame.value)}, ${sgd ? `the densities of SGD and of ${models.map(([id]) => processStyle(id).name).join(", ")}` : "the start"}`;
  return (
    <svg
      class="stage"
      viewBox={`0 0 ${width} ${size.height}`}
      role="img"
      aria-label={label}
      data-eta={laws.value?.answer.problem["learningRate"]}
      data-detail={laws.value?.detail}
      fill="currentColor"
      font-family="system-ui, sans-serif"
    >
      <text x={size.left} y="14" font-size="12" font-style="italic">
        f({name})
      </text>
      {line !== "" && <path d={`M${line}`} fill="none" stroke="currentColor" stroke-width="2" />}
      {broken !== undefined && (
        <g>
          <line
            x1={across(broken)}
            x2={across(broken)}
            y1={size.top}
            y2={size.top + size.objective}
            stroke="var(--bad, #b3261e)"
            stroke-dasharray="4 3"
          />
          <text x={across(broken) + 4} y={size.top + 12} font-size="12">
            f is not finite near {name} = {formatNumber(broken, 3)}
          </text>
        </g>
      )}
      <line x1={across(start)} x2={across(start)} y1={size.top} y2={bottom} stroke="currentColor" stroke-dasharray="2 4" opacity="0.6" />
      <text x={across(start) + 5} y="14" font-size="12">
        start
      </text>
      <text x={size.left} y={size.top + size.objective + size.gap - 8} font-size="12">
        density at {momentOf(frame.value)}
      </text>
      {sgd && filled && (
        <g class={stale ? "stale" : undefined}>
          <path
            d={`${filled}V${bottom}H${filled.slice(1, filled.indexOf(","))}Z`}
            fill="var(--process-sgd, #1f2328)"
            fill-opacity="0.18"
            stroke="none"
          />
          <path data-name="SGD" d={filled} fill="none" stroke="var(--process-sgd, #1f2328)" stroke-width="2.5" />
        </g>
      )}
      {step === 0 && (
        <line x1={across(start)} x2={across(start)} y1={up(1)} y2={bottom} stroke="var(--process-sgd, #1f2328)" stroke-width="4" />
      )}
      {models.map(([id, model]) => {
        const style = processStyle(id);
        const at = sgd && model.laws.find((each) => each.step === sgd.step);
        return at?.density ? (
          <path
            key={id}
            class={stale ? "stale" : undefined}
            data-name={style.name}
            d={curve(at)}
            fill="none"
            stroke={style.colour}
            stroke-width="2.25"
            stroke-dasharray={style.dash === "none" ? undefined : style.dash}
          />
        ) : null;
      })}
      {highest === room.most && (
        <text x={width - size.right} y={size.top + size.objective + size.gap - 8} font-size="12" text-anchor="end">
          cut at {room.most} times SGD's highest
        </text>
      )}
      <AxisX low={low} high={high} scale={across} y={bottom} label={name} width={width} />
    </svg>
  );
}

const peakOf = (at: LawAtStep | undefined): number => at?.density?.p.reduce((a, b) => Math.max(a, b), 0) ?? 0;

/** The largest error of the densities of this moment, over SGD's highest. */
export function densityError(): number | null {
  const step = frames.value[frame.value] ?? 0;
  const answer = laws.value?.answer.result;
  const own = answer && lawAt(answer.sgd.laws, step);
  if (!answer || !own?.density) return null;
  const others = Object.entries(answer.models).filter(([id]) => shown.value.includes(id));
  const errors = [own, ...others.map(([, { laws: all }]) => all.find((each) => each.step === own.step))].map(
    (at) => at?.density?.error ?? 0,
  );
  return Math.max(...errors) / (peakOf(own) || 1);
}

/** The densities of the moment as CSV rows. */
export function densityRows(): { columns: string[]; rows: (string | number)[][] } {
  const step = frames.value[frame.value] ?? 0;
  const answer = laws.value?.answer.result;
  const rows = answer
    ? [["sgd", answer.sgd.laws] as const, ...Object.entries(answer.models).map(([id, m]) => [id, m.laws] as const)].flatMap(([id, all]) => {
        const at = lawAt(all, step);
        return at?.density ? at.density.x.map((each, i) => [at.step, id, each, at.density!.p[i]!, at.density!.error ?? ""]) : [];
      })
    : [];
  return { columns: ["step", "process", "x", "density", "error"], rows };
}

/** From the lowest to the value below which two thirds of the points lie. */
function spread(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((2 * sorted.length) / 3)]! - sorted[0]!;
}
