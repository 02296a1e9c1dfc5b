import { describe, expect, it } from 'vitest';
import { cleanStatement } from './clean-statement.js';
import type { Statement } from './statement.js';

const statement = (subject: string, object: string): Statement => ({
  relation: 'P36',
  subject,
  object,
  source: 'lre',
});

describe('cleanStatement', () => {
  it('trims, composes and decodes escapes', () => {
    expect(cleanStatement(statement(' Colombia\u00a0', 'Bogot\\u00e1'))).toEqual(
      statement('Colombia', 'Bogotá'),
    );
    expect(cleanStatement(statement('Colombia', 'Bogota\u0301'))).toEqual(statement('Colombia', 'Bogotá'));
  });

  it.each([
    ['Peru', '  ', 'empty'],
    ['', 'Lima', 'empty'],
    ['Pe\u0007ru', 'Lima', 'unprintable'],
    ['Peru', 'Li\ufffdma', 'unprintable'],
    ['P', 'Lima', 'subject-length'],
    ['P'.repeat(61), 'Lima', 'subject-length'],
    ['Panama', 'panama', 'subject-is-object'],
  ])('rejects %j with %j as %s', (subject, object, rejection) => {
    expect(cleanStatement(statement(subject, object))).toBe(rejection);
  });

  it('counts characters, not code units', () => {
    expect(cleanStatement(statement('𐍈'.repeat(60), 'Lima'))).toMatchObject({ object: 'Lima' });
  });
});
