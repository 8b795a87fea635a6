// WebAssembly instructions by name, into the bytes of a function: locals are asked for by type, blocks and loops nest as functions do. What
// kernels need beside the scalar operations of wasm-encoder.ts: 64-bit integers and the 128-bit vectors of the SIMD proposal, now part of the
// specification (WebAssembly Core 2.0). No relaxed SIMD: its results differ between machines.
import { byteWriter, type FunctionBody, signedLeb128, type ValueType } from "../wasm-encoder.ts";

const plain = {
  "i32.eqz": 0x45,
  "i32.eq": 0x46,
  "i32.lt_u": 0x49,
  "i32.gt_u": 0x4b,
  "i32.add": 0x6a,
  "i32.sub": 0x6b,
  "i32.mul": 0x6c,
  "i32.div_u": 0x6e,
  "i32.rem_u": 0x70,
  "i32.and": 0x71,
  "i32.xor": 0x73,
  "i32.or": 0x72,
  "i32.shl": 0x74,
  "i32.shr_u": 0x76,
  "i32.wrap_i64": 0xa7,
  "i64.mul": 0x7e,
  "i64.shr_u": 0x88,
  "i64.extend_i32_u": 0xad,
  "f64.sub": 0xa1,
  "f64.convert_i32_u": 0xb8,
} as const;

const vector = {
  "i32x4.splat": 0x11,
  "f64x2.splat": 0x14,
  "i64x2.splat": 0x12,
  "v128.not": 0x4d,
  "v128.and": 0x4e,
  "v128.or": 0x50,
  "v128.xor": 0x51,
  "v128.bitselect": 0x52,
  "v128.any_true": 0x53,
  "f64x2.eq": 0x47,
  "f64x2.lt": 0x49,
  "f64x2.le": 0x4b,
  "f64x2.abs": 0xec,
  "f64x2.neg": 0xed,
  "f64x2.sqrt": 0xef,
  "f64x2.add": 0xf0,
  "f64x2.sub": 0xf1,
  "f64x2.mul": 0xf2,
  "f64x2.div": 0xf3,
  "i64x2.shl": 0xcb,
  "i64x2.shr_u": 0xcd,
  "i64x2.add": 0xce,
  "i64x2.sub": 0xd1,
  "i64x2.extmul_low_i32x4_u": 0xde,
  "i64x2.extmul_high_i32x4_u": 0xdf,
} as const;

const lane = { "i32x4.extract_lane": 0x1b, "f64x2.extract_lane": 0x21, "f64x2.replace_lane": 0x22, "i64x2.extract_lane": 0x1d } as const;

export interface Assembler {
  /** A new local. */
  local(type: ValueType): number;
  op(...names: (keyof typeof plain | keyof typeof vector)[]): void;
  lane(name: keyof typeof lane, index: number): void;
  get(...locals: number[]): void;
  set(local: number): void;
  tee(local: number): void;
  i32(value: number): void;
  i64(value: bigint): void;
  f64(value: number): void;
  /** The same 64 bits in both lanes. */
  bits(value: bigint): void;
  /** The same 32 bits in all four lanes. */
  bits32(value: number): void;
  load(offset: number): void;
  /** A double in the first lane, zero in the second. */
  loadFirst(offset: number): void;
  /** A double into the second lane of a vector: address and vector. */
  loadSecond(offset: number): void;
  /** One double in both lanes. */
  loadSplat(offset: number): void;
  store(offset: number): void;
  loadDouble(offset: number): void;
  /** A 32-bit integer. */
  loadWord(offset: number): void;
  storeWord(offset: number): void;
  storeDouble(offset: number): void;
  /** 32-bit lanes 0-3 of the first operand, 4-7 of the second. */
  shuffle32(a: number, b: number, c: number, d: number): void;
  call(index: number): void;
  /** Runs the body while `counter` < `end` (unsigned, checked before), adding `by` each time. */
  loop(counter: number, end: () => void, by: number, body: () => void): void;
  /** Runs the body until the condition, looked at after it, is false. */
  doWhile(body: () => void, condition: () => void): void;
  when(condition: () => void, body: () => void): void;
  /** The function; parameters have the first locals. */
  body(type: number): FunctionBody;
}

