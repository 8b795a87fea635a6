// Paths as Parquet: columns path (int64), step (int32), and one double a coordinate; a row group a block, uncompressed pages.
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { PathBlock, PathFormat, PathShape } from "./path-format.ts";

export function parquetFormat({ variables, steps }: PathShape): PathFormat {
  const d = variables.length;
  const bytes = new ByteWriter();
  const drain = (): Uint8Array => {
    const out = new Uint8Array(bytes.buffer.slice(0, bytes.index));
    bytes.index = 0;
    return out;
  };
  const writer = new ParquetWriter({
    writer: bytes,
    codec: "UNCOMPRESSED",
    createdBy: "escapement",
    schema: [
      { name: "root", num_children: 2 + d },
      { name: "path", type: "INT64", repetition_type: "REQUIRED" },
      { name: "step", type: "INT32", repetition_type: "REQUIRED" },
      ...variables.map((name) => ({ name, type: "DOUBLE", repetition_type: "REQUIRED" }) as const),
    ],
  });
  return {
    header: drain,
    block({ first, count, x }: PathBlock) {
      const rows = count * steps.length;
      const path = new BigInt64Array(rows);
      const step = new Int32Array(rows);
      const columns = variables.map(() => new Float64Array(rows));
      for (let row = 0; row < rows; row++) {
        path[row] = BigInt(first + Math.floor(row / steps.length));
        step[row] = steps[row % steps.length]!;
        for (let i = 0; i < d; i++) columns[i]![row] = x[row * d + i]!;
      }
      writer.write({
        rowGroupSize: rows,
        columnData: [
          { name: "path", data: path },
          { name: "step", data: step },
          ...variables.map((name, i) => ({ name, data: columns[i]! })),
        ],
      });
      return drain();
    },
    footer(blocks, paths, size) {
      bytes.offset = size;
      writer.row_groups.length = blocks;
      writer.pendingIndexes.length = blocks * (2 + d);
      writer.num_rows = BigInt(paths * steps.length);
      // finish() hands the buffer over; nothing is drained before
      writer.finish();
      return drain();
    },
  };
}
