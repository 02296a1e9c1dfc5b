import { describe, expect, it } from 'vitest';
import { parseAssignment } from './assignment.js';

describe('parseAssignment', () => {
  it.each([
    ['layer=3', { name: 'layer', value: 3 }],
    ['layers=[1,2]', { name: 'layers', value: [1, 2] }],
    ['radius={"ofNorm":0.4}', { name: 'radius', value: { ofNorm: 0.4 } }],
    ['wording=It is so that a=b. ', { name: 'wording', value: 'It is so that a=b. ' }],
    ['wording="3"', { name: 'wording', value: '3' }],
    ['wording=', { name: 'wording', value: '' }],
  ])('reads %s', (text, expected) => {
    expect(parseAssignment(text)).toEqual(expected);
  });

  it.each(['layer', '=3', ''])('gives nothing for %j', (text) => {
    expect(parseAssignment(text)).toBeUndefined();
  });
});
