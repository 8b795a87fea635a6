// A figure as SVG, PNG and CSV.

import { message } from "../state/current.ts";
import { savePng, saveText } from "../state/save.ts";

export function SaveButtons({ name, title, svg, csv }: { name: string; title: string; svg: () => string; csv: () => string }) {
  const png = (): void => {
    savePng(svg(), `${name}.png`).catch((error: unknown) => {
      message.value = `the PNG could not be made: ${error instanceof Error ? error.message : String(error)}. SVG has the same picture.`;
    });
  };
  return (
    <div class="save">
      <button
        type="button"
        data-save="svg"
        aria-label={`Save ${title} as SVG`}
        onClick={() => saveText(svg(), "image/svg+xml;charset=utf-8", `${name}.svg`)}
      >
        SVG
      </button>
      <button type="button" data-save="png" aria-label={`Save ${title} as PNG`} onClick={png}>
        PNG
      </button>
      <button
        type="button"
        data-save="csv"
        aria-label={`Save the data of ${title} as CSV`}
        onClick={() => saveText(csv(), "text/csv;charset=utf-8", `${name}.csv`)}
      >
        CSV
      </button>
    </div>
  );
}
