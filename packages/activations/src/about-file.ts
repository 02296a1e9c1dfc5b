import { isSakeError, SakeError } from '@sakejs/spec';

/** Names the file that is being read in whatever is wrong with it. */
export async function aboutFile<T>(where: string, file: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (!isSakeError(cause) || cause.code === 'invalid-option') throw cause;
    throw new SakeError(cause.code, `${where}: ${file}: ${cause.message}`, {
      details: { ...cause.details, file },
      cause,
    });
  }
}
