const scratch = new DataView(new ArrayBuffer(4));

/**
 * Bits of the nearest IEEE 754 binary16 number, ties to even.
 *
 * Magnitudes from 65520 on become infinity; NaN stays NaN.
 */
export function toFloat16Bits(value: number): number {
  // The double is rounded once: going through float32 first could round a tie the wrong way.
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (magnitude >= 65520) return sign | 0x7c00;
  if (magnitude < 2 ** -14) return sign | roundHalfEven(magnitude * 2 ** 24);
  const exponent = floorLog2(magnitude);
  const mantissa = roundHalfEven((magnitude / 2 ** exponent) * 1024);
  return sign | (((exponent + 14) << 10) + mantissa);
}

/** Value of an IEEE 754 binary16 bit pattern. */
export function fromFloat16Bits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa === 0 ? sign * Infinity : NaN;
  return sign * (1024 + mantissa) * 2 ** (exponent - 25);
}

/** Bits of the nearest bfloat16 number of a float32 value, ties to even. */
export function toBfloat16Bits(value: number): number {
  if (Number.isNaN(value)) return 0x7fc0;
  scratch.setFloat32(0, value);
  const bits = scratch.getUint32(0);
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

/** Value of a bfloat16 bit pattern. */
export function fromBfloat16Bits(bits: number): number {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}

function floorLog2(magnitude: number): number {
  scratch.setFloat32(0, magnitude);
  const exponent = (scratch.getUint32(0) >>> 23) - 127;
  // Rounding to float32 may have reached the next power of two.
  return magnitude < 2 ** exponent ? exponent - 1 : exponent;
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest > 0.5 || (rest === 0.5 && floor % 2 === 1)) return floor + 1;
  return floor;
}
