import { SakeError } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { ExitCode } from './exit-code.js';
import { reportError } from './report-error.js';
import type { Streams } from './streams.js';

function recorded(): { streams: Streams; out: () => string; err: () => string } {
  const text = { out: '', err: '' };
  return {
    streams: {
      stdout: { write: (part) => (text.out += part) },
      stderr: { write: (part) => (text.err += part) },
    },
    out: () => text.out,
    err: () => text.err,
  };
}

describe('reportError', () => {
  it('tells a typed error in one line on stderr', () => {
    const { streams, out, err } = recorded();
    const code = reportError(new SakeError('invalid-file', 'x: expected a\n  b; mend it'), { streams });
    expect([code, out(), err()]).toEqual([ExitCode.data, '', 'error: x: expected a b; mend it\n']);
  });

  it('tells it as an object on stdout too where JSON is wanted', () => {
    const { streams, out, err } = recorded();
    reportError(new SakeError('not-found', 'gone', { details: { id: 'a' } }), { json: true, streams });
    expect(JSON.parse(out())).toEqual({
      error: { code: 'not-found', message: 'gone', details: { id: 'a' } },
    });
    expect(err()).toBe('error: gone\n');
  });

  it('shows the stack of a bug', () => {
    const { streams, out, err } = recorded();
    expect(reportError(new TypeError('oops'), { json: true, streams })).toBe(ExitCode.internal);
    expect(err()).toMatch(/^internal error: TypeError: oops\n +at /);
    expect(JSON.parse(out())).toEqual({ error: { code: 'internal', message: 'oops', details: {} } });
  });
});
