import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SuiteResult } from '@sakejs/evaluation';
import { describe, expect, it } from 'vitest';
import { bench, temporaryFolder } from '../test/bench.js';
import { tinyRun } from '../test/tiny-run.js';

const tiny = tinyRun();

/** A file of a module with this source. */
function moduleFile(source: string): string {
  const file = join(temporaryFolder(), 'own.mjs');
  writeFileSync(file, source);
  return file;
}

/** A method that states the new fact in front of every prompt, and breaks at one subject. */
const fragile = `
export default {
  name: 'fragile',
  async learn(request, { lm }) {
    if (request.subject === 'Japan') throw new TypeError('no such island');
    const scope = {
      kind: 'everything', threshold: 1, needs: { layers: [], embedding: false }, settings: {},
      match: () => ({ inScope: true, distance: 0 }),
      toTensors: () => ({ kind: 'everything', version: 1, tensors: {}, meta: {} }),
    };
    const prefix = request.prompt.replace('{}', request.subject) + ' ' + request.targetNew + '. ';
    const provenance = {
      method: 'fragile', createdAt: '2025-01-01T00:00:00.000Z', model: { id: lm.info.id, sha256: lm.info.sha256 }, seed: 0,
      prompts: { count: 0, source: {} }, rows: { source: 0, target: 0, obeying: 0 }, versions: {},
    };
    return { kind: 'prompt', id: 'fragile-' + request.subject, request, prefix, scope, provenance };
  },
};
`;

describe('sake-bench run --methods ./own.mjs', () => {
  it.each([1, 2])(
    'ends with status 4 where it throws, and keeps the record in every denominator, with %i workers',
    { timeout: 120_000 },
    async (workers) => {
      const methods = ['--methods', `none,${moduleFile(fragile)}`, '--workers', String(workers)];
      const file = join(temporaryFolder(), 'result.json');
      const flags = [...methods, '--protocol', 'paper,strict', '--queries', '--json', file];
      const { status, out, err } = await bench('run', ...tiny.flags, ...flags);
      expect(status).toBe(4);
      const summary =
        '1 units of fragile failed and count as failures; the first, learning case_id 5: no such island';
      expect(out.split(summary)).toHaveLength(1 + 2);
      expect(err).toMatch(
        /got 2 that failed and count as failures; the first, learning case_id 5: no such island\n$/,
      );
      // The results are kept although the command failed.
      for (const { rows, queries } of JSON.parse(readFileSync(file, 'utf8')) as SuiteResult[]) {
        const [none, own] = rows;
        const errors = [{ case: 'case_id 5', what: 'learning', code: 'unexpected' }];
        expect(own).toMatchObject({ method: 'fragile', learned: 2, errors });
        for (const metric of ['accuracy', 'generality', 'specificity'])
          expect([metric, own!.metrics[metric]!.n]).toEqual([metric, none!.metrics[metric]!.n]);
        const ofOwnEdit = (of: number): boolean[] =>
          queries!
            .filter((query) => query.case === of)
            .map(({ outcomes }) => outcomes['fragile']!.fired === 'own');
        expect(ofOwnEdit(1)).not.toContain(true);
        // The other two edits hold every query, as near to one as to the other.
        expect([...ofOwnEdit(0), ...ofOwnEdit(2)]).toContain(true);
      }
    },
  );
});

describe('sake-bench run --json - of work that fails', () => {
  it('prints the result alone, and the error beside it', { timeout: 120_000 }, async () => {
    const methods = ['--methods', `none,${moduleFile(fragile)}`];
    const { status, out, err } = await bench('run', ...tiny.flags, ...methods, '--json', '-');
    expect(status).toBe(4);
    expect((JSON.parse(out) as SuiteResult).rows[1]!.errors).toHaveLength(1);
    expect(err).toMatch(/^error: .*got 1 that failed/);
  });
});

/** A mapper that takes every activation to nought, so that all objects are as likely. */
const nought = `
const map = (dim) => ({
  kind: 'nought', dim, settings: {},
  apply: (activation) => activation.map(() => 0),
  toTensors: () => ({ kind: 'nought', version: 1, tensors: {}, meta: { dim } }),
});
export default { kind: 'nought', fit: ({ source }) => map(source.cols) };
`;
const loader = `
export const loader = { kind: 'nought', version: 1, module: './own.mjs', load: ({ meta }) => map(meta.dim) };
`;

describe('sake-bench run --mapper ./own.mjs', () => {
  it.each([
    ['with a loader of its maps', nought + loader, 1],
    ['without one', nought, 1],
    ['with a loader, by two workers', nought + loader, 2],
  ])('maps with it %s', { timeout: 120_000 }, async (_, source, workers) => {
    const file = moduleFile(source);
    const flags = ['--mapper', file, '--protocol', 'paper,strict', '--workers', String(workers)];
    const { status, out } = await bench('run', ...tiny.flags, ...flags, '--queries', '--json', '-');
    expect(status).toBe(0);
    for (const { rows, queries } of JSON.parse(out) as SuiteResult[]) {
      const names = ['none', `sake-paper (${file})`, `uniform-paper (${file})`];
      expect(rows.map(({ method }) => method)).toEqual(names);
      expect(rows.map(({ learned }) => learned)).toEqual([0, 3, 3]);
      const mapped = queries!
        .map(({ outcomes }) => outcomes[names[1]!]!)
        .filter(({ fired }) => fired !== 'none');
      // Every request is in its edit's scope; with the same logits for all tokens each answers as the others do.
      expect(mapped.length).toBeGreaterThanOrEqual(3);
      expect(new Set(mapped.map(({ answer }) => answer)).size).toBe(1);
    }
  });

  it('learns each edit once, whichever worker needs it', { timeout: 120_000 }, async () => {
    const log = join(temporaryFolder(), 'fits');
    const source = `import { appendFileSync } from 'node:fs';${nought}${loader}`.replace(
      'fit: ({ source }) =>',
      `fit: ({ source }) => appendFileSync(${JSON.stringify(log)}, 'x') ?? `,
    );
    const flags = ['--mapper', moduleFile(source), '--protocol', 'paper,strict', '--workers', '2'];
    const { status } = await bench('run', ...tiny.flags, ...flags, '--json', '-');
    expect(status).toBe(0);
    // Three edits of each of two methods.
    expect(readFileSync(log, 'utf8')).toBe('xxxxxx');
  });

  it('says what a module lacks', async () => {
    const { status, err } = await bench(
      'run',
      ...tiny.flags,
      '--mapper',
      moduleFile('export default { kind: "x" };'),
    );
    expect(status).toBe(3);
    expect(err).toMatch(/own\.mjs .*a mapper \{kind, fit\} as its default export/);
  });
});
