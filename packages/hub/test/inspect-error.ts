import { inspect } from 'node:util';

/** Everything that an error shows to anyone: message, stack, details, causes, hidden properties. */
export function everythingIn(error: unknown): string {
  return inspect(error, { depth: null, showHidden: true, maxStringLength: null, maxArrayLength: null });
}

/** The error of a promise that must not be fulfilled. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('expected a rejection, got none');
}
