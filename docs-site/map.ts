// The map on docs/choose.md: where each model has the exit over the double well's barrier best, over learning rate and noise.
import { execFileSync } from "node:child_process";
import type { Answer, MapResult } from "../src/answer/index.ts";
import { createDocument } from "../src/node/document.ts";
import { mapFigure } from "../src/report/index.ts";
import { figureMarkup } from "./gallery.ts";

export const mapCommand = ["map", "double-well", "--eta", "0.05:0.4:6", "--sigma", "0.6:1.4:5", "--question", "exit"] as const;

export async function chooseMap(): Promise<string> {
  const text = execFileSync(process.execPath, ["dist/cli/main.js", ...mapCommand, "--json", "--quiet"], {
    encoding: "utf8",
    maxBuffer: 1e8,
  });
  const answer = JSON.parse(text) as Answer<MapResult>;
  const figure = mapFigure(answer.result, { document: createDocument(), problem: answer.problem, idPrefix: "choose-" });
  if (!figure) throw new Error("docs/choose.md: the map has nothing to draw");
  return `<div class="pictures wide">${figureMarkup(figure)}</div>`;
}
