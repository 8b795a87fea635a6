// The list of models, in the order in which they stand everywhere. A new model is a file and a line here. The series of the modified equation
// are made when asked for by name, series-0 to series-4, and stand after the list.
import { InputError, nearestWord } from "../errors.ts";
import { gradientFlow } from "./gradient-flow.ts";
import { haSme } from "./ha-sme.ts";
import { haSme3 } from "./ha-sme-3.ts";
import { haSme4 } from "./ha-sme-4.ts";
import type { SdeModel } from "./model.ts";
import { highestSeries, seriesById } from "./series.ts";
import { sme1 } from "./sme1.ts";
import { sme2 } from "./sme2.ts";
import { spf } from "./spf.ts";

export const models: readonly SdeModel[] = Object.freeze([gradientFlow, sme1, sme2, spf, haSme, haSme3, haSme4]);

/** The model of that id, a series among them; undefined where there is none. */
export function findModel(id: string): SdeModel | undefined {
  return models.find((model) => model.id === id) ?? seriesById(id);
}

/**
 * The model of that id; "series-N" is all that an SDE carries of the modified equation up to eta^N.
 * @throws InputError `model/unknown` naming the allowed ids and the nearest one
 */
export function modelById(id: string): SdeModel {
  const found = findModel(id);
  if (found) return found;
  const series = Array.from({ length: highestSeries + 1 }, (_, order) => `series-${order}`);
  const allowed = [...models.map((model) => model.id), ...series];
  const listed = `${models.map((model) => model.id).join(", ")}, ${series[0]} to ${series.at(-1)}`;
  if (["ha-sme-m", "langevin", "overdamped"].includes(id))
    throw new InputError(
      "model/momentum",
      `models (--models): found ${id}, a model of SGD with momentum, and this problem has none; allowed: a momentum above 0 (--momentum 0.9), or ${listed}.`,
      { id, allowed },
    );
  const nearest = nearestWord(id.replace(/[ _]/g, "-"), allowed);
  throw new InputError(
    "model/unknown",
    `models (--models): found ${JSON.stringify(id)}; allowed: ${listed}.${nearest === undefined ? "" : ` Did you mean ${nearest}?`}`,
    { id, allowed },
  );
}

/** The models of these ids: those of the list in its order, then series by their order. Without `ids` the whole list, and no series. */
export function selectModels(ids?: readonly string[]): readonly SdeModel[] {
  if (ids === undefined) return models;
  const wanted = [...new Set(ids)].map(modelById);
  const place = (model: SdeModel) => (models.includes(model) ? models.indexOf(model) : models.length);
  return wanted.sort((a, b) => place(a) - place(b) || (a.id < b.id ? -1 : 1));
}
