// Loops, numbers and lists of 32-bit integers as WebAssembly, for functions that go path by path (simd-pick.ts, simd-bits.ts).
import type { Assembler } from "./assembler.ts";
import { mostWrittenOut } from "./kernel.ts";

/** A number known now, or in a local. */
export type Index = number | { readonly local: number };

export function push(a: Assembler, index: Index): void {
  if (typeof index === "number") a.i32(index);
  else a.get(index.local);
}

/** n - index. */
export function minus(a: Assembler, n: number, index: Index): Index {
  if (typeof index === "number") return n - index;
  const local = a.local("i32");
  a.i32(n);
  a.get(index.local);
  a.op("i32.sub");
  a.set(local);
  return { local };
}

export function each(a: Assembler, counter: number, times: number, body: (index: Index) => void): void {
  if (times <= mostWrittenOut) for (let i = 0; i < times; i++) body(i);
  else
    loopFrom(
      a,
      counter,
      () => a.i32(times),
      () => body({ local: counter }),
    );
}

export function add(a: Assembler, local: number, by: number): void {
  a.get(local);
  a.i32(by);
  a.op("i32.add");
  a.set(local);
}

/** index * scale + offset. */
export function place(a: Assembler, index: number, scale: number, offset: number): void {
  a.get(index);
  a.i32(scale);
  a.op("i32.mul");
  a.i32(offset);
  a.op("i32.add");
}

/** The address of an entry of a list of 32-bit integers, less the offset that is returned. */
export function entry(a: Assembler, list: number, index: Index): number {
  a.get(list);
  if (typeof index === "number") return 4 * index;
  a.get(index.local);
  a.i32(2);
  a.op("i32.shl", "i32.add");
  return 0;
}

export function loadEntry(a: Assembler, list: number, index: Index): void {
  a.loadWord(entry(a, list, index));
}

export function storeEntry(a: Assembler, list: number, index: Index, value: () => void): void {
  const offset = entry(a, list, index);
  value();
  a.storeWord(offset);
}

export function loopFrom(a: Assembler, counter: number, end: () => void, body: () => void): void {
  a.i32(0);
  a.set(counter);
  a.loop(counter, end, 1, body);
}
