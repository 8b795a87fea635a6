// What is being computed, how far it is, and a button that ends it at once.
import type { Work } from "../state/current.ts";

export function Progress({ work, onCancel, name }: { work: Work | null; onCancel: () => void; name: string }) {
  return (
    <div class="progress" hidden={work === null}>
      {work && (
        <>
          {/* without a value a bar would move: each of its frames costs the processor that the answer needs */}
          {work.part !== null && <progress aria-label={`Progress of ${name}`} value={work.part} max={1} />}
          <span class="note">
            {work.what}
            {work.part === null ? "…" : ` ${Math.round(100 * work.part)} %`}
          </span>
          <button type="button" onClick={onCancel} aria-label={`Cancel ${name}`}>
            Cancel
          </button>
        </>
      )}
    </div>
  );
}
