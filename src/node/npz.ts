// NumPy's .npz: a zip of .npy arrays, read whole. Numbers of every width and byte order, booleans and texts; C or Fortran order. Refused by
// name: pickled objects (reading them would run a program), complex numbers, structured rows, dates. Written: doubles, uncompressed.
import { crc32 } from "node:zlib";
import { InputError } from "../errors.ts";
import { sizeOf, type Tensor } from "../problem/tensors.ts";
import { halfToDouble } from "./half-floats.ts";
import { bytesOf, centralHeader, concat, descriptor, type Entry, endOfDirectory, localHeader, npyHeader } from "./npz-records.ts";
import { readZip } from "./npz-zip.ts";

export interface NpzArray {
  readonly name: string;
  readonly shape: readonly number[];
  /** Row-major, whatever the file's order. */
  readonly values: Float64Array | readonly string[];
}

/**
 * The arrays of an .npz file, in its order.
 * @param source  the file, named in messages
 * @throws InputError `node/npz` naming the array at fault
 */
export function readNpz(file: Uint8Array, source: string): NpzArray[] {
  return readZip(file, source).map(({ name, bytes }) => {
    const array = name.replace(/\.npy$/, "");
    if (array === name)
      throw new InputError("node/npz", `${source}: found ${JSON.stringify(name)} in it; allowed: .npy arrays`, { source, array });
    return readNpy(bytes, array, source);
  });
}

/** Tensors as an .npz file of doubles; the same tensors give the same bytes. */
export function writeNpz(tensors: readonly Tensor[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const entries: Entry[] = [];
  let offset = 0;
  for (const { name, shape, values } of tensors) {
    const data = concat(npyHeader("<f8", shape), bytesOf(values));
    const entry: Entry = { name: `${name}.npy`, offset, size: data.length, crc: crc32(data) };
    const part = concat(localHeader(entry.name), data, descriptor(entry));
    entries.push(entry);
    parts.push(part);
    offset += part.length;
  }
  const directory = concat(...entries.map(centralHeader));
  return concat(...parts, directory, endOfDirectory(entries.length, directory.length, offset));
}

type Refuse = (what: string, allowed?: string) => InputError;

function readNpy(bytes: Uint8Array, array: string, source: string): NpzArray {
  const refuse: Refuse = (what, allowed) =>
    new InputError("node/npz", `${source}: array ${JSON.stringify(array)}: ${what}${allowed ? `; allowed: ${allowed}` : ""}`, {
      source,
      array,
    });
  const { descr, fortran, shape, at } = npyHead(bytes, refuse);
  const [, order, kind, widthText] = /^([<>|=]?)([a-zA-Z])(\d*)$/.exec(descr) ?? [];
  if (kind === "O") throw refuse("holds Python objects", "numbers or texts (a pickle would run a program)");
  const width = Number(widthText) * (kind === "U" ? 4 : 1);
  const count = sizeOf(shape);
  const read = kind && elementReader(kind, width, order === ">");
  if (!read) throw refuse(`has the type ${JSON.stringify(descr)}`, "real numbers, booleans, texts");
  if (bytes.length - at !== count * width)
    throw refuse(`${bytes.length - at} bytes of data; the shape [${shape.join(", ")}] of ${descr} takes ${count * width}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, bytes.length - at);
  const place = fortran && shape.length > 1 ? fortranPlaces(shape) : (k: number): number => k;
  if (kind === "U" || kind === "S") {
    const texts = Array.from({ length: count }, (_, k) => textAt(view, place(k) * width, width, kind, order === ">"));
    return { name: array, shape, values: texts };
  }
  const values = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    values[k] = read(view, place(k) * width);
    if ((kind === "i" || kind === "u") && !Number.isSafeInteger(values[k]))
      throw refuse(`entry ${k} is an integer beyond 2^53, which no double holds`, "smaller integers, or doubles");
  }
  return { name: array, shape, values };
}

/** Magic, version, and the dictionary that says what the array is. */
function npyHead(bytes: Uint8Array, refuse: Refuse): { descr: string; fortran: boolean; shape: number[]; at: number } {
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  if (bytes.length < 12 || magic.some((b, i) => bytes[i] !== b)) throw refuse("is no .npy array, or cut short");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wide = bytes[6]! >= 2;
  const from = wide ? 12 : 10;
  const at = from + (wide ? view.getUint32(8, true) : view.getUint16(8, true));
  if (at > bytes.length) throw refuse("its header is cut short");
  const head = new TextDecoder().decode(bytes.subarray(from, at));
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(head)?.[1];
  const fortran = /'fortran_order'\s*:\s*(True|False)/.exec(head)?.[1];
  const shapeText = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(head)?.[1];
  if (/'descr'\s*:\s*\[/.test(head)) throw refuse("has structured rows", "one array a column");
  if (descr === undefined || fortran === undefined || shapeText === undefined) throw refuse("its header is damaged");
  const shape = shapeText
    .split(",")
    .filter((t) => t.trim() !== "")
    .map((t) => Number.parseInt(t, 10));
  if (!shape.every(Number.isSafeInteger) || !Number.isSafeInteger(sizeOf(shape))) throw refuse("its header is damaged");
  return { descr, fortran: fortran === "True", shape, at };
}

type ReadElement = (view: DataView, at: number) => number;

/** How one element is read; texts are read elsewhere. Undefined for types that are no real numbers. */
function elementReader(kind: string, width: number, big: boolean): ReadElement | undefined {
  const little = !big;
  switch (`${kind}${width}`) {
    case "f8":
      return (v, at) => v.getFloat64(at, little);
    case "f4":
      return (v, at) => v.getFloat32(at, little);
    case "f2":
      return (v, at) => halfToDouble(v.getUint16(at, little));
    case "i8":
      return (v, at) => Number(v.getBigInt64(at, little));
    case "i4":
      return (v, at) => v.getInt32(at, little);
    case "i2":
      return (v, at) => v.getInt16(at, little);
    case "i1":
      return (v, at) => v.getInt8(at);
    case "u8":
      return (v, at) => Number(v.getBigUint64(at, little));
    case "u4":
      return (v, at) => v.getUint32(at, little);
    case "u2":
      return (v, at) => v.getUint16(at, little);
    case "u1":
    case "b1":
      return (v, at) => v.getUint8(at);
    default:
      return kind === "U" || kind === "S" ? () => Number.NaN : undefined;
  }
}

/** Where the row-major k-th element stands in a column-major array. */
function fortranPlaces(shape: readonly number[]): (k: number) => number {
  return (k) => {
    let rest = k;
    let place = 0;
    let size = sizeOf(shape);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const length = shape[axis]!;
      size /= length;
      place += (rest % length) * size;
      rest = Math.floor(rest / length);
    }
    return place;
  };
}

/** A text of fixed width, its trailing zeros cut off. */
function textAt(view: DataView, at: number, width: number, kind: string, big: boolean): string {
  if (kind === "S") return new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at, width)).replace(/\0+$/, "");
  let text = "";
  for (let k = 0; k < width; k += 4) {
    const point = view.getUint32(at + k, !big);
    text += point <= 0x10ffff ? String.fromCodePoint(point) : "\ufffd";
  }
  return text.replace(/\0+$/, "");
}
