// Weights in .safetensors and .npz: round trips to the last bit, PyTorch's names and types, and every way in which a file can be wrong.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readProblemAt } from "../../src/node/files.ts";
import { readSafetensors, writeSafetensors } from "../../src/node/safetensors.ts";
import { readTensors, writeTensors, writeWeights } from "../../src/node/weights.ts";
import { denseLayers, parametersFrom, type Tensor } from "../../src/problem/tensors.ts";

const folder = mkdtempSync(join(tmpdir(), "escapement-weights-"));
const at = (name: string): string => join(folder, name);
const python = (script: string): string =>
  execFileSync("/usr/bin/python3", ["-c", `import json, struct\nimport numpy as np\n${script}`], { cwd: folder, encoding: "utf8" }).trim();

/** Python that writes a .safetensors file by the format's description. */
const pythonWriter = `
def save(path, tensors):
    header, data = {}, b""
    for name, (dtype, shape, raw) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps({"__metadata__": {"format": "pt"}, **header}).encode()
    open(path, "wb").write(struct.pack("<Q", len(text)) + text + data)
`;

/** A file from any header. */
function fileOf(header: unknown, data = new Uint8Array(0)): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const out = new Uint8Array(8 + text.length + data.length);
  new DataView(out.buffer).setBigUint64(0, BigInt(text.length), true);
  out.set(text, 8);
  out.set(data, 8 + text.length);
  return out;
}

const widths = [3, 2, 2];
const parameters = Float64Array.from({ length: 14 }, (_, k) => (k + 1) / 3);

describe("round trips", () => {
  it.each(["safetensors", "npz"])("%s holds every double to the last bit, and the same weights give the same bytes", (ending) => {
    writeWeights(at(`w.${ending}`), parameters, widths);
    expect(parametersFrom(readTensors(at(`w.${ending}`)), denseLayers(widths), "w")).toEqual(parameters);
    const before = readFileSync(at(`w.${ending}`));
    writeWeights(at(`w.${ending}`), parameters, widths);
    expect(readFileSync(at(`w.${ending}`))).toEqual(before);
  });
  it("any tensors, by both formats", () => {
    const shape = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 });
    const tensor = shape.chain((s) =>
      fc.record({
        name: fc.stringMatching(/^[\w.]{1,12}$/),
        shape: fc.constant(s),
        values: fc
          .array(fc.double(), { minLength: s.reduce((n, m) => n * m, 1), maxLength: s.reduce((n, m) => n * m, 1) })
          .map((v) => Float64Array.from(v)),
      }),
    );
    fc.assert(
      fc.property(fc.uniqueArray(tensor, { maxLength: 4, selector: (t) => t.name }), (tensors: Tensor[]) => {
        const byName = (a: Tensor, b: Tensor): number => (a.name < b.name ? -1 : 1);
        for (const ending of ["safetensors", "npz"]) {
          writeTensors(at(`any.${ending}`), tensors);
          expect([...readTensors(at(`any.${ending}`))].sort(byName)).toEqual([...tensors].sort(byName));
        }
      }),
      { numRuns: 200, seed: 1 },
    );
  });
  it("NumPy reads what is written", () => {
    writeWeights(at("n.npz"), parameters, widths);
    expect(python(`z = np.load("n.npz"); print(z["layers.0.weight"].shape, repr(float(z["layers.1.bias"][1])))`)).toBe(`(2, 3) ${14 / 3}`);
    writeWeights(at("n.safetensors"), parameters, widths);
    expect(
      python(`b = open("n.safetensors", "rb").read(); n = struct.unpack("<Q", b[:8])[0]; h = json.loads(b[8:8+n])["layers.1.bias"]
print(h["dtype"], h["shape"], n % 8, repr(float(np.frombuffer(b[8+n:], "<f8")[h["data_offsets"][0] // 8 + 1])))`),
    ).toBe(`F64 [2] 0 ${14 / 3}`);
  });
});

