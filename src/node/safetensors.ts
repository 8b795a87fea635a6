// The .safetensors format: 8 bytes of header length, a JSON header {name: {dtype, shape, data_offsets}}, then the tensors' bytes, row-major
// little-endian, without gaps or overlaps (https://github.com/huggingface/safetensors, "Format"). Floating-point tensors are read as
// doubles; other types are refused by name, since weights have none. Written: doubles.
import { InputError } from "../errors.ts";
import { sizeOf, type Tensor } from "../problem/tensors.ts";
import { bfloatToDouble, halfToDouble } from "./half-floats.ts";
import { bytesOf, concat } from "./npz-records.ts";

/** The format's own limit. */
const largestHeader = 100_000_000;

const readers: Readonly<Record<string, { bytes: number; read: (view: DataView, at: number) => number }>> = {
  F64: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
  F32: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  F16: { bytes: 2, read: (view, at) => halfToDouble(view.getUint16(at, true)) },
  BF16: { bytes: 2, read: (view, at) => bfloatToDouble(view.getUint16(at, true)) },
};

interface Place {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/**
 * The tensors of a file, in the order of their data.
 * @param source  the file, named in messages
 * @throws InputError `node/safetensors` naming the tensor at fault
 */
export function readSafetensors(file: Uint8Array, source: string): Tensor[] {
  const { header, data } = split(file, source);
  const places = Object.entries(header)
    .filter(([name]) => name !== "__metadata__")
    .map(([name, entry]) => placeOf(name, entry, data.length, source))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  let before = "the header";
  for (const { name, begin, end } of places) {
    if (begin < covered) throw refuse(source, name, `its data overlap those of ${JSON.stringify(before)}`, `bytes from ${covered}`);
    if (begin > covered) throw refuse(source, name, `${begin - covered} bytes before it belong to no tensor`, "data without gaps");
    covered = end;
    before = name;
  }
  if (covered !== data.length)
    throw new InputError(
      "node/safetensors",
      `${source}: ${data.length - covered} bytes after the last tensor belong to none; the file is damaged`,
      {
        source,
      },
    );
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return places.map(({ name, dtype, shape, begin }) => {
    const { bytes, read } = readers[dtype]!;
    return { name, shape, values: Float64Array.from({ length: sizeOf(shape) }, (_, k) => read(view, begin + k * bytes)) };
  });
}

/** Tensors as a file of doubles; the same tensors give the same bytes. */
export function writeSafetensors(tensors: readonly Tensor[], metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  let at = 0;
  const entries = tensors.map(({ name, shape, values }) => {
    const begin = at;
    at += values.byteLength;
    return [name, { dtype: "F64", shape, data_offsets: [begin, at] }] as const;
  });
  const described =
    Object.keys(metadata).length > 0 ? { __metadata__: metadata, ...Object.fromEntries(entries) } : Object.fromEntries(entries);
  const text = new TextEncoder().encode(JSON.stringify(described));
  // padded with spaces so that the data are aligned to 8 bytes
  const header = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(0x20);
  header.set(text);
  return concat(bytesOf(BigInt64Array.of(BigInt(header.length))), header, ...tensors.map(({ values }) => bytesOf(values)));
}

function split(file: Uint8Array, source: string): { header: Record<string, unknown>; data: Uint8Array } {
  const broken = (what: string): InputError => new InputError("node/safetensors", `${source}: ${what}`, { source });
  if (file.length < 8) throw broken(`is ${file.length} bytes long; no safetensors file is that short`);
  const length = new DataView(file.buffer, file.byteOffset).getBigUint64(0, true);
  if (length > BigInt(largestHeader) || Number(length) > file.length - 8)
    throw broken(
      `its header is said to be ${length} bytes long, but ${file.length - 8} follow; this is no safetensors file, or it is cut short`,
    );
  const text = file.subarray(8, 8 + Number(length));
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text));
  } catch (error) {
    throw broken(`its header is not JSON: ${(error as Error).message}`);
  }
  if (!isRecord(header)) throw broken("its header is no JSON object");
  return { header, data: file.subarray(8 + Number(length)) };
}

function placeOf(name: string, entry: unknown, length: number, source: string): Place {
  if (!isRecord(entry)) throw refuse(source, name, "its entry in the header is no object", "dtype, shape, data_offsets");
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== "string" || !Object.hasOwn(readers, dtype))
    throw refuse(source, name, `has the type ${JSON.stringify(dtype)}`, `${Object.keys(readers).join(", ")}; save weights and biases only`);
  if (!isCounts(shape) || !Number.isSafeInteger(sizeOf(shape)))
    throw refuse(source, name, `has the shape ${JSON.stringify(shape)}`, "whole numbers >= 0");
  if (!isCounts(offsets) || offsets.length !== 2) throw refuse(source, name, `has the offsets ${JSON.stringify(offsets)}`, "[begin, end]");
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > length)
    throw refuse(source, name, `its data are said to lie at bytes ${begin} to ${end}`, `within the ${length} bytes after the header`);
  const bytes = sizeOf(shape) * readers[dtype]!.bytes;
  if (end - begin !== bytes)
    throw refuse(source, name, `has ${end - begin} bytes`, `${bytes}, which the shape [${shape.join(", ")}] of ${dtype} takes`);
  return { name, dtype, shape, begin, end };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((entry) => Number.isSafeInteger(entry) && (entry as number) >= 0);

function refuse(source: string, tensor: string, found: string, allowed: string): InputError {
  return new InputError("node/safetensors", `${source}: tensor ${JSON.stringify(tensor)}: ${found}; allowed: ${allowed}`, {
    source,
    tensor,
  });
}
