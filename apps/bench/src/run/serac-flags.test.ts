import { join } from 'node:path';
import type { SuiteResult } from '@sakejs/evaluation';
import { writeTinyModel } from 'sakejs/testing';
import { describe, expect, it } from 'vitest';
import { bench, temporaryFolder } from '../../test/bench.js';
import { tinyRun } from '../../test/tiny-run.js';

const tiny = tinyRun();
const flags = (): string[] => [
  ...['run', '--model', tiny.model, '--records', tiny.records, '--methods', 'none,serac', '--json', '-'],
  ...['--protocol', 'strict', '--limit', '1', '--count', '10', '--threads', '1', '--queries'],
];

describe('sake-bench run with serac', () => {
  it(
    'lets another model answer in scope, with one classifier for all edits, and says both in the row',
    { timeout: 120_000 },
    async () => {
      const other = await writeTinyModel(join(temporaryFolder(), 'other'), { seed: 1 });
      const apart = await bench(...flags());
      const { status, err, out } = await bench(
        ...flags(),
        ...['--counterfactual', other, '--classifier-edits', '3'],
      );
      expect([status, err]).toEqual([0, expect.anything()]);
      const { rows, queries } = JSON.parse(out) as SuiteResult;
      const name = `serac (answers: ${other}, classifier of 3 edits)`;
      expect(rows.map(({ method, learned, errors }) => [method, learned, errors])).toEqual([
        ['none', 0, []],
        [name, 1, []],
      ]);
      expect(rows[1]!.cost.memory).toBeGreaterThanOrEqual(0);
      const answers = (result: SuiteResult, method: string): unknown[] =>
        result.queries!.flatMap(({ metric, outcomes }) =>
          metric === 'accuracy' ? [outcomes[method]!.answer] : [],
        );
      expect(queries![0]!.outcomes[name]).toMatchObject({ fired: 'own' });
      // Another model's random words.
      expect(answers(JSON.parse(out) as SuiteResult, name)).not.toEqual(
        answers(JSON.parse(apart.out) as SuiteResult, 'serac'),
      );
    },
  );

  it('refuses a counterfactual model with other tokens', { timeout: 120_000 }, async () => {
    const { status, out } = await bench(...flags(), '--counterfactual', 'embedded');
    expect(status).toBe(2);
    expect(out).toMatch(/a counterfactual model with the tokens of .*, got embedded/);
  });
});
