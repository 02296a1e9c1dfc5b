import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly status: string;
    }[];
  }[];
}

/** Of each suite: how many of its tests there are, and how many did not pass. */
const suites = new Map<string, { tests: number; failures: number }>();
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sakejs-contracts-'));
  const file = join(folder, 'report.json');
  const vitest = join(createRequire(import.meta.url).resolve('vitest/package.json'), '..', 'vitest.mjs');
  const config = fileURLToPath(new URL('mutants/vitest.config.ts', import.meta.url));
  const argv = [vitest, 'run', '--config', config, '--outputFile', file];
  // Wrong implementations fail, so the run does too.
  await new Promise((resolve) => execFile(process.execPath, argv, resolve));
  const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as Report;
  for (const { name, assertionResults } of testResults)
    for (const { ancestorTitles, status } of assertionResults) {
      const title = `${basename(name)}: ${ancestorTitles[0]}`;
      const suite = suites.get(title) ?? { tests: 0, failures: 0 };
      suites.set(title, suite);
      suite.tests += 1;
      suite.failures += Number(status !== 'passed');
    }
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const named = (kind: string): [string, { tests: number; failures: number }][] =>
  [...suites].filter(([title]) => title.includes(`mutants.ts: ${kind}`));

describe('contract suites', () => {
  it('pass on a right implementation of each interface', () => {
    const right = named('right ');
    expect(right).toHaveLength(5);
    expect(right.filter(([, { failures }]) => failures > 0)).toEqual([]);
  });

  it('fail on every implementation that is wrong in one way', () => {
    const wrong = named('wrong: ');
    expect(wrong.length).toBeGreaterThan(100);
    expect(wrong.filter(([, { failures }]) => failures === 0).map(([title]) => title)).toEqual([]);
  });
});
