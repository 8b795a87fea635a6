// Random moments for faults, from a seed that is printed: ESCAPEMENT_FAULT_SEED=N draws the same ones again (how far a process has come by then
// is the machine's).
const given = process.env["ESCAPEMENT_FAULT_SEED"];
const seed = given === undefined ? (Date.now() ^ (process.pid << 8)) >>> 0 : Number(given) >>> 0;
let state = seed;
let told = false;

/** Uniform in [from, to). */
export function randomIn(from: number, to: number): number {
  if (!told) console.log(`faults at random moments: ESCAPEMENT_FAULT_SEED=${seed}`);
  told = true;
  // Mulberry32 (Tommy Ettinger, public domain)
  state = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return from + ((to - from) * ((t ^ (t >>> 14)) >>> 0)) / 2 ** 32;
}
