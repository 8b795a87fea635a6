// The binary format of WebAssembly, as far as programs need it: LEB128 numbers, sections, one memory, functions of doubles and addresses.
// Source: WebAssembly Core Specification 1.0, chapter 5 (Binary Format). No validation: the engine that loads the module does that.

/** Bytes that grow. */
export interface ByteWriter {
  byte(value: number): void;
  bytes(values: ArrayLike<number>): void;
  /** Unsigned LEB128, below 2^32. */
  unsigned(value: number): void;
  /** A double, little-endian. */
  float64(value: number): void;
  /** What was written, as a view. */
  written(): Uint8Array<ArrayBuffer>;
}

export function byteWriter(capacity = 256): ByteWriter {
  let buffer = new Uint8Array(capacity);
  let view = new DataView(buffer.buffer);
  let length = 0;
  function reserve(count: number): void {
    if (length + count <= buffer.length) return;
    const larger = new Uint8Array(Math.max(2 * buffer.length, length + count));
    larger.set(buffer);
    buffer = larger;
    view = new DataView(buffer.buffer);
  }
  return {
    byte(value) {
      reserve(1);
      buffer[length++] = value;
    },
    bytes(values) {
      reserve(values.length);
      buffer.set(values, length);
      length += values.length;
    },
    unsigned(value) {
      reserve(5);
      let rest = value;
      while (rest > 127) {
        buffer[length++] = (rest & 127) | 128;
        rest = Math.floor(rest / 128);
      }
      buffer[length++] = rest;
    },
    float64(value) {
      reserve(8);
      view.setFloat64(length, value, true);
      length += 8;
    },
    written: () => buffer.subarray(0, length),
  };
}

/** Signed LEB128 of a 64-bit integer, as the bytes that follow i64.const. */
export function signedLeb128(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asIntN(64, value);
  for (;;) {
    const low = Number(rest & 127n);
    rest >>= 7n;
    const isLast = (rest === 0n && (low & 64) === 0) || (rest === -1n && (low & 64) !== 0);
    bytes.push(isLast ? low : low | 128);
    if (isLast) return bytes;
  }
}

export const valueType = { i32: 0x7f, i64: 0x7e, f64: 0x7c, v128: 0x7b } as const;
export type ValueType = keyof typeof valueType;

/** Operation codes, by the specification's names. */
export const opcode = {
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  brIf: 0x0d,
  call: 0x10,
  select: 0x1b,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  i32Load: 0x28,
  f64Load: 0x2b,
  i32Store: 0x36,
  f64Store: 0x39,
  i32Const: 0x41,
  i64Const: 0x42,
  f64Const: 0x44,
  i32Eqz: 0x45,
  f64Eq: 0x61,
  f64Lt: 0x63,
  f64Le: 0x65,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i32And: 0x71,
  i32Or: 0x72,
  i64And: 0x83,
  i64Or: 0x84,
  i64Add: 0x7c,
  i64Shl: 0x86,
  i64ShrU: 0x88,
  f64Abs: 0x99,
  f64Neg: 0x9a,
  f64Sqrt: 0x9f,
  f64Add: 0xa0,
  f64Sub: 0xa1,
  f64Mul: 0xa2,
  f64Div: 0xa3,
  f64Copysign: 0xa6,
  i64ReinterpretF64: 0xbd,
  f64ReinterpretI64: 0xbf,
} as const;

export interface FunctionType {
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
}

export interface FunctionBody {
  /** Index into the types. */
  readonly type: number;
  readonly locals: readonly { readonly type: ValueType; readonly count: number }[];
  /** Instructions without the final `end`. */
  readonly code: Uint8Array;
}

export interface ModuleText {
  readonly types: readonly FunctionType[];
  readonly functions: readonly FunctionBody[];
  /** Pages of 64 KiB. */
  readonly memoryPages: number;
  /** Functions visible outside, by name; the memory is exported as "memory". */
  readonly exports: ReadonlyMap<string, number>;
}

/** The bytes of a module. */
export function encodeModule({ types, functions, memoryPages, exports }: ModuleText): Uint8Array<ArrayBuffer> {
  const out = byteWriter(1 << 12);
  out.bytes([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  section(out, 1, types.length, (w) => {
    for (const { parameters, results } of types) {
      w.byte(0x60);
      for (const list of [parameters, results]) {
        w.unsigned(list.length);
        for (const type of list) w.byte(valueType[type]);
      }
    }
  });
  section(out, 3, functions.length, (w) => {
    for (const { type } of functions) w.unsigned(type);
  });
  section(out, 5, 1, (w) => {
    w.byte(0x00); // no maximum
    w.unsigned(memoryPages);
  });
  section(out, 7, exports.size + 1, (w) => {
    for (const [name, index] of exports) exported(w, name, 0x00, index);
    exported(w, "memory", 0x02, 0);
  });
  section(out, 10, functions.length, (w) => {
    for (const { locals, code } of functions) {
      const body = byteWriter(code.length + 16);
      body.unsigned(locals.length);
      for (const { type, count } of locals) {
        body.unsigned(count);
        body.byte(valueType[type]);
      }
      body.bytes(code);
      body.byte(opcode.end);
      w.unsigned(body.written().length);
      w.bytes(body.written());
    }
  });
  return out.written();
}

/** A section: its number, its length in bytes, a vector of `count` items. */
function section(out: ByteWriter, id: number, count: number, write: (w: ByteWriter) => void): void {
  const content = byteWriter();
  content.unsigned(count);
  write(content);
  out.byte(id);
  out.unsigned(content.written().length);
  out.bytes(content.written());
}

function exported(w: ByteWriter, name: string, kind: number, index: number): void {
  const text = new TextEncoder().encode(name);
  w.unsigned(text.length);
  w.bytes(text);
  w.byte(kind);
  w.unsigned(index);
}
