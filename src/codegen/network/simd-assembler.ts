// Writes bodies of WebAssembly functions with vectors of two doubles: operands in locals, loops that count down. Only what the tile
// kernels need. Codes: WebAssembly Core Specification 2.0, 5.4 (vector instructions: prefix 0xfd and a number).
import { type ByteWriter, byteWriter, type FunctionBody, opcode as op, signedLeb128, type ValueType } from "../wasm-encoder.ts";

export const vectorOpcode = {
  load: 0x00,
  load64Splat: 0x0a,
  store: 0x0b,
  constant: 0x0c,
  extractLane: 0x21,
  equal: 0x47,
  less: 0x49,
  lessEqual: 0x4b,
  not: 0x4d,
  and: 0x4e,
  or: 0x50,
  bitselect: 0x52,
  shiftLeft64: 0xcb,
  shiftRight64: 0xcd,
  abs: 0xec,
  negate: 0xed,
  sqrt: 0xef,
  add: 0xf0,
  subtract: 0xf1,
  multiply: 0xf2,
  divide: 0xf3,
} as const;

/** Control instructions that scalar programs do not have. */
const control = { block: 0x02, br: 0x0c, lessSigned: 0x48, emptyType: 0x40 } as const;

export type Local = number;

export interface Assembler {
  /** A new local. */
  local(type: ValueType): Local;
  locals(type: ValueType, count: number): Local[];
  get(local: Local): void;
  set(local: Local): void;
  /** An instruction without operands of its own. */
  op(code: number): void;
  i32(value: number): void;
  /** Calls the module's function of this number. */
  call(index: number): void;
  /** target = local + value. */
  addConstant(local: Local, value: number, target?: Local): void;
  /** target = a + b. */
  addLocals(a: Local, b: Local, target?: Local): void;
  vector(code: number, ...immediate: number[]): void;
  /** Vector load or store at (address on the stack) + offset. */
  access(code: number, offset: number): void;
  /** Scalar f64 load or store. */
  scalarAccess(code: number, offset: number): void;
  /** Two doubles, the same value, or bits given as 64-bit integers. */
  vectorConstant(value: number | bigint): void;
  /** while (counter >= step) { body; counter -= step } */
  countDown(counter: Local, step: number, body: () => void): void;
  finish(type: number): FunctionBody;
}

/** A body whose first `parameters` locals are i32 parameters. */
export function assembler(parameters: number): Assembler {
  const code: ByteWriter = byteWriter(1024);
  const types: ValueType[] = [];
  const withIndex = (instruction: number, local: Local): void => {
    code.byte(instruction);
    code.unsigned(local);
  };
  const self: Assembler = {
    local(type) {
      types.push(type);
      return parameters + types.length - 1;
    },
    locals: (type, count) => Array.from({ length: count }, () => self.local(type)),
    get: (local) => withIndex(op.localGet, local),
    set: (local) => withIndex(op.localSet, local),
    op: (instruction) => code.byte(instruction),
    i32(value) {
      code.byte(op.i32Const);
      // addresses beyond 2^31 are the same bits as negative numbers
      code.bytes(signedLeb128(BigInt(value | 0)));
    },
    call: (index) => withIndex(op.call, index),
    addConstant(local, value, target = local) {
      self.get(local);
      self.i32(value);
      self.op(op.i32Add);
      self.set(target);
    },
    addLocals(a, b, target = a) {
      self.get(a);
      self.get(b);
      self.op(op.i32Add);
      self.set(target);
    },
    vector(instruction, ...immediate) {
      code.byte(0xfd);
      code.unsigned(instruction);
      code.bytes(immediate);
    },
    access(instruction, offset) {
      self.vector(instruction, 3);
      code.unsigned(offset);
    },
    scalarAccess(instruction, offset) {
      code.bytes([instruction, 3]);
      code.unsigned(offset);
    },
    vectorConstant(value) {
      const bytes = new Uint8Array(
        typeof value === "bigint" ? BigUint64Array.of(value, value).buffer : Float64Array.of(value, value).buffer,
      );
      self.vector(vectorOpcode.constant, ...bytes);
    },
    countDown(counter, step, body) {
      code.bytes([control.block, control.emptyType, op.loop, control.emptyType]);
      self.get(counter);
      self.i32(step);
      code.bytes([control.lessSigned, op.brIf, 1]);
      body();
      self.addConstant(counter, -step);
      code.bytes([control.br, 0, op.end, op.end]);
    },
    finish: (type) => ({ type, locals: types.map((each) => ({ type: each, count: 1 })), code: code.written() }),
  };
  return self;
}
