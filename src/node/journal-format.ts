// The journal's records as bytes: mark (8 bytes), length of the payload (4, little-endian), first 16 bytes of SHA-256 over length and payload,
// payload (JSON as UTF-8). The mark begins with 0xff, which no UTF-8 text holds, so that reading finds the next record behind damaged bytes: a
// flipped bit costs one record, not all that follow. What is read is either what was written or reported as damage, never something else.
import { createHash } from "node:crypto";

const mark = Buffer.from([0xff, 0x45, 0x53, 0x43, 0x4a, 0x0d, 0x0a, 0x01]);
const headBytes = mark.length + 4 + 16;

export interface JournalContent {
  /** Payloads of the good records, in the order of the file. */
  readonly records: readonly unknown[];
  /** Byte ranges that are no good records, [from, to), ascending. */
  readonly damage: readonly (readonly [from: number, to: number])[];
}

/** One record's bytes. */
export function encodeRecord(value: unknown): Buffer {
  const payload = Buffer.from(JSON.stringify(value), "utf8");
  const length = Buffer.alloc(4);
  length.writeUInt32LE(payload.length);
  return Buffer.concat([mark, length, checksum(length, payload), payload]);
}

/** All good records in `bytes`; never throws, whatever the bytes are. */
export function decodeRecords(bytes: Buffer): JournalContent {
  const records: unknown[] = [];
  const damage: [number, number][] = [];
  let at = 0;
  let damagedFrom = -1;
  while (at < bytes.length) {
    const record = recordAt(bytes, at);
    if (record) {
      if (damagedFrom >= 0) damage.push([damagedFrom, at]);
      damagedFrom = -1;
      records.push(record.value);
      at = record.end;
      continue;
    }
    if (damagedFrom < 0) damagedFrom = at;
    const next = bytes.indexOf(mark, at + 1);
    at = next < 0 ? bytes.length : next;
  }
  if (damagedFrom >= 0) damage.push([damagedFrom, bytes.length]);
  return { records, damage };
}

function recordAt(bytes: Buffer, at: number): { readonly value: unknown; readonly end: number } | undefined {
  if (at + headBytes > bytes.length || !bytes.subarray(at, at + mark.length).equals(mark)) return undefined;
  const length = bytes.subarray(at + mark.length, at + mark.length + 4);
  const end = at + headBytes + length.readUInt32LE();
  if (end > bytes.length) return undefined;
  const payload = bytes.subarray(at + headBytes, end);
  if (!checksum(length, payload).equals(bytes.subarray(at + mark.length + 4, at + headBytes))) return undefined;
  try {
    return { value: JSON.parse(payload.toString("utf8")), end };
  } catch {
    return undefined;
  }
}

function checksum(length: Buffer, payload: Buffer): Buffer {
  return createHash("sha256").update(length).update(payload).digest().subarray(0, 16);
}
