import { SakeError } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { ExitCode, exitCodeOf } from './exit-code.js';
import { formatTable } from './table.js';

describe('exitCodeOf', () => {
  it('tells usage errors from broken files and bugs', () => {
    expect(exitCodeOf(new SakeError('invalid-request', 'x'))).toBe(ExitCode.usage);
    expect(exitCodeOf(new SakeError('invalid-file', 'x'))).toBe(ExitCode.data);
    expect(exitCodeOf(new TypeError('x'))).toBe(ExitCode.internal);
  });
});

describe('formatTable', () => {
  it('aligns the first column left and the others right', () => {
    expect(
      formatTable(
        ['method', 'n'],
        [
          ['sake', '60'],
          ['uniform', '7'],
        ],
      ),
    ).toBe('method    n\n-------  --\nsake     60\nuniform   7');
  });
});
