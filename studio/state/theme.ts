// Light, dark, or as the system says; kept between visits. Colours of processes are those of the report, told to the page as variables
// through a style sheet made in script, which the page's policy allows.
import { signal } from "@preact/signals";
import { colourVariables } from "../../src/report/index.ts";

export type Theme = "system" | "light" | "dark";
const key = "escapement-theme";

export const theme = signal<Theme>("system");
const darkSystem = matchMedia("(prefers-color-scheme: dark)");
export const dark = signal(darkSystem.matches);
export const still = matchMedia("(prefers-reduced-motion: reduce)");

export function startTheme(): void {
  const sheet = new CSSStyleSheet();
  const [light, darkness] = [colourVariables([], "light"), colourVariables([], "dark")];
  sheet.replaceSync(
    `:root{${light}}@media (prefers-color-scheme:dark){:root:not([data-theme=light]){${darkness}}}:root[data-theme=dark]{${darkness}}`,
  );
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const kept = readSetting(key);
  setTheme(kept === "light" || kept === "dark" ? kept : "system");
  darkSystem.addEventListener("change", () => setTheme(theme.value));
}

export function setTheme(next: Theme): void {
  theme.value = next;
  dark.value = next === "dark" || (next === "system" && darkSystem.matches);
  if (next === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = next;
  keepSetting(key, next);
}

/** Browsers may forbid storage: then nothing is kept. */
export function keepSetting(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // private windows, full storage: the page works without
  }
}

export function readSetting(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}
