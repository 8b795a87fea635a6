// Two dimensions, or two eigenvectors of the Hessian: f's contours, the particles of SGD and of one model, side by side or overlaid, and
// ellipses that hold one standard deviation: exact ones on quadratics, the particles' own elsewhere.
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { formatNumber, processStyle } from "../../src/report/index.ts";
import type { CloudPart, Plane, PlaneLandscape } from "../engine/jobs.ts";
import { ticksOf } from "../part/axis.tsx";
import { useWidth } from "../part/width.ts";
import { clouds, partner } from "../state/clouds.ts";
import { reading } from "../state/current.ts";
import { frame, frames } from "../state/frames.ts";
import { laws } from "../state/picture.ts";
import { dark } from "../state/theme.ts";
import { type Look, paintClouds, paintLandscape } from "./plane-paint.ts";
import { momentOf } from "./player.tsx";

export const layout = signal<"side by side" | "overlaid">("side by side");

const looks = {
  light: { paper: [255, 255, 255], ink: [31, 35, 40], sgd: [201, 96, 0], model: [0, 98, 171] },
  dark: { paper: [20, 24, 29], ink: [233, 237, 241], sgd: [255, 168, 61], model: [102, 187, 255] },
} as const;

export interface Ellipse {
  readonly mean: readonly [number, number];
  /** xx, xy, yy */
  readonly covariance: readonly [number, number, number];
  readonly exact: boolean;
}

/** Mean and covariance in the plane at a frame: from the law where it is closed, else from the particles; null without either. */
export function ellipseOf(id: string, at: number): Ellipse | null {
  const step = frames.value[at]!;
  if (laws.value?.for === reading.value && reading.value?.closedForm && step > 0) {
    const result = laws.value!.answer.result;
    const law = (id === "sgd" ? result.sgd : result.models[id])?.laws.find((each) => each.step === step);
    if (law?.mean && law.covariance)
      return projectedLaw(law.mean as number[], law.covariance as number[][], (reading.value.landscape as PlaneLandscape).plane);
  }
  const parts = clouds.value?.for === reading.value ? clouds.value?.parts.get(id) : undefined;
  return parts ? sampledEllipse(parts, at) : null;
}

function projectedLaw(mean: readonly number[], covariance: readonly (readonly number[])[], { origin, u, v }: Plane): Ellipse {
  const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, each, i) => sum + each * b[i]!, 0);
  const away = mean.map((each, i) => each - origin[i]!);
  const times = (b: readonly number[]): number[] => covariance.map((row) => dot(row, b));
  return { mean: [dot(away, u), dot(away, v)], covariance: [dot(u, times(u)), dot(u, times(v)), dot(v, times(v))], exact: true };
}

/** Ellipses of the particles that are there, by frame: panels and captions ask for the same ones. */
const sampled = new WeakMap<readonly CloudPart[], Map<number, Ellipse | null>>();

function sampledEllipse(parts: readonly CloudPart[], at: number): Ellipse | null {
  const known = sampled.get(parts) ?? new Map<number, Ellipse | null>();
  sampled.set(parts, known);
  let found = known.get(at);
  if (found === undefined) known.set(at, (found = ellipseOfPoints(parts, at)));
  return found;
}

function ellipseOfPoints(parts: readonly CloudPart[], at: number): Ellipse | null {
  let [n, a, b, aa, ab, bb] = [0, 0, 0, 0, 0, 0];
  for (const { states, count } of parts)
    for (let p = 2 * at * count; p < 2 * (at + 1) * count; p += 2) {
      const [x, y] = [states[p]!, states[p + 1]!];
      if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
      n++;
      a += x;
      b += y;
      aa += x * x;
      ab += x * y;
      bb += y * y;
    }
  if (n === 0) return null;
  const [p, q] = [a / n, b / n];
  return { mean: [p, q], covariance: [aa / n - p * p, ab / n - p * q, bb / n - q * q], exact: false };
}

export function PlaneStage({ landscape }: { landscape: PlaneLandscape }) {
  const model = partner.value;
  const panels = layout.value === "overlaid" ? [["sgd", model]] : [["sgd"], [model]];
  const names = { sgd: "SGD", [model]: processStyle(model).name } as Record<string, string>;
  const label = `Contours of the objective with the particles of SGD and of ${names[model]} at ${momentOf(frame.value)}`;
  return (
    <div class={`plane ${layout.value === "overlaid" ? "one" : "two"}`} role="img" aria-label={label}>
      {panels.map((ids) => (
        <Panel key={ids.join()} ids={ids} names={names} landscape={landscape} />
      ))}
    </div>
  );
}

/** Both panels have the same ground: it is painted once. */
let ground:
  | { readonly landscape: PlaneLandscape; readonly side: number; readonly look: Look; readonly pixels: Uint8ClampedArray }
  | undefined;