export function assembler(parameters: readonly ValueType[]): Assembler {
  const out = byteWriter(1 << 14);
  const types: ValueType[] = [];
  const simd = (code: number): void => {
    out.byte(0xfd);
    out.unsigned(code);
  };
  const memory = (offset: number, align: number): void => {
    out.unsigned(align);
    out.unsigned(offset);
  };
  const self: Assembler = {
    local: (type) => parameters.length + types.push(type) - 1,
    op(...names) {
      for (const name of names) {
        if (name in vector) simd(vector[name as keyof typeof vector]);
        else out.byte(plain[name as keyof typeof plain]);
      }
    },
    lane(name, index) {
      simd(lane[name]);
      out.byte(index);
    },
    get(...locals) {
      for (const index of locals) {
        out.byte(0x20);
        out.unsigned(index);
      }
    },
    set(index) {
      out.byte(0x21);
      out.unsigned(index);
    },
    tee(index) {
      out.byte(0x22);
      out.unsigned(index);
    },
    i32(value) {
      out.byte(0x41);
      out.bytes(signedLeb128(BigInt(value | 0)));
    },
    i64(value) {
      out.byte(0x42);
      out.bytes(signedLeb128(value));
    },
    f64(value) {
      out.byte(0x44);
      out.float64(value);
    },
    bits(value) {
      simd(0x0c);
      for (let half = 0; half < 2; half++) for (let b = 0n; b < 64n; b += 8n) out.byte(Number((value >> b) & 0xffn));
    },
    bits32(value) {
      simd(0x0c);
      out.bytes(new Uint8Array(new Int32Array(4).fill(value).buffer));
    },
    load(offset) {
      simd(0x00);
      memory(offset, 3);
    },
    loadFirst(offset) {
      simd(0x5d);
      memory(offset, 3);
    },
    loadSecond(offset) {
      simd(0x57);
      memory(offset, 3);
      out.byte(1);
    },
    loadSplat(offset) {
      simd(0x0a);
      memory(offset, 3);
    },
    store(offset) {
      simd(0x0b);
      memory(offset, 3);
    },
    loadDouble(offset) {
      out.byte(0x2b);
      memory(offset, 3);
    },
    loadWord(offset) {
      out.byte(0x28);
      memory(offset, 2);
    },
    storeWord(offset) {
      out.byte(0x36);
      memory(offset, 2);
    },
    storeDouble(offset) {
      out.byte(0x39);
      memory(offset, 3);
    },
    shuffle32(...four) {
      simd(0x0d);
      for (const index of four) for (let b = 0; b < 4; b++) out.byte(4 * index + b);
    },
    call(index) {
      out.byte(0x10);
      out.unsigned(index);
    },
    loop(counter, end, by, body) {
      // if counter < end { loop { body; counter += by; br_if 0 counter < end } }: with the test at its end the body is run whenever the loop
      // is, and V8 takes constants and whatever else does not change out of it
      const again = (): void => {
        self.get(counter);
        end();
        self.op("i32.lt_u");
      };
      self.when(again, () =>
        self.doWhile(() => {
          body();
          self.get(counter);
          self.i32(by);
          self.op("i32.add");
          self.set(counter);
        }, again),
      );
    },
    doWhile(body, condition) {
      out.bytes([0x03, 0x40]);
      body();
      condition();
      out.bytes([0x0d, 0, 0x0b]);
    },
    when(condition, body) {
      condition();
      out.bytes([0x04, 0x40]);
      body();
      out.byte(0x0b);
    },
    body: (type) => ({ type, locals: types.map((t) => ({ type: t, count: 1 })), code: out.written().slice() }),
  };
  return self;
}
