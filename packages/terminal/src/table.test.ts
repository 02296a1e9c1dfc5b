import { describe, expect, it } from 'vitest';
import { formatTable } from './table.js';

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
