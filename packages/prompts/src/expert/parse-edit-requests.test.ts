import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { parseEditRequests } from './parse-edit-requests.js';

const lima = { subject: 'Peru', prompt: 'The capital of {} is', targetTrue: 'Lima', targetNew: 'Oslo' };
const rome = { ...lima, subject: 'Italy', targetTrue: 'Rome', relation: 'P36' };

describe('parseEditRequests', () => {
  it('reads a JSON array, an object a line, and rows under a heading', () => {
    const expected = [lima, rome];
    expect(parseEditRequests(JSON.stringify(expected), 'json')).toEqual(expected);
    expect(parseEditRequests(expected.map((each) => JSON.stringify(each)).join('\n\n'), 'jsonl')).toEqual(
      expected,
    );
    const csv =
      '\uFEFFsubject,prompt,targetTrue,targetNew,relation\r\nPeru,The capital of {} is,Lima,Oslo,\r\n"Italy","The capital of {} is",Rome,Oslo,P36\r\n';
    expect(parseEditRequests(csv, 'csv')).toEqual(expected);
  });

  it.each([
    [
      'json',
      '[\n{"subject": "Peru"},\n{"subject": "Peru", "prompt": "x", "targetTrue": "a", "targetNew": "b"}]',
      [2, 3],
    ],
    ['jsonl', `{]\n${JSON.stringify(lima)}\n{"objects": 1}`, [1, 3]],
    [
      'csv',
      'subject,prompt,targetTrue,targetNew\nPeru,No hole,Lima,Oslo\n"Peru\nPeru,{} is,Lima,Lima\n',
      [2, 3, 4],
    ],
    ['json', '{}', [1]],
    ['json', '[\n{', [2]],
    ['csv', '', [1]],
  ] as const)('names every line of %s that holds no request', async (format, text, lines) => {
    const error = await expectCode(() => parseEditRequests(text, format, 'asked'), 'invalid-file');
    expect([...error.message.matchAll(/ at asked:(\d+);/g)].map(([, line]) => Number(line))).toEqual(lines);
  });
});
