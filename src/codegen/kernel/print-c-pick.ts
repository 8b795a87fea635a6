// The pick node as C: as simd-pick.ts has it.
import { purposes } from "../../numerics/philox.ts";
import { type Kernel, lanes, mostWrittenOut, orderDoubles, type PickNode } from "./kernel.ts";

/** What all pick nodes use: the words of successive blocks of one address, and integers of them. */
export const pickHead = ({ key }: Kernel): string => {
  const [k0, k1] = [key.low >>> 0, key.high >>> 0];
  return `#define LANES ${lanes}u
typedef struct { u32 *room; const u32 *numbers; u32 high, step, third, blocks; } bits;
static void words_of(const bits *s, u32 *to, u32 third, u32 blocks) {
for (u32 b = 0; b < blocks; b++, third++, to += 4 * LANES)
for (u32 i = 0; i < LANES; i += VL) {
vu c0 = words(s->numbers + i), c1 = splatu(s->high), c2 = splatu(s->step), c3 = splatu(third);
u32 k0 = ${k0}u, k1 = ${k1}u;
#pragma GCC unroll 10
for (int r = 0; r < 10; r++) {
vu p = mul32(c0, splatu(M0)), q = mul32(c2, splatu(M1));
c0 = (q >> 32) ^ c1 ^ splatu(k0), c1 = q, c2 = (p >> 32) ^ c3 ^ splatu(k1), c3 = p;
k0 += W0, k1 += W1;
}
keep(to + i, c0), keep(to + LANES + i, c1), keep(to + 2 * LANES + i, c2), keep(to + 3 * LANES + i, c3);
}
}
static void make_bits(bits *s, const u32 *numbers, u32 step, u32 purpose, u32 integers) {
s->numbers = numbers, s->step = step << 8, s->third = purpose << 28 | step >> 24 << 20, s->blocks = (integers + 3) / 4;
words_of(s, s->room, s->third, s->blocks);
}
typedef struct { const u32 *next, *end; u32 lane, draw; } reader;
INLINE reader begin_bits(const bits *s, u32 lane) {
return (reader){s->room + lane, s->room + 4 * LANES * s->blocks + lane, lane, s->third + s->blocks};
}
static const u32 *one_more(const bits *s, u32 draw) {
u32 *to = s->room + 4 * LANES * s->blocks;
words_of(s, to, draw, 1);
return to;
}
INLINE u32 below(const bits *s, reader *r, u32 n) {
for (;;) {
if (__builtin_expect(r->next == r->end, 0)) r->next = one_more(s, r->draw++) + r->lane, r->end = r->next + 4 * LANES;
u32 word = *r->next;
r->next += LANES;
if (__builtin_expect(word > ~n, 0) && word > ~(-n % n)) continue;
return word % n;
}
}`;
};

/** Statements of a pick node: `k` is the step, `path_high` word 1 of the counter. */
export function pickStatements(kernel: Kernel, { samples, rule, out, times, order, room, own }: PickNode): string {
  const { size, replacement, epochs } = rule;
  const write = (sample: string): string => `to[(u64)b * ${out.step}] = (double)((${sample}) * ${times}u);`;
  // written out where it is short: the processor divides by constants without dividing
  const each = (times: number, body: string): string =>
    `${times <= mostWrittenOut ? `#pragma GCC unroll ${mostWrittenOut}\n` : ""}for (u32 b = 0; b < ${times}u; b++) ${body}`;
  const make = (purpose: keyof typeof purposes, step: string, integers: number): string =>
    `make_bits(&s, numbers + g, ${step}, ${purposes[purpose]}, ${integers});`;
  const begin = "reader r = begin_bits(&s, i - g);";
  const perEpoch = Math.floor(samples / size);
  const swap = `u32 q = b + below(&s, &r, ${samples}u - b), t = own[q]; own[q] = own[b]; own[b] = t;`;
  const path = (): string => {
    if (replacement) return `${begin}\n${each(size, write(`below(&s, &r, ${samples}u)`))}`;
    if (!epochs)
      return `u32 *own = (u32 *)(m + ${order});
${begin}
${each(size, `{ ${swap} ${write("t")} }`)}
${each(size, `if (own[b] >= ${size}u) own[own[b]] = own[b];`)}
${each(size, "own[b] = b;")}`;
    return `u32 *own = (u32 *)(m + ${order} + (u64)i * ${orderDoubles(samples)});
if (k % ${perEpoch}u == 0) {
${each(samples, "own[b] = b;")}
${begin}
${each(samples, `{ ${swap} }`)}
}
own += k % ${perEpoch}u * ${size}u;
${each(size, write("own[b]"))}`;
  };
  const bits = epochs ? `if (k % ${perEpoch}u == 0) ${make("shuffle", `k / ${perEpoch}u`, samples)}` : make("gradientNoise", "k", size);
  return `{ const u32 *numbers = (const u32 *)(m + ${own?.numbers ?? kernel.numbers});
bits s = {(u32 *)(m + ${room})};
s.high = ${own ? `*(const u32 *)(m + ${own.high})` : "path_high"};
for (u32 g = 0; g < count; g += LANES) {
${bits}
for (u32 i = g; i < g + LANES; i++) {
double *to = m + ${out.at} + i;
${path()}
}
}
}`;
}
