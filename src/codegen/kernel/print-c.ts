// A kernel as C for gcc and clang: vector types of `VL` doubles (512 or 256 bits where the machine has them, else 128), the same operations in the
// same order as the WebAssembly form, so that the results agree in every bit as long as nothing is contracted (-ffp-contract=off). No headers:
// they take longer to read than the kernel to compile; the two instructions that vector types do not reach are builtins of gcc, with loops
// for other compilers. Functions: k_prepare, k_steps, k_observe, k_accumulate, each with the memory as first argument, and k_astray,
// how many doubles after a multiple of 64 bytes it begins. Pages of constants are read before the steps: compilers take constants by masked loads,
// too, and one with an empty mask from a page that nothing else has read, or that the system has taken away, is an assist of 200 cycles
// every time (14 times as slow on the whole in one process of five).

import { elementaryProgram } from "../elementary-programs.ts";
import { isCondition, type Operation, type Program } from "../program.ts";
import { elementaryNames } from "../wasm.ts";
import {
  type Kernel,
  type KernelNode,
  lanes,
  type MapNode,
  type Operand,
  type PickNode,
  type RandomNode,
  type RepeatNode,
  sumsPerFigure,
} from "./kernel.ts";
import { integerShift, shiftedOf } from "./nearest.ts";
import { pickNodes, randomNodes, rareNames, separateMaps } from "./nodes.ts";
import { sideBySide } from "./order.ts";
import { pickHead, pickStatements } from "./print-c-pick.ts";

