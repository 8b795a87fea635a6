// Tables from files that are dropped on the page.
import { message } from "./current.ts";
import { lanes } from "./lanes.ts";

/** A table from CSV text. */
export function readTable(
  text: string,
  source: string,
): Promise<{ columns: readonly string[]; rows: readonly (readonly (string | number | null)[])[] } | null> {
  return new Promise((settled) => {
    lanes.quick.ask(
      { kind: "table", text, source },
      {
        onDone: settled,
        onFailed(error) {
          message.value = error.message;
          settled(null);
        },
      },
    );
  });
}
