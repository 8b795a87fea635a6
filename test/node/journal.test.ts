// The journal's reader under damage: whatever happens to the bytes, what is read was written, in its order, and nothing throws.
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openJournal, readJournal } from "../../src/node/journal.ts";
import { decodeRecords, encodeRecord } from "../../src/node/journal-format.ts";

/** A small generator with a seed, so that a failure can be repeated. */
function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const written = Array.from({ length: 12 }, (_, i) => ({
  kind: "blocks",
  from: 4 * i,
  text: "x".repeat((37 * i) % 101),
  mean: Array.from({ length: 1 + (i % 5) }, (_, j) => Math.sin(i + j)),
}));
const bytes = Buffer.concat(written.map(encodeRecord));
const texts = written.map((record) => JSON.stringify(record));

/** Whether what was read is part of what was written, in its order. */
function isPartOfWritten(records: readonly unknown[]): boolean {
  let at = 0;
  return records.every((record) => {
    at = texts.indexOf(JSON.stringify(record), at) + 1;
    return at > 0;
  });
}

describe("records of a journal", () => {
  it("come back as they were written", () => {
    const { records, damage } = decodeRecords(bytes);
    expect(records).toEqual(written);
    expect(damage).toEqual([]);
  });

  it("survive 10 000 random truncations, bit flips, cuts and doublings: none is made up, none throws", () => {
    const next = random(20);
    let damaged = 0;
    let saved = 0;
    for (let trial = 0; trial < 10_000; trial++) {
      let copy = Buffer.from(bytes);
      const kind = next(4);
      if (kind === 0) copy = copy.subarray(0, next(copy.length));
      else if (kind === 1) for (let flips = 1 + next(8); flips > 0; flips--) copy[next(copy.length)]! ^= 1 << next(8);
      else if (kind === 2) {
        const from = next(copy.length);
        copy = Buffer.concat([copy.subarray(0, from), copy.subarray(from + 1 + next(200))]);
      } else {
        const from = next(copy.length);
        copy = Buffer.concat([copy.subarray(0, from), copy.subarray(next(copy.length), next(copy.length)), copy.subarray(from)]);
      }
      const { records, damage } = decodeRecords(copy);
      // a doubled stretch may hold whole records a second time: each is one that was written
      if (kind === 3) expect(records.every((record) => texts.includes(JSON.stringify(record)))).toBe(true);
      else expect(isPartOfWritten(records)).toBe(true);
      expect(damage.every(([from, to], i) => from < to && (i === 0 || damage[i - 1]![1] < from))).toBe(true);
      if (damage.length > 0) damaged++;
      if (damage.length > 0 && records.length > 0) saved++;
    }
    // the trials did damage, and the reader went on behind it
    expect(damaged).toBeGreaterThan(8_000);
    expect(saved).toBeGreaterThan(6_000);
  });

  it("a flipped bit costs one record, not those behind it", () => {
    const copy = Buffer.from(bytes);
    copy[60]! ^= 4;
    expect(decodeRecords(copy).records).toEqual(written.slice(1));
  });

  it("any bytes at all are read without an error", () => {
    const next = random(3);
    for (let trial = 0; trial < 500; trial++) {
      const noise = Buffer.from(Array.from({ length: next(400) }, () => next(256)));
      expect(decodeRecords(noise).records).toEqual([]);
    }
  });
});

describe("a journal's file", () => {
  const fresh = (): string => join(mkdtempSync(join(tmpdir(), "escapement-journal-")), "journal");

  it("holds what was appended, in a file that another reader sees at once", () => {
    const path = fresh();
    expect(readJournal(path)).toBeUndefined();
    const { journal } = openJournal(path, written[0]);
    for (const record of written.slice(1)) journal.append(record);
    expect(readJournal(path)?.records).toEqual(written);
    journal.close();
  });

  it("drops a torn last record with a word and goes on behind the good ones", () => {
    const path = fresh();
    writeFileSync(path, Buffer.concat([bytes, encodeRecord(written[0]).subarray(0, 40)]));
    const { journal, records, dropped } = openJournal(path, {});
    expect(records).toEqual(written);
    expect(dropped).toMatch(/last record was torn \(40 bytes\)/);
    journal.append(written[3]);
    journal.close();
    expect(readJournal(path)).toEqual({ records: [...written, written[3]], damage: [] });
  });

  it("takes damage in the middle out and says where it was", () => {
    const path = fresh();
    const copy = Buffer.from(bytes);
    const from = encodeRecord(written[0]).length;
    copy[from + 30]! ^= 1;
    writeFileSync(path, copy);
    const { journal, records, dropped } = openJournal(path, {});
    journal.close();
    expect(records).toEqual([written[0], ...written.slice(2)]);
    expect(dropped).toContain(`damaged bytes at ${from} `);
    expect(readJournal(path)?.damage).toEqual([]);
    expect(readFileSync(path).length).toBe(bytes.length - encodeRecord(written[1]).length);
  });
});