/** What every text begins with: vector types, their operations. */
export const head = `typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long i64;
#if defined(__AVX512F__) && defined(__AVX512DQ__)
#define VL 8
#elif defined(__AVX2__)
#define VL 4
#else
#define VL 2
#endif
typedef double vd __attribute__((vector_size(8 * VL), may_alias));
typedef u64 vu __attribute__((vector_size(8 * VL), may_alias));
typedef u32 vw __attribute__((vector_size(4 * VL), may_alias, aligned(4)));
typedef double vdu __attribute__((vector_size(8 * VL), may_alias, aligned(8)));
#define INLINE static inline __attribute__((always_inline))
INLINE vd splat(double x) { return x - (vd){0}; }
INLINE vu splatu(u64 x) { return x + (vu){0}; }
#if !defined(__clang__) && VL == 8
typedef int vi16 __attribute__((vector_size(64)));
INLINE vd vsqrt(vd a) { return (vd)__builtin_ia32_sqrtpd512_mask(a, a, -1, 4); }
INLINE vu mul32(vu a, vu b) { return (vu)__builtin_ia32_pmuludq512_mask((vi16)a, (vi16)b, (i64 __attribute__((vector_size(64)))){0}, -1); }
INLINE int any(vu m) { return __builtin_ia32_ptestmq512((i64 __attribute__((vector_size(64))))m, (i64 __attribute__((vector_size(64))))m, -1) != 0; }
#elif !defined(__clang__) && VL == 4
typedef int vi8 __attribute__((vector_size(32)));
INLINE vd vsqrt(vd a) { return (vd)__builtin_ia32_sqrtpd256(a); }
INLINE vu mul32(vu a, vu b) { return (vu)__builtin_ia32_pmuludq256((vi8)a, (vi8)b); }
INLINE int any(vu m) { return __builtin_ia32_movmskpd256((vd)m) != 0; }
#else
INLINE vd vsqrt(vd a) { for (int i = 0; i < VL; i++) a[i] = __builtin_sqrt(a[i]); return a; }
INLINE vu mul32(vu a, vu b) { return (a & 0xffffffffu) * (b & 0xffffffffu); }
INLINE int any(vu m) { u64 s = 0; for (int i = 0; i < VL; i++) s |= m[i]; return s != 0; }
#endif
INLINE vd choose(vu m, vd a, vd b) { return (vd)((m & (vu)a) | (~m & (vu)b)); }
INLINE vd load(const double *p) { return (vd)*(const vdu *)p; }
INLINE void store(double *p, vd x) { *(vdu *)p = (vdu)x; }
INLINE vu words(const u32 *p) { return __builtin_convertvector(*(const vw *)p, vu); }
INLINE void keep(u32 *p, vu x) { *(vw *)p = __builtin_convertvector(x, vw); }
INLINE vu indices(vd k) { return (vu)(k + 4503599627370496.0) & 0xffffffffu; }
#if VL == 8
INLINE vd gather(const double *p, vu i) { return (vd){p[i[0]], p[i[1]], p[i[2]], p[i[3]], p[i[4]], p[i[5]], p[i[6]], p[i[7]]}; }
#elif VL == 4
INLINE vd gather(const double *p, vu i) { return (vd){p[i[0]], p[i[1]], p[i[2]], p[i[3]]}; }
#else
INLINE vd gather(const double *p, vu i) { return (vd){p[i[0]], p[i[1]]}; }
#endif
#define ONE 0x3ff0000000000000ull
#define SIGN 0x8000000000000000ull
INLINE vd v_abs(vd x) { return (vd)((vu)x & splatu(~SIGN)); }
INLINE vd v_copysign(vd x, vd s) { return (vd)(((vu)x & splatu(~SIGN)) | ((vu)s & splatu(SIGN))); }
INLINE vd v_pow2(vd k) { return (vd)((vu)(k + 4503599627371519.0) << 52); }
INLINE vd v_exponent(vd x) { return (vd)((((vu)x >> 52) & splatu(0x7ff)) | splatu(0x4330000000000000ull)) - 4503599627371519.0; }
INLINE vd v_mantissa(vd x) { return (vd)(((vu)x & splatu(0xfffffffffffffull)) | splatu(ONE)); }
INLINE vd v_flipodd(vd x, vd t) { return (vd)((vu)x ^ ((vu)t << 63)); }
INLINE vd v_flipsign(vd x, vd s) { return (vd)((vu)x ^ ((vu)s & splatu(SIGN))); }
INLINE vd v_ldexp(vd x, vd t) { return (vd)((vu)x + ((vu)t << 52)); }
INLINE vu v_centre(vd x) { return (vu)x + splatu(0x95f6200000000ull); }
INLINE vd v_centredexponent(vd x) { return (vd)((v_centre(x) >> 52) | splatu(0x4330000000000000ull)) - 4503599627371519.0; }
INLINE vd v_centredmantissa(vd x) { return (vd)((v_centre(x) & splatu(0xfffffffffffffull)) + splatu(0x3fe6a09e00000000ull)); }
#if defined(__linux__) && defined(__ELF__) && defined(__LP64__)
typedef struct { u32 type, flags; u64 offset, address, physical, file, memory, align; } segment;
typedef struct { u64 base; const char *name; const segment *segments; unsigned short count; } object;
extern int dl_iterate_phdr(int (*)(const object *, unsigned long, void *), void *);
static struct { const volatile char *from, *end; } constants[8];
static int find(const object *o, unsigned long size, void *here) {
int own = 0, n = 0;
for (int s = 0; s < o->count; s++) own |= o->segments[s].type == 1 && (u64)here - o->base - o->segments[s].address < o->segments[s].memory;
for (int s = 0; own && s < o->count && n < 8; s++)
if (o->segments[s].type == 1 && o->segments[s].flags == 4 && o->segments[s].memory > 0) {
constants[n].from = (const char *)(o->base + o->segments[s].address);
constants[n].end = constants[n].from + o->segments[s].memory - 1, n++;
}
return own;
}
__attribute__((constructor)) static void find_constants(void) { dl_iterate_phdr(find, (void *)find_constants); }
INLINE void touch_constants(void) {
for (int n = 0; n < 8 && constants[n].from; n++) {
for (const volatile char *p = constants[n].from; p < constants[n].end; p += 4096) (void)*p;
(void)*constants[n].end;
}
}
#else
INLINE void touch_constants(void) {}
#endif
typedef union { double d; u64 u; } both;
INLINE double s_abs(double x) { return __builtin_fabs(x); }
INLINE double s_copysign(double x, double s) { return __builtin_copysign(x, s); }
INLINE double s_pow2(double k) { both b = {k + 4503599627371519.0}; b.u <<= 52; return b.d; }
INLINE double s_exponent(double x) { both b = {x}; b.u = ((b.u >> 52) & 0x7ff) | 0x4330000000000000ull; return b.d - 4503599627371519.0; }
INLINE double s_mantissa(double x) { both b = {x}; b.u = (b.u & 0xfffffffffffffull) | ONE; return b.d; }
INLINE double s_flipodd(double x, double t) { both b = {t}, c = {x}; c.u ^= b.u << 63; return c.d; }
INLINE double s_flipsign(double x, double s) { both b = {s}, c = {x}; c.u ^= b.u & SIGN; return c.d; }
INLINE double s_ldexp(double x, double t) { both b = {t}, c = {x}; c.u += b.u << 52; return c.d; }
INLINE u64 s_centre(double x) { both b = {x}; return b.u + 0x95f6200000000ull; }
INLINE double s_centredexponent(double x) { both b; b.u = (s_centre(x) >> 52) | 0x4330000000000000ull; return b.d - 4503599627371519.0; }
INLINE double s_centredmantissa(double x) { both b; b.u = (s_centre(x) & 0xfffffffffffffull) + 0x3fe6a09e00000000ull; return b.d; }
`;

