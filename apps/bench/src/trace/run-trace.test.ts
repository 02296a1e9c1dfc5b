import type { TraceResult } from '@sakejs/evaluation';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bench, capitalRecord, temporaryFolder } from '../../test/bench.js';

const few = ['--limit', '2', '--samples', '2', '--threads', '1'];

describe('sake-bench trace', () => {
  it('traces facts of the embedded model to a table, JSON and heat maps', { timeout: 300_000 }, async () => {
    const folder = temporaryFolder();
    const [json, html] = [join(folder, 'trace.json'), join(folder, 'trace.html')];
    const { status, out, err } = await bench('trace', ...few, '--json', json, '--html', html, '--facts', '1');
    expect(err).toBe('');
    expect(status).toBe(0);
    const result = JSON.parse(readFileSync(json, 'utf8')) as TraceResult & { release: string };
    expect(result).toMatchObject({
      kind: 'trace',
      asked: 2,
      unknown: 0,
      settings: { window: 1, samples: 2 },
    });
    expect(result.model.sha256).toHaveLength(64);
    expect(result.data.sha256).toHaveLength(64);
    expect(result.release).toMatch(/^\d/);
    expect(result.suggestion!.layer).toBeLessThan(result.model.layers);
    expect(out).toMatch(/2 facts of 2 asked/);
    expect(out).toMatch(/block +hidden state % +MLP % +attention %\n/);
    expect(out).toContain(
      `layer for ROME: ${result.suggestion!.layer} (--set rome.layer=${result.suggestion!.layer}), `,
    );
    for (const { clean, corrupted, effects, tokens, subjectTokens } of result.facts) {
      expect(clean).toBeGreaterThan(corrupted);
      const last = tokens.length - 1;
      // The last block's stream at the last token is all that the head reads.
      expect(effects.stream!.at(-1)![last]).toBeCloseTo(clean - corrupted, 6);
      for (const row of Object.values(effects).flat())
        expect(row.slice(0, subjectTokens[0]).every((effect) => effect === 0)).toBe(true);
    }
    expect(readFileSync(html, 'utf8').match(/<h3>[^<]* → /g)).toHaveLength(1);
  });

  it('traces the kinds asked for, and gives the same again', { timeout: 300_000 }, async () => {
    const trace = async (...flags: string[]): Promise<Omit<TraceResult, 'kind'>> => {
      const { out } = await bench('trace', ...few, '--kinds', 'mlp', '--json', '-', ...flags);
      return JSON.parse(out) as TraceResult;
    };
    const [one, again, wide] = [await trace(), await trace(), await trace('--window', '6', '--seed', '1')];
    expect(again.facts).toEqual(one.facts);
    expect(Object.keys(one.facts[0]!.effects)).toEqual(['mlp']);
    expect(wide.settings).toMatchObject({ window: 6, seed: 1, kinds: ['mlp'] });
    expect(wide.facts[0]!.corrupted).not.toBe(one.facts[0]!.corrupted);
  });

  it('names what is wrong with its flags and its facts', { timeout: 120_000 }, async () => {
    expect((await bench('trace', '--noise', '-1')).err).toMatch(/--noise: expected a number of at least 0/);
    expect((await bench('trace', '--samples', '0')).err).toMatch(/--samples: expected a whole number/);
    expect((await bench('trace', '--kinds', 'mlps')).err).toMatch(
      /--kinds: expected names among stream, mlp/,
    );
    const folder = temporaryFolder();
    const records = join(folder, 'records.json');
    writeFileSync(records, JSON.stringify([capitalRecord(0, ['Kansas', 'Ohio', 'Rome'])]));
    const html = join(folder, 'trace.html');
    const unknown = await bench('trace', '--records', records, '--threads', '1', '--html', html);
    expect(unknown.err).toMatch(/expected facts whose object the model says, got none among 1/);
    expect(existsSync(html)).toBe(false);
  });
});