function landscapePixels(landscape: PlaneLandscape, side: number, look: Look): Uint8ClampedArray {
  if (ground?.landscape !== landscape || ground.side !== side || ground.look !== look)
    ground = { landscape, side, look, pixels: paintLandscape(landscape, side, side, look) };
  return ground.pixels;
}

function Panel({ ids, names, landscape }: { ids: readonly string[]; names: Record<string, string>; landscape: PlaneLandscape }) {
  const holder = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const image = useRef<ImageData>(null);
  const side = useWidth(holder, 320);
  const look = dark.value ? looks.dark : looks.light;
  const background = landscapePixels(landscape, side, look);
  const at = frame.value;
  const parts = clouds.value?.for === reading.value ? clouds.value?.parts : undefined;
  useEffect(() => {
    const paper = canvas.current!.getContext("2d")!;
    if (image.current?.width !== side) image.current = paper.createImageData(side, side);
    const drawn = ids.map((id) => ({ parts: parts?.get(id) ?? [], colour: id === "sgd" ? look.sgd : look.model }));
    paintClouds(background, image.current.data, side, side, at, frames.value.length, landscape, drawn);
    paper.putImageData(image.current, 0, 0);
  }, [background, parts, at, ids.join(), look, landscape]);
  const { low, high, plane } = landscape;
  const x = (value: number): number => ((value - low[0]) / (high[0] - low[0])) * side;
  const y = (value: number): number => side - ((value - low[1]) / (high[1] - low[1])) * side;
  const start = reading.value!.json["start"] as number[];
  const project = (direction: readonly number[]): number =>
    direction.reduce((sum, each, i) => sum + each * (start[i]! - plane.origin[i]!), 0);
  const colour = (id: string): string => `rgb(${(id === "sgd" ? look.sgd : look.model).join(",")})`;
  const both = ["sgd", partner.value];
  return (
    <div class="panel">
      <p class="panel-name">{ids.map((id) => names[id]).join(" and ")}</p>
      <div class="canvas" ref={holder}>
        <canvas ref={canvas} width={side} height={side} />
        <svg viewBox={`0 0 ${side} ${side}`} aria-hidden="true" font-family="system-ui, sans-serif" fill="currentColor" data-plane>
          {both.map((id) => {
            const ellipse = ellipseOf(id, at);
            return (
              ellipse && (
                <path
                  key={id}
                  d={outline(ellipse, x, y)}
                  fill="none"
                  stroke={colour(id)}
                  stroke-width={ids.includes(id) ? 2.5 : 1.5}
                  stroke-dasharray={id === "sgd" ? undefined : "8 4"}
                />
              )
            );
          })}
          <path d={`M${x(project(plane.u)) - 6},${y(project(plane.v))}h12m-6,-6v12`} stroke="currentColor" stroke-width="1.5" />
          {ticksOf(low[0], high[0], 4).map((tick) => (
            <text key={tick} x={x(tick)} y={side - 5} font-size="12" text-anchor="middle">
              {formatNumber(tick, 4)}
            </text>
          ))}
          {ticksOf(low[1], high[1], 5)
            .filter((tick) => y(tick) < side - 22 && y(tick) > 10)
            .map((tick) => (
              <text key={tick} x="4" y={y(tick) + 4} font-size="12">
                {formatNumber(tick, 4)}
              </text>
            ))}
        </svg>
      </div>
      <p class="panel-axes">
        across: {plane.labels[0]}; up: {plane.labels[1]}
      </p>
    </div>
  );
}

/** The ellipse at one standard deviation. */
function outline({ mean, covariance: [xx, xy, yy] }: Ellipse, x: (v: number) => number, y: (v: number) => number): string {
  const root = Math.sqrt(Math.max(0, xx));
  const lean = root > 0 ? xy / root : 0;
  const rest = Math.sqrt(Math.max(0, yy - lean * lean));
  const points = Array.from({ length: 73 }, (_, i) => {
    const [c, s] = [Math.cos((i * Math.PI) / 36), Math.sin((i * Math.PI) / 36)];
    return `${x(mean[0] + root * c).toFixed(1)},${y(mean[1] + lean * c + rest * s).toFixed(1)}`;
  });
  return `M${points.join("L")}Z`;
}

/** Means and covariances at every frame as CSV rows. */
export function ellipseRows(): { columns: string[]; rows: (string | number)[][] } {
  const rows = frames.value.flatMap((step, at) =>
    ["sgd", partner.value].flatMap((id) => {
      const ellipse = ellipseOf(id, at);
      return ellipse ? [[step, id, ...ellipse.mean, ...ellipse.covariance, ellipse.exact ? "exact" : "sampled"]] : [];
    }),
  );
  return { columns: ["step", "process", "mean_1", "mean_2", "covariance_11", "covariance_12", "covariance_22", "how"], rows };
}
