// One of the report's figures: what to look at, how large its errors are, and what it can be saved as. Its markup was written by the
// library, every text escaped; here it is parsed as XML, so that nothing in it can become a script.
import { useEffect, useRef } from "preact/hooks";
import type { DrawnFigure } from "../engine/jobs.ts";
import { SaveButtons } from "../part/save-buttons.tsx";

export function FigureCard({ figure }: { figure: DrawnFigure }) {
  const holder = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const parsed = new DOMParser().parseFromString(figure.svg, "image/svg+xml").documentElement;
    holder.current!.replaceChildren(document.importNode(parsed, true));
  }, [figure.svg]);
  return (
    <figure class="card" data-figure={figure.kind}>
      <h3>{figure.title}</h3>
      <div ref={holder} class="scroll" tabIndex={0} role="group" aria-label={`Figure: ${figure.title}`} />
      <figcaption>
        <p>{figure.caption}</p>
        <p class="note">{figure.errorNote}</p>
      </figcaption>
      <SaveButtons name={figure.kind} title={figure.title} svg={() => figure.file} csv={() => figure.csv} />
    </figure>
  );
}
