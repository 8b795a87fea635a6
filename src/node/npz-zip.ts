// The entries of a zip file in memory, as numpy.savez and savez_compressed write them: stored or deflated, zip64 or not, found by the
// directory at the end. Lengths, offsets and checksums are checked; encrypted, split and other compressions are refused.
import { crc32, inflateRawSync } from "node:zlib";
import { InputError } from "../errors.ts";

const signatures = { end: 0x06054b50, end64: 0x06064b50, locator64: 0x07064b50, central: 0x02014b50, local: 0x04034b50 };
const unknown32 = 0xffffffff;

export interface ZipEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * All entries, unpacked.
 * @param source  the file, named in messages
 * @throws InputError `node/zip` naming the entry at fault
 */
export function readZip(file: Uint8Array, source: string): ZipEntry[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const broken = (what: string, entry?: string): InputError =>
    new InputError("node/zip", `${source}: ${entry === undefined ? "" : `entry ${JSON.stringify(entry)}: `}${what}`, { source, entry });
  const within = (at: number, bytes: number, what: string, entry?: string): void => {
    if (!(at >= 0 && at + bytes <= file.length)) throw broken(`the zip file is cut short or damaged: ${what} lies outside it`, entry);
  };
  const wide = (at: number): number => Number(view.getBigUint64(at, true));
  const end = endRecord(view);
  if (end < 0) throw broken("no zip file (an .npz file is one), or cut short: its directory is missing");
  let count = view.getUint16(end + 10, true);
  let directory = view.getUint32(end + 16, true);
  if (end >= 20 && view.getUint32(end - 20, true) === signatures.locator64) {
    const at = wide(end - 12);
    within(at, 56, "its directory");
    if (view.getUint32(at, true) !== signatures.end64) throw broken("the zip file's directory is damaged");
    count = wide(at + 32);
    directory = wide(at + 48);
  }
  const entries: ZipEntry[] = [];
  for (let k = 0, at = directory; k < count; k++) {
    within(at, 46, "its directory");
    if (view.getUint32(at, true) !== signatures.central) throw broken("the zip file's directory is damaged");
    const flags = view.getUint16(at + 8, true);
    const method = view.getUint16(at + 10, true);
    const sum = view.getUint32(at + 16, true);
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((o) => view.getUint16(at + o, true)) as [number, number, number];
    within(at + 46, nameBytes + extraBytes + commentBytes, "its directory");
    const name = new TextDecoder().decode(file.subarray(at + 46, at + 46 + nameBytes));
    let [packed, size, offset] = [20, 24, 42].map((o) => view.getUint32(at + o, true)) as [number, number, number];
    // the zip64 field holds those of the three that do not fit, in this order
    let wideAt = extraField(view, at + 46 + nameBytes, extraBytes, 1);
    const next = (narrow: number): number => {
      if (narrow !== unknown32) return narrow;
      if (wideAt < 0) throw broken("its size is missing from the directory", name);
      within(wideAt, 8, "its size", name);
      wideAt += 8;
      return wide(wideAt - 8);
    };
    size = next(size);
    packed = next(packed);
    offset = next(offset);
    within(offset, 30, "its header", name);
    if (view.getUint32(offset, true) !== signatures.local) throw broken("its header is damaged", name);
    if (flags & 1) throw broken("is encrypted; allowed: a file without a password", name);
    const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
    within(start, packed, "its data", name);
    const raw = file.subarray(start, start + packed);
    const bytes = unpack(raw, method, size, (what) => broken(what, name));
    if (crc32(bytes) !== sum) throw broken("its checksum is wrong: the file is damaged", name);
    entries.push({ name, bytes });
    at += 46 + nameBytes + extraBytes + commentBytes;
  }
  return entries;
}

function unpack(raw: Uint8Array, method: number, size: number, broken: (what: string) => InputError): Uint8Array {
  if (method === 0) {
    if (raw.length !== size) throw broken(`holds ${raw.length} bytes; the directory says ${size}`);
    return raw;
  }
  if (method !== 8) throw broken(`is packed by method ${method}; allowed: stored or deflated (numpy.savez, numpy.savez_compressed)`);
  let bytes: Uint8Array;
  try {
    // one byte more than foretold is enough to see that it is too many
    bytes = inflateRawSync(raw, { maxOutputLength: size + 1 });
  } catch (error) {
    throw broken(`cannot be unpacked: ${(error as Error).message}`);
  }
  if (bytes.length !== size) throw broken(`unpacks to ${bytes.length} bytes; the directory says ${size}`);
  return bytes;
}

/** The end record stands last, but for a comment of up to 65535 bytes; -1 where there is none. */
function endRecord(view: DataView): number {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 22 - 0xffff); at--)
    if (view.getUint32(at, true) === signatures.end && at + 22 + view.getUint16(at + 20, true) === view.byteLength) return at;
  return -1;
}

/** Where an extra field's data begin; -1 where it is missing. */
function extraField(view: DataView, start: number, bytes: number, id: number): number {
  for (let at = start; at + 4 <= start + bytes; at += 4 + view.getUint16(at + 2, true)) if (view.getUint16(at, true) === id) return at + 4;
  return -1;
}