/** A double that the compiler reads back to the same bits. */
function number(value: number): string {
  if (Number.isNaN(value)) return '__builtin_nan("")';
  if (!Number.isFinite(value)) return value > 0 ? "__builtin_inf()" : "-__builtin_inf()";
  if (Object.is(value, -0)) return "-0.0";
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

const infix: Partial<Record<Operation, string>> = {
  add: "+",
  subtract: "-",
  multiply: "*",
  divide: "/",
  less: "<",
  lessEqual: "<=",
  equal: "==",
  and: "&",
  or: "|",
};
const functions: Partial<Record<Operation, string>> = {
  abs: "abs",
  copysign: "copysign",
  pow2: "pow2",
  exponentOf: "exponent",
  mantissaOf: "mantissa",
  flipSign: "flipsign",
  centredExponentOf: "centredexponent",
  centredMantissaOf: "centredmantissa",
};
/** Functions of x and an integer n that take n + 1.5 2^52. */
const withInteger: Partial<Record<Operation, string>> = { flipOdd: "flipodd", ldexp: "ldexp" };

/** Statements of a program; `vector` or scalar. Returns the names of the outputs. */
export function statements({ instructions, outputs }: Program, inputs: readonly string[], vector: boolean, out: string[]): string[] {
  const names: string[] = [];
  const type = vector ? "vd" : "double";
  const truth = vector ? "vu" : "int";
  const gathered = new Set<string>();
  for (const [v, { operation, operands, value, callee }] of instructions.entries()) {
    if (operation === "constant" || operation === "input") {
      names.push(operation === "input" ? inputs[value]! : vector ? `splat(${number(value)})` : number(value));
      continue;
    }
    const [x, y, z] = operands.map((operand) => names[operand]!) as [string, string, string];
    const name = `t${v}`;
    names.push(name);
    const condition = isCondition.has(operation);
    const declared = condition ? truth : type;
    const cast = condition && vector ? "(vu)" : "";
    if (operation in infix) out.push(`${declared} ${name} = ${cast}(${x} ${infix[operation]} ${y});`);
    else if (operation in functions)
      out.push(`${type} ${name} = ${vector ? "v" : "s"}_${functions[operation]}(${[x, y].filter((a) => a !== undefined).join(", ")});`);
    else if (operation in withInteger) {
      const shifted = shiftedOf(instructions, operands[1]!);
      const t = shifted === undefined ? `${y} + ${number(integerShift)}` : names[shifted]!;
      out.push(`${type} ${name} = ${vector ? "v" : "s"}_${withInteger[operation]}(${x}, ${t});`);
    } else if (operation === "gather") {
      const at = `i${operands[0]}`;
      if (!gathered.has(at)) out.push(`vu ${at} = indices(${x});`);
      gathered.add(at);
      out.push(`vd ${name} = gather(m + ${value}, ${at});`);
    } else if (operation === "sqrt") out.push(`${type} ${name} = ${vector ? "vsqrt" : "__builtin_sqrt"}(${x});`);
    else if (operation === "negate") out.push(`${type} ${name} = -${x};`);
    else if (operation === "not") out.push(`${truth} ${name} = ${vector ? "~" : "!"}${x};`);
    else if (operation === "select") out.push(`${type} ${name} = ${vector ? `choose(${x}, ${y}, ${z})` : `${x} ? ${y} : ${z}`};`);
    else if (operation === "rarely" && vector)
      out.push(
        `vd ${name} = ${z}; if (__builtin_expect(any(${x}), 0)) for (int i = 0; i < VL; i++) if (${x}[i]) ${name}[i] = f_${callee}(${y}[i]);`,
      );
    else if (operation === "rarely") out.push(`double ${name} = ${x} ? f_${callee}(${y}) : ${z};`);
    else out.push(`double ${name} = f_${callee}(${operands.map((operand) => names[operand]!).join(", ")});`);
  }
  return outputs.map((v) => names[v]!);
}

function scalarFunction(name: string): string {
  const program = elementaryProgram(name);
  const parameters = ["x", "y"].slice(0, program.inputCount);
  const lines: string[] = [];
  const [result] = statements(program, parameters, false, lines);
  const signature = `static __attribute__((noinline)) double f_${name}(${parameters.map((p) => `double ${p}`).join(", ")})`;
  return `${signature} {\n${lines.join("\n")}\nreturn ${result};\n}`;
}

/** The C text. */
export function printKernel(kernel: Kernel): string {
  const shared = [...separateMaps(kernel)];
  const names = elementaryNames(rareNames(kernel));
  const declared = names.map(
    (name) => `static double f_${name}(${elementaryProgram(name).inputCount === 1 ? "double" : "double, double"});`,
  );
  return [
    head,
    ...declared,
    ...names.map(scalarFunction),
    philox(kernel),
    `void k_prepare(double *m, u32 count, u32 step_high) {\n${randomNodes(kernel)
      .map((node) => prepare(kernel, node))
      .join("\n")}\n}`,
    ...shared.map(
      (node, n) => `static __attribute__((noinline)) void map${n}(double *m, u32 count, u32 j) {\n(void)j;\n${mapLoops(kernel, node)}\n}`,
    ),
    ...kernel.ways.map(
      (way, w) =>
        `static void way${w}(double *m, u32 count, u32 from, u32 to, u32 path_high) {\nfor (u32 k = from; k < to; k++) {\n${nodes(kernel, way, shared)}\n}\n}`,
    ),
    `void k_steps(double *m, u32 way, u32 count, u32 from, u32 to, u32 path_high) {\ntouch_constants();\n${kernel.ways
      .map((_, w) => `if (way == ${w}) way${w}(m, count, from, to, path_high);`)
      .join("\n")}\n}`,
    `void k_observe(double *m, u32 count) {\n${nodes(kernel, kernel.observe, shared)}\n}`,
    accumulate(kernel),
    "u32 k_astray(const double *m) { return (u64)m / 8 % 8; }",
    "",
  ].join("\n");
}

/** Philox on the lanes' low words; see simd-philox.ts. */
function philox(kernel: Kernel): string {
  const { normals, blocks } = kernel;
  const raw =
    normals === "fast"
      ? ["a", "b"].flatMap((half, h) => [
          `store(out + ${2 * h} * ${blocks}, (vd)(((${half} >> 12) & splatu(0xffffffffff000ull)) | splatu(ONE) | (${half} << 63)));`,
          `store(out + ${2 * h + 1} * ${blocks}, (vd)(((${half} & splatu(0xfffffe)) << 28) | splatu(ONE)));`,
        ])
      : ["store(out, (vd)((a >> 12) | splatu(ONE)));", `store(out + ${blocks}, (vd)((b >> 12) | splatu(ONE) | (b << 63)));`];
  const uniforms = randomNodes(kernel).some(({ uniform }) => uniform);
  return [
    "#define M0 0xD2511F53u",
    "#define M1 0xCD9E8D57u",
    "#define W0 0x9E3779B9u",
    "#define W1 0xBB67AE85u",
    philoxFunction(kernel, "k_random", raw),
    ...(pickNodes(kernel).length > 0 ? [pickHead(kernel)] : []),
    ...(uniforms ? [philoxFunction(kernel, "k_uniform", ["(void)b;", "store(out, (vd)((a >> 12) | splatu(ONE)));"])] : []),
  ].join("\n");
}

/** So many vectors of blocks side by side: a round waits for its products, and one chain of rounds alone leaves the processor idle. */
const chains = 2;

/** A function that makes raw doubles of the 64-bit halves a and b of blocks. */
function philoxFunction({ key, blocks }: Kernel, name: string, raw: readonly string[]): string {
  const [k0, k1] = [key.low >>> 0, key.high >>> 0];
  const vectors = (count: number): string => {
    const each = (line: (c: string, at: string) => string): string =>
      Array.from({ length: count }, (_, n) => line(`c${n}`, `i + ${n} * VL`)).join("\n");
    return `{
${each((c, at) => `vu ${c}0 = words(saved + ${at}) ^ s0, ${c}1 = words(saved + ${blocks} + ${at}), ${c}2 = words(saved + 2 * ${blocks} + ${at}) ^ s2, ${c}3 = s3;`)}
u32 k0 = ${k0}u + 2 * W0, k1 = ${k1}u + 2 * W1;
#pragma GCC unroll 8
for (int r = 2; r < 10; r++) {
${each((c) => `vu ${c}p = mul32(${c}0, splatu(M0)), ${c}q = mul32(${c}2, splatu(M1));`)}
${each((c) => `${c}0 = (${c}q >> 32) ^ ${c}1 ^ splatu(k0), ${c}1 = ${c}q, ${c}2 = (${c}p >> 32) ^ ${c}3 ^ splatu(k1), ${c}3 = ${c}p;`)}
k0 += W0, k1 += W1;
}
${each((c, at) => `{ double *out = to + ${at}; vu a = (${c}1 << 32) | (${c}0 & 0xffffffffu), b = (${c}3 << 32) | (${c}2 & 0xffffffffu);\n${raw.join("\n")}\n}`)}
}`;
  };
  return `INLINE void ${name}(const u32 *saved, double *to, u32 count, u32 step_word, u32 path_high) {
u64 q = (u64)step_word * M1;
u64 p = (u64)((u32)(q >> 32) ^ path_high ^ ${k0}u) * M0;
vu s0 = splatu((u32)q ^ (u32)(${k0}u + W0)), s2 = splatu((u32)(p >> 32) ^ (u32)(${k1}u + W1)), s3 = splatu((u32)p);
u32 i = 0;
for (; i + ${chains} * VL <= count; i += ${chains} * VL) ${vectors(chains)}
for (; i < count; i += VL) ${vectors(1)}
}`;
}

function prepare(kernel: Kernel, { word3, saved, own }: RandomNode): string {
  const { blocks, key } = kernel;
  return `{ const u32 *numbers = (const u32 *)(m + ${own?.numbers ?? kernel.numbers}); u32 *saved = (u32 *)(m + ${saved}); u32 third = ${(word3 ^ key.high) >>> 0}u ^ step_high;
for (u32 i = 0; i < count; i += VL) {
vu p = mul32(words(numbers + i), splatu(M0)), q = mul32(((p >> 32) ^ splatu(third)) & 0xffffffffu, splatu(M1));
keep(saved + i, q >> 32), keep(saved + ${blocks} + i, q & 0xffffffffu), keep(saved + 2 * ${blocks} + i, p & 0xffffffffu);
} }`;
}

function nodes(kernel: Kernel, list: readonly KernelNode[], shared: readonly MapNode[]): string {
  return list
    .map((node) => (node.kind === "repeat" ? repeat(kernel, node, shared) : `{ const u32 j = 0; (void)j;\n${one(kernel, node, shared)}\n}`))
    .join("\n");
}

function repeat(kernel: Kernel, { times, first = 0, body }: RepeatNode, shared: readonly MapNode[]): string {
  const inside = body.map((node) => (node.kind === "repeat" ? repeat(kernel, node, shared) : one(kernel, node, shared)));
  return `for (u32 j = ${first}; j < ${first + times}; j++) {\n${inside.join("\n")}\n}`;
}

const place = ({ at, stride }: Operand): string => (stride === 0 ? `m + ${at}` : `m + ${at} + j * ${stride}u`);

function one(kernel: Kernel, node: RandomNode | PickNode | MapNode, shared: readonly MapNode[]): string {
  if (node.kind === "pick") return pickStatements(kernel, node);
  if (node.kind === "map") return shared.includes(node) ? `map${shared.indexOf(node)}(m, count, j);` : mapLoops(kernel, node);
  const high = node.own ? `*(const u32 *)(m + ${node.own.high})` : "path_high";
  return `${node.uniform ? "k_uniform" : "k_random"}((const u32 *)(m + ${node.saved}), ${place(node.out)}, count, (k << 8) | j, ${high});`;
}

function mapLoops(kernel: Kernel, node: MapNode): string {
  const lines: string[] = [];
  const program = sideBySide(node.program, node.members ?? 1);
  const used = new Set(program.instructions.filter((i) => i.operation === "input").map((i) => i.value));
  const inputs = node.inputs.map((operand, i) => {
    if (used.has(i)) lines.push(operand.single ? `vd x${i} = splat(*(${place(operand)}));` : `vd x${i} = load(${place(operand)} + at);`);
    return `x${i}`;
  });
  const results = statements(program, inputs, true, lines);
  for (const [j, operand] of node.outputs.entries()) lines.push(`store(${place(operand)} + at, ${results[j]});`);
  const body = `for (u32 i = 0; i < count; i += VL) {\nconst u32 at = base + i;\n${lines.join("\n")}\n}`;
  return node.over === "paths" && kernel.sharing > 1
    ? `for (u32 base = 0; base < ${kernel.sharing * kernel.blocks}u; base += ${kernel.blocks}u) {\n${body}\n}`
    : `{ const u32 base = 0;\n${body}\n}`;
}

function accumulate({ figures, blocks, sharing }: Kernel): string {
  return `void k_accumulate(double *m, u32 count, u32 at) {
for (u32 f = 0; f < ${figures.count}u; f++) {
double *sums = m + at + f * ${sumsPerFigure}u;
const vd reference = splat(sums[0]);
vd s[${lanes} / VL], q[${lanes} / VL];
for (int l = 0; l < ${lanes} / VL; l++) s[l] = load(sums + 1 + l * VL), q[l] = load(sums + 1 + ${lanes} + l * VL);
for (u32 v = 0; v < ${sharing}u; v++) {
const double *column = m + ${figures.at} + (f * ${sharing}u + v) * ${blocks}u;
for (u32 i = 0; i < count; i += ${lanes})
for (int l = 0; l < ${lanes} / VL; l++) { vd d = load(column + i + l * VL) - reference; s[l] = s[l] + d; q[l] = q[l] + d * d; }
}
for (int l = 0; l < ${lanes} / VL; l++) store(sums + 1 + l * VL, s[l]), store(sums + 1 + ${lanes} + l * VL, q[l]);
}
}`;
}