describe("other programs' files", () => {
  it("f64, f32, f16 and bf16 in nn.Sequential's names, in any order", () => {
    python(`${pythonWriter}
w = np.arange(1, 15) / 4
bf = lambda a: (a.astype("<f4").view("<u4") >> 16).astype("<u2").tobytes()
save("t.safetensors", {"2.bias": ("BF16", [2], bf(w[12:])), "2.weight": ("F16", [2, 2], w[8:12].astype("<f2").tobytes()),
  "0.weight": ("F32", [2, 3], w[:6].astype("<f4").tobytes()), "0.bias": ("F64", [2], w[6:8].tobytes())})`);
    const read = parametersFrom(readTensors(at("t.safetensors")), denseLayers(widths), "t");
    expect(Array.from(read)).toEqual(Array.from({ length: 14 }, (_, k) => (k + 1) / 4));
  });
  it("half-precision specials: subnormals, infinities, NaN", () => {
    python(`${pythonWriter}
save("h.safetensors", {"h": ("F16", [6], np.array([2**-24, -2**-14, 65504, np.inf, -np.inf, np.nan], "<f2").tobytes())})`);
    expect(Array.from(readTensors(at("h.safetensors"))[0]!.values)).toEqual([
      2 ** -24,
      -(2 ** -14),
      65504,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
    ]);
  });
  it.each([
    [["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"]],
    [["model.net.0.weight", "model.net.0.bias", "model.net.10.weight", "model.net.10.bias"]],
  ])("the order of layers by the numbers in %j", (names) => {
    const shapes = denseLayers(widths);
    let k = 0;
    const tensors = names.map((name, i) => ({
      name,
      shape: shapes[i]!.shape,
      values: parameters.slice(k, (k += shapes[i]!.shape.reduce((a, b) => a * b))),
    }));
    expect(parametersFrom(tensors.reverse(), shapes, "f")).toEqual(parameters);
  });
  it("a network starts from them", async () => {
    writeWeights(at("net.safetensors"), parameters, widths);
    const rows = [
      [1, 2, 3, 0],
      [3, 1, 2, 1],
      [2, 2, 2, 0],
      [0, 1, 0, 1],
    ];
    const network = {
      data: { columns: ["a", "b", "c", "y"], rows },
      target: "y",
      hidden: [2],
      loss: "cross-entropy",
      weights: "net.safetensors",
    };
    const noise = { minibatch: { size: 1, replacement: true } };
    const { start } = await readProblemAt({ objective: { network }, noise, learningRate: 0.1, start: "weights", steps: 1 }, folder);
    expect(start).toEqual(parameters);
  });
});

