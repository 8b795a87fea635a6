// The right column: the verdict on top, below it one tab a question.
import { useRef } from "preact/hooks";
import { csv } from "../../src/report/index.ts";
import { pictureFile } from "../part/picture-file.ts";
import { SaveButtons } from "../part/save-buttons.tsx";
import { useWidth } from "../part/width.ts";
import { tab } from "../state/address.ts";
import { comparedProblem, figures, outdated } from "../state/answers.ts";
import { FigureCard } from "./figure-card.tsx";
import { BestModels } from "./map.tsx";
import { Spectrum, spectrumRows } from "./spectrum.tsx";
import { ExitNumbers, WeakNumbers } from "./tables.tsx";
import { Verdict } from "./verdict.tsx";

export const tabs = [
  { id: "laws", title: "Laws", kinds: ["verdicts", "distances", "densities", "quantiles", "ellipses", "moments", "stationary", "paths"] },
  { id: "averages", title: "Averages", kinds: ["averages", "weak-along", "weak-orders"] },
  { id: "exits", title: "Exits", kinds: ["exit-ratios", "survival", "exit-law"] },
  { id: "curvature", title: "Curvature", kinds: ["spectrum"] },
  { id: "why", title: "Why", kinds: ["error-sources"] },
  { id: "map", title: "Map", kinds: [] },
] as const;

export function Answers() {
  const holder = useRef<HTMLDivElement>(null);
  const width = useWidth(holder, 420);
  const current = tabs.find(({ id }) => id === tab.value) ?? tabs[0];
  const move = (event: KeyboardEvent): void => {
    const at = tabs.indexOf(current);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = tabs[(to + tabs.length) % tabs.length]!;
    tab.value = next.id;
    document.getElementById(`tab-${next.id}`)?.focus();
  };
  return (
    <section class="column answer-column" aria-labelledby="answers-title">
      <h2 id="answers-title" class="hidden">
        The answers
      </h2>
      <Verdict />
      <figure class="card" data-figure="regime">
        <div ref={holder}>
          <Spectrum width={Math.max(width, 280)} />
        </div>
        <figcaption class="note">Eigenvalues are exact to rounding. Move the learning rate and see the regime change.</figcaption>
        <SaveButtons
          name="regime"
          title="the spectrum"
          svg={() => pictureFile(document.querySelector(".spectrum")!)}
          csv={() => csv(spectrumRows())}
        />
      </figure>
      <div role="tablist" aria-label="Answers by question" class="tabs" onKeyDown={move}>
        {tabs.map(({ id, title }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`tab-${id}`}
            aria-selected={id === current.id}
            aria-controls="tab-panel"
            tabIndex={id === current.id ? 0 : -1}
            onClick={() => (tab.value = id)}
          >
            {title}
          </button>
        ))}
      </div>
      <div role="tabpanel" id="tab-panel" aria-labelledby={`tab-${current.id}`} class={outdated.value ? "outdated" : undefined}>
        <Panel id={current.id} kinds={current.kinds} />
      </div>
    </section>
  );
}

function Panel({ id, kinds }: { id: string; kinds: readonly string[] }) {
  const told = comparedProblem.value;
  if (id === "map") return <BestModels />;
  if (!told) return <p>The answers come when the comparison is done.</p>;
  const drawn = figures.value.filter(({ kind }) => kinds.includes(kind));
  return (
    <>
      {id === "exits" && <ExitNumbers told={told} />}
      {id === "averages" && <WeakNumbers told={told} />}
      {drawn.map((figure) => (
        <FigureCard key={figure.kind} figure={figure} />
      ))}
      {drawn.length === 0 && id !== "exits" && <p class="note">Nothing to draw here; the warnings under the verdict say why.</p>}
    </>
  );
}
