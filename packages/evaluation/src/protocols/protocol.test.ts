import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { createProtocol, liveEdits, protocols } from './protocol.js';

describe('createProtocol', () => {
  it('names a changed protocol after what differs', () => {
    expect(createProtocol('strict', { liveAtOnce: 10 })).toEqual({
      ...protocols.strict,
      name: 'strict liveAtOnce=10',
      liveAtOnce: 10,
    });
    expect(createProtocol('strict', {})).toBe(protocols.strict);
  });

  it('wants as many edits live at once as can be', async () => {
    for (const liveAtOnce of [0, 1.5, -1])
      await expectCode(async () => createProtocol('strict', { liveAtOnce }), 'invalid-option');
    await expectCode(async () => createProtocol('paper', { liveAtOnce: 2 }), 'invalid-option');
    await expectCode(async () => createProtocol('paper', { luck: 1 } as object), 'unknown-kind');
  });
});

describe('liveEdits', () => {
  it('says which edits are live', () => {
    expect(liveEdits(protocols.paper)).toBe('each edit alone');
    expect(liveEdits(protocols.strict)).toBe('all edits live');
    expect(liveEdits(createProtocol('strict', { liveAtOnce: 10 }))).toBe('10 edits live at once');
  });
});
