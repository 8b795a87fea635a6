// The page: header, messages, the tour, three columns that fold on a phone.
import { useEffect, useState } from "preact/hooks";
import { Answers } from "./answer/answers.tsx";
import { openFile } from "./panel/files.ts";
import { Problem } from "./panel/problem.tsx";
import { Stage } from "./stage/stage.tsx";
import { message } from "./state/current.ts";
import { setTheme, type Theme, theme } from "./state/theme.ts";
import { TourMenu, TourPanel } from "./tour/tour.tsx";

export function App() {
  const dragging = useDrop();
  return (
    <>
      <button type="button" class="skip" onClick={skipToAnswers}>
        Skip to the answers
      </button>
      <header>
        <h1>
          Escapement <span>studio</span>
        </h1>
        <p class="note">Which continuous-time model of SGD is right, where, and by how much.</p>
        <TourMenu />
        <label class="theme">
          <span>Colours</span>{" "}
          <select value={theme.value} onChange={(event) => setTheme(event.currentTarget.value as Theme)}>
            <option value="system">as the system</option>
            <option value="light">light</option>
            <option value="dark">dark</option>
          </select>
        </label>
      </header>
      <main>
        {message.value !== null && (
          <div class="message" role="alert">
            <p>{message.value}</p>
            <button type="button" onClick={() => (message.value = null)}>
              Close
            </button>
          </div>
        )}
        <TourPanel />
        <div class="columns">
          <Problem />
          <Stage />
          <Answers />
        </div>
      </main>
      {dragging && <div class="drop">Drop a problem file or a CSV table</div>}
    </>
  );
}

/** The hash holds the problem, so a button moves the focus where a link within the page would. */
function skipToAnswers(): void {
  const target = document.getElementById("tab-panel");
  target?.setAttribute("tabindex", "-1");
  target?.focus();
}

function useDrop(): boolean {
  const [dragging, setDragging] = useState(false);
  useEffect(() => {
    const over = (event: DragEvent): void => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      setDragging(true);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setDragging(false);
    };
    const drop = (event: DragEvent): void => {
      setDragging(false);
      const file = event.dataTransfer?.files[0];
      if (!file) return;
      event.preventDefault();
      void openFile(file);
    };
    addEventListener("dragover", over);
    addEventListener("dragleave", leave);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("dragleave", leave);
      removeEventListener("drop", drop);
    };
  }, []);
  return dragging;
}
