// The pieces that .npz files are made of: the .npy header (numpy.lib.format 1.0) and the records of an uncompressed zip, zip64 so that
// size is no limit. Sizes and checksums follow each entry's data, so that a file can be written as it comes.

/** Room for the .npy header: the shape of a shorter file fits into the same bytes. */
export const headerBytes = 192;

export interface Entry {
  readonly name: string;
  readonly offset: number;
  size: number;
  crc: number;
}

/** numpy.lib.format, version 1.0, padded to a fixed length. */
export function npyHeader(descr: string, shape: readonly number[]): Uint8Array {
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(", ")}${shape.length === 1 ? "," : ""}), }`;
  const out = new Uint8Array(headerBytes).fill(0x20);
  out.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, (headerBytes - 10) & 255, (headerBytes - 10) >> 8]);
  out.set(new TextEncoder().encode(dictionary), 10);
  out[headerBytes - 1] = 0x0a;
  return out;
}

export const bytesOf = (array: Float64Array | BigInt64Array): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

type Field = readonly [bytes: 2 | 4 | 8, value: number];

/** Little-endian fields, then a text. */
function record(fields: readonly Field[], text = ""): Uint8Array {
  const name = new TextEncoder().encode(text);
  const out = new Uint8Array(fields.reduce((n, [bytes]) => n + bytes, 0) + name.length);
  const view = new DataView(out.buffer);
  let at = 0;
  for (const [bytes, value] of fields) {
    if (bytes === 2) view.setUint16(at, value, true);
    else if (bytes === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += bytes;
  }
  out.set(name, at);
  return out;
}

/** 1980-01-01, the zip epoch: the same paths give the same bytes. */
const epoch: readonly Field[] = [
  [2, 0],
  [2, 33],
];
const unknown32 = 0xffffffff;

/** Sizes come after the data (bit 3); a zip64 field says that they are 8 bytes long. */
export function localHeader(name: string): Uint8Array {
  return concat(
    record([[4, 0x04034b50], [2, 45], [2, 8], [2, 0], ...epoch, [4, 0], [4, unknown32], [4, unknown32], [2, name.length], [2, 20]], name),
    record([
      [2, 1],
      [2, 16],
      [8, 0],
      [8, 0],
    ]),
  );
}

export function descriptor({ crc, size }: Entry): Uint8Array {
  return record([
    [4, 0x08074b50],
    [4, crc],
    [8, size],
    [8, size],
  ]);
}

export function centralHeader({ name, offset, size, crc }: Entry): Uint8Array {
  return concat(
    record(
      [
        [4, 0x02014b50],
        [2, 45],
        [2, 45],
        [2, 8],
        [2, 0],
        ...epoch,
        [4, crc],
        [4, unknown32],
        [4, unknown32],
        [2, name.length],
        [2, 28],
        [2, 0],
        [2, 0],
        [2, 0],
        [4, 0],
        [4, unknown32],
      ],
      name,
    ),
    record([
      [2, 1],
      [2, 24],
      [8, size],
      [8, size],
      [8, offset],
    ]),
  );
}

export function endOfDirectory(entries: number, size: number, offset: number): Uint8Array {
  return concat(
    record([
      [4, 0x06064b50],
      [8, 44],
      [2, 45],
      [2, 45],
      [4, 0],
      [4, 0],
      [8, entries],
      [8, entries],
      [8, size],
      [8, offset],
    ]),
    record([
      [4, 0x07064b50],
      [4, 0],
      [8, offset + size],
      [4, 1],
    ]),
    record([
      [4, 0x06054b50],
      [2, 0],
      [2, 0],
      [2, entries],
      [2, entries],
      [4, unknown32],
      [4, unknown32],
      [2, 0],
    ]),
  );
}
