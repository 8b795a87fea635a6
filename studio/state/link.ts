// The page as a link: the whole problem and what is looked at, in the URL's hash, which no server sees. Problems are JSON, deflated where
// that is shorter; a link written by hand may hold the JSON itself (percent-encoded) or a gallery name.
import type { Raw } from "../engine/jobs.ts";

const defaults = {
  /** Characters of a hash: browsers and mail programs cut longer ones. */
  longest: 60_000,
  /** Characters of a problem once inflated: more is no problem file but a bomb. */
  largest: 8_000_000,
} as const;

/** What a link says; all of it is optional and none of it is trusted. */
export interface LinkState {
  readonly problem?: Raw;
  readonly gallery?: string;
  readonly tour?: string;
  readonly step?: number;
  readonly tab?: string;
  readonly frame?: number;
  readonly flags?: readonly string[];
}

/** The hash for this state, without "#"; null where the problem is too long for a link. */
export async function linkOf({ problem, gallery, tour, step, tab, frame, flags }: LinkState): Promise<string | null> {
  const parts: string[] = [];
  if (tour) parts.push(`tour=${encodeURIComponent(tour)}`, `step=${(step ?? 0) + 1}`);
  else if (gallery) parts.push(`gallery=${encodeURIComponent(gallery)}`);
  else if (problem) parts.push(`problem=${await packed(JSON.stringify(problem))}`);
  if (tab) parts.push(`tab=${encodeURIComponent(tab)}`);
  if (frame) parts.push(`frame=${frame}`);
  if (flags && flags.length > 0) parts.push(`flags=${flags.join(",")}`);
  const hash = parts.join("&");
  return hash.length > defaults.longest ? null : hash;
}

/** @throws Error in words for the reader of the page, where the problem in the link is broken */
export async function readLink(hash: string): Promise<LinkState> {
  const fields = new Map<string, string>();
  for (const part of hash.replace(/^#/, "").split("&")) {
    const [name, ...value] = part.split("=");
    if (name) fields.set(name, value.join("="));
  }
  const text = (name: string): string | undefined => {
    const value = fields.get(name);
    if (value === undefined) return undefined;
    try {
      return decodeURIComponent(value);
    } catch {
      throw new Error(`the link's "${name}" is broken: a percent sign without its two digits. Ask for the link again, or for the file.`);
    }
  };
  const count = (name: string): number | undefined => {
    const value = Number(fields.get(name));
    return Number.isInteger(value) && value >= 0 ? value : undefined;
  };
  const problem = text("problem");
  const step = count("step");
  return {
    ...(problem === undefined ? {} : { problem: parsed(problem.trimStart().startsWith("{") ? problem : await unpacked(problem)) }),
    gallery: text("gallery"),
    tour: text("tour"),
    ...(step === undefined ? {} : { step: Math.max(0, step - 1) }),
    tab: text("tab"),
    frame: count("frame"),
    flags: text("flags")?.split(","),
  };
}

function parsed(json: string): Raw {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new Error(`the problem in the link is not JSON: ${(error as Error).message}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error(
      "the problem in the link is no problem file: an object with objective, noise, learningRate, start and steps is expected",
    );
  return value as Raw;
}

async function packed(json: string): Promise<string> {
  const stream = new Blob([json]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

async function unpacked(text: string): Promise<string> {
  const cut = new Error(
    "the problem in the link cannot be unpacked: the link was cut or changed on its way. Ask for it again, or for the file.",
  );
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
  } catch {
    throw cut;
  }
  const reader = new Blob([bytes])
    .stream()
    .pipeThrough(new DecompressionStream("deflate-raw"))
    .pipeThrough(new TextDecoderStream())
    .getReader();
  let json = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return json;
      json += value;
      if (json.length > defaults.largest) throw cut;
    }
  } catch {
    throw cut;
  }
}
