// Sixteen-bit floats as doubles; both conversions are exact.

/** IEEE half precision: 1 sign, 5 exponent (bias 15), 10 fraction bits. */
export function halfToDouble(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  // (1 + fraction/1024) 2^(exponent - 15), the power made by shifting: 2^(exponent - 25) = 2^exponent / 2^25
  return (sign * (1024 + fraction) * (1 << exponent)) / 2 ** 25;
}

const word = new DataView(new ArrayBuffer(4));

/** bfloat16: the upper half of a single. */
export function bfloatToDouble(bits: number): number {
  word.setUint32(0, bits * 65536);
  return word.getFloat32(0);
}
