import { describe, expect, it } from 'vitest';
import { isSakeError, SakeError, throwIfAborted } from './errors.js';

describe('SakeError', () => {
  it('carries code, details and cause', () => {
    const cause = new Error('inner');
    const error = new SakeError('invalid-file', 'read: expected JSON', { details: { file: 'a' }, cause });
    expect(error).toMatchObject({ name: 'SakeError', code: 'invalid-file', details: { file: 'a' }, cause });
    expect(String(error)).toBe('SakeError: read: expected JSON');
  });

  it('has empty details and no cause unless given', () => {
    const error = new SakeError('io', 'x');
    expect(error.details).toEqual({});
    expect('cause' in error).toBe(false);
  });
});

describe('isSakeError', () => {
  it('knows the errors of another installed copy by their brand', () => {
    const foreign = Object.assign(new Error('x'), { brand: 'sakejs.error', code: 'io' });
    expect([new SakeError('io', 'x'), foreign].every(isSakeError)).toBe(true);
  });

  it('knows nothing else', () => {
    for (const other of [new Error('x'), { brand: 'sakejs.error' }, null, 'sakejs.error'])
      expect(isSakeError(other)).toBe(false);
  });
});

describe('throwIfAborted', () => {
  it('throws once the signal has fired, naming where and why', () => {
    const controller = new AbortController();
    throwIfAborted(controller.signal, 'fit');
    throwIfAborted(undefined, 'fit');
    controller.abort('enough');
    expect(() => throwIfAborted(controller.signal, 'fit')).toThrow(
      expect.objectContaining({ code: 'aborted', message: 'fit: aborted by its signal', cause: 'enough' }),
    );
  });
});
