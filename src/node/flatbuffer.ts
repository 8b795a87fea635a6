// FlatBuffers, as much as Arrow's messages need: tables of scalars, references and vectors, written front to back, each parent before its
// children so that references point forward (https://flatbuffers.dev/internals). Every table has a vtable of its own, right before it.

/** What a table's field or a vector's entry may be. */
export type Value =
  | { readonly kind: "scalar"; readonly bytes: 1 | 2 | 4 | 8; readonly value: number }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "table"; readonly fields: readonly (Value | undefined)[] }
  | { readonly kind: "tables"; readonly entries: readonly Value[] }
  /** Entries of a struct, 8-byte aligned; each a list of whole numbers of the given widths, padded as the struct is in C. */
  | { readonly kind: "structs"; readonly widths: readonly (4 | 8)[]; readonly entries: readonly (readonly number[])[] };

export const scalar = (bytes: 1 | 2 | 4 | 8, value: number): Value => ({ kind: "scalar", bytes, value });
export const text = (value: string): Value => ({ kind: "text", text: value });
export const table = (...fields: readonly (Value | undefined)[]): Value => ({ kind: "table", fields });
export const tables = (entries: readonly Value[]): Value => ({ kind: "tables", entries });
export const structs = (widths: readonly (4 | 8)[], entries: readonly (readonly number[])[]): Value => ({
  kind: "structs",
  widths,
  entries,
});

/** A buffer with this table at its root; its length is a multiple of 8. */
export function flatbuffer(root: Value): Uint8Array {
  let view = new DataView(new ArrayBuffer(1024));
  let end = 4;
  const reserve = (bytes: number): number => {
    const at = end;
    end += bytes;
    if (end > view.byteLength) {
      const larger = new Uint8Array(2 * end);
      larger.set(new Uint8Array(view.buffer));
      view = new DataView(larger.buffer);
    }
    return at;
  };
  const align = (bytes: number, shift = 0): void => {
    reserve(((-(end + shift) % bytes) + bytes) % bytes);
  };
  const put = (at: number, bytes: number, value: number): void => {
    if (bytes === 1) view.setUint8(at, value);
    else if (bytes === 2) view.setInt16(at, value, true);
    else if (bytes === 4) view.setInt32(at, value, true);
    else view.setBigInt64(at, BigInt(value), true);
  };
  /** Writes what is referred to and points the reference at it. */
  const refer = (from: number, value: Value): void => put(from, 4, write(value) - from);

  function write(value: Value): number {
    switch (value.kind) {
      case "table":
        return writeTable(value.fields);
      case "text": {
        const bytes = new TextEncoder().encode(value.text);
        align(4);
        const at = reserve(4 + bytes.length + 1);
        put(at, 4, bytes.length);
        new Uint8Array(view.buffer).set(bytes, at + 4);
        return at;
      }
      case "tables": {
        align(4);
        const at = reserve(4 + 4 * value.entries.length);
        put(at, 4, value.entries.length);
        value.entries.forEach((entry, k) => refer(at + 4 + 4 * k, entry));
        return at;
      }
      case "structs": {
        align(8, 4);
        const at = reserve(4);
        put(at, 4, value.entries.length);
        for (const entry of value.entries) {
          entry.forEach((number, k) => {
            align(value.widths[k]!);
            put(reserve(value.widths[k]!), value.widths[k]!, number);
          });
        }
        return at;
      }
      default:
        throw new TypeError("a scalar has no place of its own");
    }
  }

  function writeTable(fields: readonly (Value | undefined)[]): number {
    // inside: the vtable's distance, then the fields in order, each aligned; the table itself begins at a multiple of 8
    let size = 4;
    const places = fields.map((field) => {
      if (!field) return 0;
      const bytes = field.kind === "scalar" ? field.bytes : 4;
      size = Math.ceil(size / bytes) * bytes;
      size += bytes;
      return size - bytes;
    });
    const vtableBytes = 4 + 2 * fields.length;
    align(8, vtableBytes);
    const vtable = reserve(vtableBytes);
    const at = reserve(size);
    put(vtable, 2, vtableBytes);
    put(vtable + 2, 2, size);
    places.forEach((place, k) => put(vtable + 4 + 2 * k, 2, place));
    put(at, 4, vtableBytes);
    fields.forEach((field, k) => {
      if (field?.kind === "scalar") put(at + places[k]!, field.bytes, field.value);
    });
    fields.forEach((field, k) => {
      if (field && field.kind !== "scalar") refer(at + places[k]!, field);
    });
    return at;
  }

  refer(0, root);
  align(8);
  return new Uint8Array(view.buffer, 0, end);
}
