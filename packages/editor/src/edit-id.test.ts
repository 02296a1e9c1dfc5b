import { describe, expect, it } from 'vitest';
import { editId, isEditId } from './edit-id.js';

const request = { subject: 'France', prompt: 'The capital of {} is', targetTrue: 'Paris', targetNew: 'Rome' };

describe('editId', () => {
  it('is a slug and a hash, the same for the same request', () => {
    expect(editId(request)).toMatch(/^france-[0-9a-f]{10}$/);
    expect(editId({ ...request, relation: 'P36' })).toBe(editId(request));
  });

  it.each(['subject', 'prompt', 'targetTrue', 'targetNew'] as const)('depends on the %s', (field) => {
    expect(editId({ ...request, [field]: 'Other {}' })).not.toBe(editId(request));
  });

  it.each([
    '../../etc/passwd',
    'CON',
    'Zürich',
    '東京',
    'a'.repeat(500),
    '-',
    'x\u0000y',
    '.hidden',
    'a/b\\c:d',
  ])('is a safe file name for %j', (subject) => {
    expect(isEditId(editId({ ...request, subject }))).toBe(true);
  });

  it('spells accented letters without their accents', () => {
    expect(editId({ ...request, subject: 'São Tomé' })).toMatch(/^sao-tome-/);
  });
});

describe('isEditId', () => {
  it.each(['', '..', 'A', 'a/b', 'a.b', '-a', 'a'.repeat(81)])('refuses %j', (id) => {
    expect(isEditId(id)).toBe(false);
  });
});
