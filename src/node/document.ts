// A DOM document where there is no browser: figures are drawn into it.
import { parseHTML } from "linkedom";

export function createDocument(): Document {
  return parseHTML("<!doctype html><html><head></head><body></body></html>").document as unknown as Document;
}
