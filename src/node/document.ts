// A DOM document where there is no browser: figures are drawn into it.
import { createRequire } from "node:module";

export function createDocument(): Document {
  // Loaded here: it takes a tenth of a second, and most answers are told without a page.
  const { parseHTML } = createRequire(import.meta.url)("linkedom") as typeof import("linkedom");
  return parseHTML("<!doctype html><html><head></head><body></body></html>").document as unknown as Document;
}
