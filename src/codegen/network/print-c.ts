// The tile kernels as C for gcc and clang, as wide as the machine (head of codegen/kernel/print-c.ts), with the bits of plain.ts as long as
// nothing is contracted (-ffp-contract=off). The text hangs on no network: `n_run` follows a way that stands in memory as numbers, so that one
// library serves every shape. A way: for each call the kernel's number (tile.ts) and its operands; places on the tile as -1 - index.
//   product  blocks of rows by 32 samples stay in registers; weights are broadcast
//   outer    blocks of rows by VL columns, a column a lane: the columns are transposed once, deltas broadcast; even and odd samples have sums of their own
import { head, statements } from "../kernel/print-c.ts";
import { elementwiseFunctions } from "./elementwise.ts";
import { elementwiseProgram } from "./simd-elementwise.ts";
import { onTile, operandCount, type TileKernelName, tileKernelNames, tileWidth, type Way } from "./tile.ts";

/** The way as n_run reads it. */
export function encodeWay(way: Way): Int32Array {
  return Int32Array.from(
    way.flatMap(({ kernel, operands }) => [
      tileKernelNames.indexOf(kernel),
      ...operands.map((operand) => (operand >= onTile ? onTile - 1 - operand : operand)),
    ]),
  );
}

/** Doubles that numbers of 32 bits can name. */
export const largestNativeHeap = 2 ** 31;

const products = `#define TW ${tileWidth}
/* registers: 4 rows of VW vectors */
#define VW (VL == 2 ? 2 : 4)
INLINE void product_rows(const double *w, i64 rs, i64 cs, int rows, i64 inner, const double *a, double *out) {
for (int part = 0; part < TW; part += VW * VL) {
vd s[4][VW];
#pragma GCC unroll 8
for (int r = 0; r < rows; r++)
#pragma GCC unroll 8
for (int q = 0; q < VW; q++) s[r][q] = load(out + r * TW + part + q * VL);
const double *from = a + part, *at = w;
for (i64 k = 0; k < inner; k++, from += TW, at += cs) {
#pragma GCC unroll 8
for (int r = 0; r < rows; r++) {
vd weight = splat(at[r * rs]);
#pragma GCC unroll 8
for (int q = 0; q < VW; q++) s[r][q] = s[r][q] + weight * load(from + q * VL);
}
}
#pragma GCC unroll 8
for (int r = 0; r < rows; r++)
#pragma GCC unroll 8
for (int q = 0; q < VW; q++) store(out + r * TW + part + q * VL, s[r][q]);
}
}
static void product(const double *w, i64 rs, i64 cs, i64 rows, i64 inner, const double *a, double *out) {
for (; rows >= 4; rows -= 4, w += 4 * rs, out += 4 * TW) product_rows(w, rs, cs, 4, inner, a, out);
for (; rows >= 1; rows -= 1, w += rs, out += TW) product_rows(w, rs, cs, 1, inner, a, out);
}
/* \`rows\` rows by VL columns, of which \`width\` are there */
INLINE void outer_rows(const double *d, int rows, const double *packed, i64 width, double *out, i64 stride) {
vd even[4], odd[4];
#pragma GCC unroll 8
for (int r = 0; r < rows; r++) even[r] = odd[r] = splat(0);
for (int t = 0; t < TW; t += 2) {
vd left = load(packed + t * VL), right = load(packed + (t + 1) * VL);
#pragma GCC unroll 8
for (int r = 0; r < rows; r++) {
even[r] = even[r] + splat(d[r * TW + t]) * left;
odd[r] = odd[r] + splat(d[r * TW + t + 1]) * right;
}
}
#pragma GCC unroll 8
for (int r = 0; r < rows; r++) {
vd sum = even[r] + odd[r];
double *to = out + r * stride;
if (width == VL) store(to, load(to) + sum);
else for (i64 c = 0; c < width; c++) to[c] = to[c] + sum[c];
}
}
static void outer(const double *d, i64 rows, const double *a, i64 columns, double *out, i64 stride) {
double packed[TW * VL];
for (i64 k = 0; k < columns; k += VL) {
i64 width = columns - k < VL ? columns - k : VL;
for (int c = 0; c < VL; c++) {
/* columns that are not there hold another's numbers */
const double *from = a + (k + (c < width ? c : 0)) * TW;
for (int t = 0; t < TW; t++) packed[t * VL + c] = from[t];
}
const double *left = d;
double *to = out + k;
i64 j = rows;
for (; j >= 4; j -= 4, left += 4 * TW, to += 4 * stride) outer_rows(left, 4, packed, width, to, stride);
for (; j >= 1; j -= 1, left += TW, to += stride) outer_rows(left, 1, packed, width, to, stride);
}
}`;

/** The C text; its one function: void n_run(double *heap, const int *way, int length, int tile). */
export function printTileKernels(): string {
  return [head, products, ...tileKernelNames.map(elementwise), run(), ""].join("\n");
}

function elementwise(name: TileKernelName): string {
  if (name === "product" || name === "outer") return "";
  const f = elementwiseFunctions[name];
  const program = elementwiseProgram(f);
  const lines = program.instructions.flatMap(({ operation, value }) =>
    operation === "input" ? [`vd x${value} = load(p${value} + i);`] : [],
  );
  const inputs = Array.from({ length: f.inputs }, (_, i) => `x${i}`);
  const results = statements(program, inputs, true, lines);
  results.forEach((result, o) => lines.push(`store(p${f.inputs + o} + i, ${result});`));
  const parameters = Array.from({ length: f.inputs + f.outputs }, (_, i) => `double *p${i}`);
  return `static void e_${name}(i64 count, ${parameters.join(", ")}) {\nfor (i64 i = 0; i < count; i += VL) {\n${lines.join("\n")}\n}\n}`;
}

/** Reads a way and calls: the operands of every kernel in their order. */
function run(): string {
  const at = (i: number): string => `AT(${i})`;
  const cases = tileKernelNames.map((name, number) => {
    const count = operandCount(name);
    const operands =
      name === "product"
        ? [at(1), "w[2]", "w[3]", "w[4]", "w[5]", at(6), at(7)]
        : name === "outer"
          ? [at(1), "w[2]", at(3), "w[4]", at(5), "w[6]"]
          : ["w[1]", ...Array.from({ length: count - 1 }, (_, i) => at(2 + i))];
    const callee = name === "product" || name === "outer" ? name : `e_${name}`;
    return `case ${number}: ${callee}(${operands.join(", ")}); w += ${1 + count}; break;`;
  });
  return `#define AT(i) (w[i] < 0 ? on - 1 - (i64)w[i] : heap + w[i])
void n_run(double *heap, const int *way, int length, int tile) {
touch_constants();
double *on = heap + tile;
for (const int *w = way, *end = way + length; w < end;)
switch (*w) {
${cases.join("\n")}
default: return;
}
}`;
}
