// Paths as CSV: path,step,x1,... one row a path and step, numbers at full double precision.
import type { PathBlock, PathFormat, PathShape } from "./path-format.ts";

export function csvFormat({ variables, steps }: PathShape): PathFormat {
  const encoder = new TextEncoder();
  const d = variables.length;
  return {
    header: () => encoder.encode(`path,step,${variables.join(",")}\n`),
    block({ first, count, x }: PathBlock) {
      let text = "";
      let at = 0;
      for (let p = 0; p < count; p++) {
        for (const step of steps) {
          text += `${first + p},${step}`;
          for (let i = 0; i < d; i++) text += `,${x[at++]}`;
          text += "\n";
        }
      }
      return encoder.encode(text);
    },
    footer: () => new Uint8Array(0),
  };
}
