// Paths as NumPy's .npz: an uncompressed zip of steps.npy [steps] and x.npy [path][step][coordinate], zip64 so that size is no limit.
// numpy.load reads it as it stands.
import { crc32 } from "node:zlib";
import {
  bytesOf,
  centralHeader,
  concat,
  descriptor,
  type Entry,
  endOfDirectory,
  headerBytes,
  localHeader,
  npyHeader,
} from "./npz-records.ts";
import type { PathBlock, PathFormat, PathShape } from "./path-format.ts";

export function npzFormat({ variables, steps, paths }: PathShape): PathFormat {
  const d = variables.length;
  const stepsFile = concat(npyHeader("<i8", [steps.length]), bytesOf(BigInt64Array.from(steps, BigInt)));
  const stepsEntry: Entry = { name: "steps.npy", offset: 0, size: stepsFile.length, crc: crc32(stepsFile) };
  const stepsPart = concat(localHeader(stepsEntry.name), stepsFile, descriptor(stepsEntry));
  const xEntry: Entry = { name: "x.npy", offset: stepsPart.length, size: headerBytes, crc: 0 };
  const xHeaderAt = xEntry.offset + localHeader(xEntry.name).length;
  return {
    header() {
      const npy = npyHeader("<f8", [paths, steps.length, d]);
      xEntry.crc = crc32(npy);
      return concat(stepsPart, localHeader(xEntry.name), npy);
    },
    block({ x }: PathBlock) {
      const bytes = bytesOf(x);
      xEntry.crc = crc32(bytes, xEntry.crc);
      xEntry.size += bytes.length;
      return bytes;
    },
    shorten(written, read) {
      const npy = npyHeader("<f8", [written, steps.length, d]);
      xEntry.size = headerBytes + written * steps.length * d * 8;
      xEntry.crc = crc32(npy);
      for (let at = headerBytes; at < xEntry.size; at += 1 << 20)
        xEntry.crc = crc32(read(xHeaderAt + at, Math.min(1 << 20, xEntry.size - at)), xEntry.crc);
      return { offset: xHeaderAt, bytes: npy };
    },
    footer() {
      const end = descriptor(xEntry);
      const start = xHeaderAt + xEntry.size + end.length;
      const directory = concat(centralHeader(stepsEntry), centralHeader(xEntry));
      return concat(end, directory, endOfDirectory(2, directory.length, start));
    },
  };
}