describe("tensors that do not fit are named", () => {
  const good = (): Tensor[] => [
    { name: "layers.0.weight", shape: [2, 3], values: new Float64Array(6) },
    { name: "layers.0.bias", shape: [2], values: new Float64Array(2) },
    { name: "layers.1.weight", shape: [2, 2], values: new Float64Array(4) },
    { name: "layers.1.bias", shape: [2], values: new Float64Array(2) },
  ];
  const changed = (k: number, change: Partial<Tensor>): Tensor[] => good().map((t, i) => (i === k ? { ...t, ...change } : t));
  it.each<[string, Tensor[], RegExp]>([
    ["a shape", changed(0, { shape: [2, 4] }), /w\.npz: tensor "layers\.0\.weight" has shape \[2, 4\]; allowed: \[2, 3\]/],
    ["a transpose", changed(0, { shape: [3, 2] }), /it is the transpose: weights are \[outputs, inputs\]/],
    ["NaN", changed(3, { values: Float64Array.of(1, Number.NaN) }), /tensor "layers\.1\.bias": entry 1 is NaN/],
    ["one too few", good().slice(0, 2), /tensor "layers\.1\.weight" is missing: 1 layers/],
    ["half a layer", good().slice(0, 3), /tensor "layers\.1\.bias" is missing/],
    [
      "one too many",
      [...good(), { name: "layers.2.bias", shape: [1], values: new Float64Array(1) }],
      /5 tensors, "layers\.2\.bias" \[1\] among them/,
    ],
    ["no layer's", changed(1, { name: "running_mean" }), /tensor "running_mean" is no layer's weight or bias/],
    ["no order", changed(1, { name: "head.bias" }), /do not tell the order of the layers: "head\.bias" beside "layers\.0\.weight"/],
    ["twice", [...good(), good()[0]!], /two tensors are named "layers\.0\.weight"/],
  ])("%s", (_what, tensors, message) => {
    expect(() => parametersFrom(tensors, denseLayers(widths), "w.npz")).toThrow(message);
  });
});

describe("broken safetensors files", () => {
  const entry = (shape: unknown, data_offsets: unknown, dtype: unknown = "F64") => ({ dtype, shape, data_offsets });
  const eight = new Uint8Array(8);
  it.each<[string, Uint8Array, RegExp]>([
    ["too short", new Uint8Array(5), /is 5 bytes long/],
    ["a header longer than the file", fileOf({}).map((b, i) => (i === 1 ? 7 : b)), /header is said to be \d+ bytes long/],
    ["a header beyond all bounds", new Uint8Array(16).fill(255), /no safetensors file, or it is cut short/],
    ["no JSON", fileOf("{'a': 1}"), /its header is not JSON/],
    ["a list", fileOf("[]"), /no JSON object/],
    ["an entry that is no object", fileOf({ a: 3 }), /tensor "a": its entry in the header is no object/],
    ["another type", fileOf({ a: entry([1], [0, 8], "I64") }, eight), /tensor "a": has the type "I64"; allowed: F64, F32, F16, BF16/],
    ["a negative shape", fileOf({ a: entry([-1], [0, 8]) }, eight), /tensor "a": has the shape \[-1\]/],
    ["a shape beyond all bounds", fileOf({ a: entry([2 ** 40, 2 ** 40], [0, 8]) }, eight), /tensor "a": has the shape/],
    ["offsets beyond the end", fileOf({ a: entry([2], [0, 16]) }, eight), /tensor "a": its data are said to lie at bytes 0 to 16/],
    ["offsets turned round", fileOf({ a: entry([1], [8, 0]) }, eight), /bytes 8 to 0/],
    ["the wrong length", fileOf({ a: entry([2], [0, 8]) }, eight), /tensor "a": has 8 bytes; allowed: 16/],
    [
      "an overlap",
      fileOf({ a: entry([1], [0, 8]), b: entry([1], [4, 12]) }, new Uint8Array(12)),
      /tensor "b": its data overlap those of "a"/,
    ],
    [
      "a gap",
      fileOf({ a: entry([1], [0, 8]), b: entry([1], [9, 17]) }, new Uint8Array(17)),
      /tensor "b": 1 bytes before it belong to no tensor/,
    ],
    ["bytes left over", fileOf({ a: entry([1], [0, 8]) }, new Uint8Array(9)), /1 bytes after the last tensor belong to none/],
    [
      "a name twice",
      fileOf(`{"a":${JSON.stringify(entry([1], [0, 8]))},"a":${JSON.stringify(entry([1], [8, 16]))}}`, new Uint8Array(16)),
      /"a": 8 bytes before it/,
    ],
  ])("%s", (_what, file, message) => {
    expect(() => readSafetensors(file, "w.safetensors")).toThrow(message);
    expect(() => readSafetensors(file, "w.safetensors")).toThrow(/^w\.safetensors: /);
  });
  it("any bytes at all, and any change to a good file: an InputError or tensors whose sizes are right", () => {
    const sound = (file: Uint8Array): boolean => {
      try {
        return readSafetensors(file, "f").every((t) => t.values.length === t.shape.reduce((a, b) => a * b, 1));
      } catch (error) {
        return (error as { exitCode?: number }).exitCode === 2;
      }
    };
    const good = writeSafetensors(
      [
        { name: "a", shape: [2], values: Float64Array.of(1, 2) },
        { name: "b", shape: [], values: Float64Array.of(3) },
      ],
      { k: "v" },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), sound), { numRuns: 1000, seed: 2 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.nat(good.length),
        (changes, cut) => {
          const file = good.slice();
          for (const [place, byte] of changes) file[place] = byte;
          return sound(file) && sound(good.slice(0, cut));
        },
      ),
      { numRuns: 3000, seed: 3 },
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.uint8Array({ maxLength: 32 }), (header, data) =>
        sound(fileOf(header, data)),
      ),
      { numRuns: 1000, seed: 4 },
    );
  });
});
