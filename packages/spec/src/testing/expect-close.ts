import { expect } from 'vitest';

/** Fails unless |actual − expected| <= tolerance · max(1, |expected|) everywhere. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  let worst = 0;
  let at = -1;
  for (let index = 0; index < expected.length; index++) {
    const error = Math.abs(actual[index]! - expected[index]!) / Math.max(1, Math.abs(expected[index]!));
    if (!(error <= worst)) {
      worst = error;
      at = index;
    }
  }
  if (!(worst <= tolerance))
    expect.fail(`expected values within ${tolerance}, got ${actual[at]} for ${expected[at]} at index ${at}`);
}
