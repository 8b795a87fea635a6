// Paths as an Arrow IPC file (https://arrow.apache.org/docs/format/Columnar.html, "IPC File Format", metadata version 5): the columns of the
// Parquet file, path (int64), step (int32) and one double a coordinate, a record batch a block, uncompressed, without nulls.
import { flatbuffer, scalar, structs, table, tables, text, type Value } from "./flatbuffer.ts";
import { concat } from "./npz-records.ts";
import type { PathBlock, PathFormat, PathShape } from "./path-format.ts";

const magic = new TextEncoder().encode("ARROW1");
/** Metadata version V5. */
const version = scalar(2, 4);
/** Members of the unions MessageHeader and Type. */
const kinds = { schema: 1, recordBatch: 3, int: 2, floatingPoint: 3 };

/** Where a record batch stands in the file. */
interface Place {
  readonly offset: number;
  readonly metadata: number;
  readonly body: number;
}

export function arrowFormat({ variables, steps }: PathShape): PathFormat {
  const d = variables.length;
  const schema = schemaOf(variables);
  const places: Place[] = [];
  let size = 0;
  const grown = (bytes: Uint8Array): Uint8Array => {
    size += bytes.length;
    return bytes;
  };
  return {
    header: () => grown(concat(magic, new Uint8Array(2), message(kinds.schema, schema, 0))),
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
      const body: Uint8Array[] = [];
      const buffers: number[][] = [];
      let at = 0;
      for (const data of [path, step, ...columns]) {
        // without nulls the buffer of validity bits is empty
        buffers.push([at, 0], [at, data.byteLength]);
        const bytes = padded(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 64);
        body.push(bytes);
        at += bytes.length;
      }
      const nodes = [path, step, ...columns].map(() => [rows, 0]);
      const head = message(kinds.recordBatch, table(scalar(8, rows), structs([8, 8], nodes), structs([8, 8], buffers)), at);
      places.push({ offset: size, metadata: head.length, body: at });
      return grown(concat(head, ...body));
    },
    footer(blocks) {
      // offset, length of the message, four bytes of padding, length of the body
      const kept = places.slice(0, blocks).map(({ offset, metadata, body }) => [offset, metadata, 0, body]);
      const batches = structs([8, 4, 4, 8], kept);
      const footer = flatbuffer(table(version, schema, structs([8, 4, 4, 8], []), batches));
      return concat(endOfStream(), footer, bytesOf32(footer.length), magic);
    },
  };
}

function schemaOf(variables: readonly string[]): Value {
  const field = (name: string, kind: number, type: Value): Value =>
    table(text(name), scalar(1, 0), scalar(1, kind), type, undefined, tables([]));
  const int = (bits: number): Value => table(scalar(4, bits), scalar(1, 1));
  const double = table(scalar(2, 2));
  const fields = [
    field("path", kinds.int, int(64)),
    field("step", kinds.int, int(32)),
    ...variables.map((name) => field(name, kinds.floatingPoint, double)),
  ];
  return table(scalar(2, 0), tables(fields));
}

/** An encapsulated message without its body: continuation mark, length, metadata padded to 8 bytes. */
function message(kind: number, header: Value, bodyLength: number): Uint8Array {
  const metadata = flatbuffer(table(version, scalar(1, kind), header, scalar(8, bodyLength)));
  return concat(bytesOf32(-1), bytesOf32(metadata.length), metadata);
}

const endOfStream = (): Uint8Array => concat(bytesOf32(-1), bytesOf32(0));

const bytesOf32 = (value: number): Uint8Array => {
  const out = new Uint8Array(4);
  new DataView(out.buffer).setInt32(0, value, true);
  return out;
};

function padded(bytes: Uint8Array, multiple: number): Uint8Array {
  const out = new Uint8Array(Math.ceil(bytes.length / multiple) * multiple);
  out.set(bytes);
  return out;
}
