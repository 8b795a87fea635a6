// The address bar and the page hold the same: the hash is rewritten as the state changes, and followed when it is edited or pasted.
// Without a hash the last visit's is taken up. What a link has wrong is said, and the last good problem stays.
import { signal } from "@preact/signals";
import { gallery, message, onChange, problem, treatment } from "./current.ts";
import { open, openBeginning, openGallery, treat } from "./edit.ts";
import { frame, frames } from "./frames.ts";
import { type LinkState, linkOf, readLink } from "./link.ts";
import { keepSetting, readSetting } from "./theme.ts";

const defaults = {
  /** Milliseconds of rest after which the address is rewritten: a slider's picture does not wait for it. */
  rest: 250,
} as const;

const key = "escapement-hash";
const beginning = "gallery=double-well";

export const tab = signal("laws");
/** The tour and its step, while one is taken. */
export const tour = signal<{ readonly id: string; readonly step: number } | null>(null);
export const tooLong = signal(false);

let written = "";

export async function startAddress(): Promise<void> {
  await followHash(location.hash || readSetting(key) || beginning);
  if (!problem.value && !tour.value) await openBeginning();
  addEventListener("hashchange", ({ newURL }) => {
    // not location.hash: the page may have written its own since
    const { hash } = new URL(newURL);
    if (hash.slice(1) !== written) void followHash(hash);
  });
  onChange(() => {
    // read here, so that the effect follows them; written when they rest
    const state = stateNow();
    clearTimeout(resting);
    resting = setTimeout(() => void write(state), defaults.rest);
  });
}

let resting: ReturnType<typeof setTimeout> | undefined;

const stateNow = (): LinkState => ({
  problem: problem.value ?? undefined,
  gallery: gallery.value,
  tour: tour.value?.id,
  step: tour.value?.step,
  tab: tab.value,
  frame: frame.value === frames.value.length - 1 ? undefined : frame.value,
  flags: [...(treatment.value.twoStep ? ["two-step"] : []), ...(treatment.value.nearest ? ["nearest"] : [])],
});

async function write(state: LinkState): Promise<void> {
  if (!state.problem) return;
  const hash = await linkOf(state);
  tooLong.value = hash === null;
  if (hash === null || hash === written) return;
  written = hash;
  keepSetting(key, hash);
  history.replaceState(null, "", `#${hash}`);
}

/** The page's whole address; null where the problem is too long for one. */
export async function addressNow(): Promise<string | null> {
  const hash = await linkOf(stateNow());
  return hash === null ? null : `${location.href.split("#")[0]}#${hash}`;
}

async function followHash(hash: string): Promise<void> {
  let link: LinkState;
  try {
    link = await readLink(hash);
  } catch (error) {
    message.value = `${(error as Error).message}${problem.value ? " The problem before it is kept." : ""}`;
    return;
  }
  if (link.flags) treat({ twoStep: link.flags.includes("two-step"), nearest: link.flags.includes("nearest") });
  if (link.tab) tab.value = link.tab;
  if (link.tour) {
    tour.value = { id: link.tour, step: link.step ?? 0 };
    return;
  }
  tour.value = null;
  const opened = link.problem ? await open(link.problem) : link.gallery ? await openGallery(link.gallery) : false;
  if (opened && link.frame !== undefined && link.frame < frames.value.length) frame.value = link.frame;
}
