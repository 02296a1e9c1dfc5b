import { SakeError } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { ExitCode, exitCodeOf } from './exit-code.js';

describe('exitCodeOf', () => {
  it('tells usage errors from broken files and bugs', () => {
    expect(exitCodeOf(new SakeError('invalid-request', 'x'))).toBe(ExitCode.usage);
    expect(exitCodeOf(new SakeError('invalid-file', 'x'))).toBe(ExitCode.data);
    expect(exitCodeOf(new TypeError('x'))).toBe(ExitCode.internal);
  });
});
