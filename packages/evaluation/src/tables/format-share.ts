/**
 * A share, or a difference of two, in per cent with one decimal: the one way in which tables of every form write it.
 *
 * Halves go away from zero, in decimals: 0.9825 gives 98.3 and 0.8485 gives 84.9, whatever their bits.
 */
export function formatShare(share: number): string {
  const tenths = Math.round(1000 * Math.abs(share) + 1e-9);
  return ((share < 0 ? -1 : 1) * (tenths / 10) + 0).toFixed(1);
}
