// The oracle protocol (docs/oracles.md): frames over standard input and output, each a header's length (4 bytes, little-endian), the header
// (JSON, UTF-8), then the blocks that it lists, raw and little-endian, one after another. A request is one frame, so is its answer.

export type BlockType = "f64" | "f32" | "u32";

export const blockBytes: Readonly<Record<BlockType, number>> = { f64: 8, f32: 4, u32: 4 };

export const protocolVersion = 1;

/** A header longer than this is none: most likely text that was printed to standard output. */
const largestHeader = 1 << 20;

export type Block = Float64Array | Uint32Array;

export interface Frame {
  readonly header: Readonly<Record<string, unknown>>;
  /** Floats as doubles. */
  readonly blocks: readonly Float64Array[];
}

/** A frame that is none; the message says why. */
export class Nonsense extends Error {}

export function encodeFrame(header: object, blocks: readonly Block[]): Uint8Array {
  const list = blocks.map((block) => ({ type: block instanceof Float64Array ? "f64" : "u32", length: block.length }));
  const text = new TextEncoder().encode(JSON.stringify({ ...header, blocks: list }));
  const out = new Uint8Array(blocks.reduce((n, block) => n + block.byteLength, 4 + text.length));
  new DataView(out.buffer).setUint32(0, text.length, true);
  out.set(text, 4);
  let at = 4 + text.length;
  for (const block of blocks) {
    out.set(new Uint8Array(block.buffer, block.byteOffset, block.byteLength), at);
    at += block.byteLength;
  }
  return out;
}

export interface FrameReader {
  /** Takes bytes as they come; returns the frame once it is whole. Throws Nonsense as soon as it cannot become the frame expected. */
  push(chunk: Uint8Array): Frame | undefined;
  /** Bytes taken so far. */
  readonly received: number;
}

/**
 * Reads one frame.
 * @param accepts  throws Nonsense where a header is not what was asked for, so that nobody waits for blocks that never come
 */
export function frameReader(accepts: (header: Readonly<Record<string, unknown>>, lengths: readonly number[]) => void): FrameReader {
  let chunks: Uint8Array[] = [];
  let received = 0;
  let need = 4;
  let head: { header: Record<string, unknown>; list: { type: BlockType; length: number }[]; at: number } | undefined;
  const joined = (): Uint8Array => {
    if (chunks.length > 1) chunks = [Buffer.concat(chunks)];
    return chunks[0]!;
  };
  return {
    get received() {
      return received;
    },
    push(chunk) {
      chunks.push(chunk);
      received += chunk.length;
      while (received >= need) {
        const bytes = joined();
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        if (need === 4) {
          const length = view.getUint32(0, true);
          if (length < 2 || length > largestHeader) throw new Nonsense(`not a frame, but ${shown(bytes)}`);
          need = 4 + length;
        } else if (!head) {
          const header = headerOf(bytes.subarray(4, need));
          const list = blockList(header["blocks"]);
          accepts(
            header,
            list.map((block) => block.length),
          );
          head = { header, list, at: need };
          need += list.reduce((n, block) => n + block.length * blockBytes[block.type], 0);
        }
        if (head && received >= need) {
          if (received > need) throw new Nonsense(`${received - need} bytes after its answer: ${shown(bytes.subarray(need))}`);
          return { header: head.header, blocks: decodeBlocks(view, head.at, head.list) };
        }
      }
      return undefined;
    },
  };
}

function headerOf(bytes: Uint8Array): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (typeof header === "object" && header !== null && !Array.isArray(header)) return header as Record<string, unknown>;
  } catch {
    // told below, with the bytes
  }
  throw new Nonsense(`a header that is no JSON object: ${shown(bytes)}`);
}

function blockList(value: unknown): { type: BlockType; length: number }[] {
  const list = value === undefined ? [] : value;
  if (!Array.isArray(list)) throw new Nonsense(`blocks that are no list: ${JSON.stringify(value)}`);
  return list.map((entry: unknown) => {
    const { type, length } = (entry ?? {}) as { type?: unknown; length?: unknown };
    if ((type !== "f64" && type !== "f32") || !Number.isSafeInteger(length) || (length as number) < 0)
      throw new Nonsense(`a block ${JSON.stringify(entry)}; allowed: {"type": "f64" or "f32", "length": entries}`);
    return { type, length: length as number };
  });
}

function decodeBlocks(view: DataView, start: number, list: readonly { type: BlockType; length: number }[]): Float64Array[] {
  let at = start;
  return list.map(({ type, length }) => {
    const out = new Float64Array(length);
    for (let k = 0; k < length; k++) out[k] = type === "f64" ? view.getFloat64(at + 8 * k, true) : view.getFloat32(at + 4 * k, true);
    at += length * blockBytes[type];
    return out;
  });
}

/** The beginning of some bytes as text, for messages. */
function shown(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes.subarray(0, 60));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be replaced
  return JSON.stringify(text.replace(/[\u0000-\u001f\u007f\ufffd]/g, "."));
}
