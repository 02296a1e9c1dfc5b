import { expect } from 'vitest';
import { isSakeError, type SakeErrorCode } from '../errors.js';

/** Runs `act`, which may be asynchronous, and expects it to fail with a `SakeError` of that code; gives it back. */
export async function expectCode(act: () => unknown, code: SakeErrorCode): Promise<Error> {
  let thrown: unknown;
  try {
    await act();
  } catch (error) {
    thrown = error;
  }
  if (!isSakeError(thrown))
    throw thrown ?? new Error(`expected a SakeError '${code}', but nothing was thrown`);
  expect(thrown.code, thrown.message).toBe(code);
  return thrown;
}
