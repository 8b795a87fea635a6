// series-N (ours; docs/sbea.md): all that an SDE carries of the modified equation up to eta^N for Gaussian noise, without resummation. What
// lives on H and Sigma alone are HA-SME's series cut there (theory.md 2), as polynomials of z,
//
//     c(z) = sum_{p <= N} z^p/(p+1),   m(u, v) = sum_{k+l <= N-1} k! l!/(k+l+1)! u^k v^l,
//
// the rest are terms, which vanish on quadratics with constant noise. series-0 is gradient flow and series-1 is SME-2.
import type { Ops } from "../numerics/ops.ts";
import type { Correction } from "../sbea/corrections.ts";
import { generator } from "../sbea/generator.ts";
import { beyondSde, deriveCorrection } from "../sbea/models.ts";
import { printTerms } from "../sbea/print-model.ts";
import { defineModel } from "./define.ts";
import type { SdeModel } from "./model.ts";

/** The highest N: series-4 has fifth derivatives of f, and no SDE of a higher order has a higher weak order. */
export const highestSeries = 4;

const made = new Map<number, SdeModel>();

/** The model of the id "series-N"; undefined where the id is none, or N is too high. */
export function seriesById(id: string): SdeModel | undefined {
  const digits = /^series-(\d+)$/.exec(id)?.[1];
  const order = Number(digits);
  if (digits === undefined || String(order) !== digits || order > highestSeries) return undefined;
  let model = made.get(order);
  if (!model) made.set(order, (model = seriesModel(order)));
  return model;
}

function seriesModel(order: number): SdeModel {
  const derived = generator(order, "gaussian");
  const correction = deriveCorrection(derived);
  const weakOrder = lower(order + 1, beyondSde(generator(order, "constant"))?.order);
  const weakOrderVarying = lower(order + 1, beyondSde(derived)?.order);
  const hasTerms = correction.drift.length + correction.diffusion.length > 0;
  return defineModel({
    id: `series-${order}`,
    title: `Series-${order}`,
    source: "ours (docs/sbea.md)",
    ours: true,
    declares: { weakOrder, ...(weakOrderVarying < weakOrder ? { weakOrderVarying } : {}), exactOnQuadratics: "no" } as SdeModel["declares"],
    driftFactor: (o, z) => o.polynomial(z, driftCoefficients(order)),
    diffusionFactor: (o, u, v) => diffusionSeries(o, u, v, order - 1),
    ...(hasTerms ? { correction } : {}),
    tex: texOf(order, correction),
  });
}

function lower(a: number, b: number | undefined): number {
  return b === undefined ? a : Math.min(a, b);
}

function driftCoefficients(order: number): number[] {
  return Array.from({ length: order + 1 }, (_, p) => 1 / (p + 1));
}

/** sum_{k+l <= degree} k! l!/(k+l+1)! u^k v^l, symmetric in every bit: (k, l) and (l, k) are added as one. */
function diffusionSeries<T>(o: Ops<T>, u: T, v: T, degree: number): T {
  if (degree < 0) return o.constant(0);
  let sum = o.constant(1);
  for (let p = 1; p <= degree; p++) {
    for (let k = p; 2 * k >= p; k--) {
      const pair = 2 * k === p ? product(o, u, k, v, k) : o.add(product(o, u, k, v, p - k), product(o, v, k, u, p - k));
      sum = o.add(sum, o.scale(1 / inverseBeta(k, p - k), pair));
    }
  }
  return sum;
}

/** u^k v^l, k >= l. */
function product<T>(o: Ops<T>, u: T, k: number, v: T, l: number): T {
  if (k === l) return power(o, o.multiply(u, v), k);
  return l === 0 ? power(o, u, k) : o.multiply(power(o, u, k), power(o, v, l));
}

function power<T>(o: Ops<T>, u: T, k: number): T {
  return k === 1 ? u : o.multiply(power(o, u, k - 1), u);
}

/** (k+l+1)!/(k! l!) = (k+l+1) C(k+l, k), an integer. */
function inverseBeta(k: number, l: number): number {
  let binomial = 1;
  for (let i = 1; i <= l; i++) binomial = (binomial * (k + i)) / i;
  return (k + l + 1) * binomial;
}

/** The series in H, then the terms in index notation. */
function texOf(order: number, { drift, diffusion }: Correction): SdeModel["tex"] {
  const eta = (p: number) => (p === 1 ? "\\eta" : `\\eta^${p}`);
  const h = (p: number) => (p === 0 ? "" : p === 1 ? "H" : `H^${p}`);
  const gradients = Array.from({ length: order }, (_, i) => ` - \\tfrac{${eta(i + 1)}}{${i + 2}} ${h(i + 1)}\\nabla f`);
  const noise: string[] = order === 0 ? ["0"] : ["\\eta\\,\\Sigma"];
  for (let p = 1; p < order; p++) {
    for (let k = p; k >= 0; k--) noise.push(` + \\tfrac{${eta(p + 1)}}{${inverseBeta(k, p - k)}} ${h(k)}\\Sigma ${h(p - k)}`.trimEnd());
  }
  const style = { scalar: false, style: "latex" } as const;
  const terms = (list: Correction["drift"]) => (list.length === 0 ? "" : ` + ${printTerms(list, style)}`);
  return { drift: `-\\nabla f${gradients.join("")}${terms(drift)}`, diffusion: `${noise.join("")}${terms(diffusion)}` };
}
