// The problem as a file, the page as a link, and the command for the same answer.
import { signal } from "@preact/signals";
import { addressNow, tooLong } from "../state/address.ts";
import { commandLine, fileNameOf } from "../state/command-line.ts";
import { gallery, problem, treatment } from "../state/current.ts";
import { saveText } from "../state/save.ts";

const said = signal("");

async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    said.value = `${what} copied.`;
  } catch {
    said.value = `The browser does not let the page copy; select it yourself: ${text}`;
  }
}

export function Sharing() {
  const raw = problem.value;
  if (!raw) return null;
  const command = commandLine("compare", raw, gallery.value, treatment.value);
  return (
    <section aria-labelledby="sharing-title">
      <h3 id="sharing-title">Take it along</h3>
      <pre class="command" tabIndex={0} role="group" aria-label="The command for the same answer">
        <code data-command>{command}</code>
      </pre>
      <div class="row">
        <button type="button" onClick={() => void copy(command, "Command")}>
          Copy command
        </button>
        <button
          type="button"
          disabled={tooLong.value}
          onClick={async () => {
            const address = await addressNow();
            if (address) await copy(address, "Link");
          }}
        >
          Copy link
        </button>
        <button type="button" onClick={() => saveText(`${JSON.stringify(raw, null, 2)}\n`, "application/json", fileNameOf(raw))}>
          Download problem
        </button>
      </div>
      {tooLong.value && <p class="note">With its data this problem is too long for a link; the file holds it all.</p>}
      <p class="note" role="status">
        {said.value}
      </p>
    </section>
  );
}
