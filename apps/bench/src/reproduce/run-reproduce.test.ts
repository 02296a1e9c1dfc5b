import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { protocolNames, type SuiteResult } from '@sakejs/evaluation';
import { startHubServer, type Content } from '@sakejs/hub/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { bench, temporaryFolder, type Ran } from '../../test/bench.js';
import { tinyRun } from '../../test/tiny-run.js';
import { estimateText } from './estimate.js';
import type { Reproduction } from './table-pages.js';

const tiny = tinyRun();
const TOLD = /roughly [\dhms ]+ on as many cores as workers \(1\), and \d\.\d GiB of memory\n/;

/** A small reproduction on records of capitals, and the folder that it writes into. */
async function reproduce(
  ...flags: readonly string[]
): Promise<Ran & { readonly file: (name: string) => string }> {
  const out = temporaryFolder();
  const ran = await bench(
    ...[
      'reproduce',
      '--out',
      out,
      '--records',
      tiny.records,
      '--limit',
      '2',
      '--count',
      '10',
      '--threads',
      '1',
    ],
    ...['--methods', 'none,sake-paper,icl', ...flags],
  );
  return { ...ran, file: (name) => readFileSync(join(out, name), 'utf8') };
}

describe('sake-bench reproduce', () => {
  it(
    'writes tables beside published numbers, in JSON, Markdown, LaTeX and HTML',
    { timeout: 240_000 },
    async () => {
      const tables = ['--table', 'counterfact,counterfact-llama,doubt'];
      const { status, file } = await reproduce('--model', tiny.model, ...tables);
      expect(status).toBe(0);
      const markdown = file('tables.md');
      expect(markdown).toMatch(
        /## CounterFact, beside GPT2-XL[^]*## CounterFact, beside LLaMA 2-7B[^]*## Robustness to doubt/,
      );
      expect(markdown).toMatch(/SAKE \(published, .*GPT2-XL/);
      expect(markdown).toContain('| 84.9 |');
      expect(file('doubt-strict.tex')).toContain('\\toprule');
      const { results } = JSON.parse(file('results.json')) as Reproduction;
      // Both protocols of two suites: the LLaMA table shows the first once more.
      expect(results).toHaveLength(4);
      expect(JSON.stringify(results)).not.toContain('"queries"');
      const html = file('report.html');
      expect(html).toContain('Robustness to doubt');
      expect(html).toContain('France: Paris → Rome');
      expect(html).toContain('id="tradeoff"');
    },
  );

  it('runs the tables of what follows from edits, and the ablations', { timeout: 240_000 }, async () => {
    const limits = ['--limit', '1', '--ablation-limit', '1'];
    const { status, file } = await reproduce('--model', tiny.model, '--table', 'popular,ablation', ...limits);
    expect(status).toBe(0);
    const { results, ablations } = JSON.parse(file('results.json')) as Reproduction;
    const shape = ({ suite, protocol, edits }: SuiteResult): unknown => [suite, protocol, edits];
    expect(results.map(shape)).toEqual([
      ['popular', 'paper', 1],
      ['popular', 'strict', 1],
    ]);
    expect(ablations.map(({ name }) => name)).toEqual(['mapper', 'count', 'gate']);
    for (const ablation of ablations) {
      expect(ablation.results.map(shape)).toEqual([
        ['counterfact', 'paper', 1],
        ['counterfact', 'strict', 1],
      ]);
      for (const { protocol } of ablation.results)
        expect(file(`ablation-${ablation.name}-${protocol}.tex`)).toContain('OT map (published, GPT2-XL)');
    }
    const [, ...sizes] = ablations[1]!.results[0]!.rows.map(({ method }) => method);
    expect(sizes).toEqual(['10', '25', '50', '100']);
    expect(file('popular-strict.tex')).toMatch(
      /SAKE \(published, GPT2-XL\)[^]*Imagine that .* \(published, GPT-NeoX\) & [^]*92\.4/,
    );
    expect(file('tables.md')).toMatch(/Imagine that … \(published, LLaMA-7B\) .* 67\.6 /);
    expect(file('report.html')).toContain('id="ablations"');
  });

  it(
    'tells time and memory of a local model before it starts, by its weights',
    { timeout: 120_000 },
    async () => {
      const { status, err } = await reproduce(
        '--model',
        tiny.model,
        '--table',
        'counterfact',
        '--methods',
        'none',
      );
      expect(status).toBe(0);
      expect(err.startsWith(`${tiny.model}: roughly `)).toBe(true);
      expect(err).toMatch(TOLD);
      // Ten gigabytes that hold nothing: what they take is told before they are found to be no model.
      const large = temporaryFolder();
      writeFileSync(join(large, 'model.onnx'), 'no graph');
      writeFileSync(join(large, 'model.onnx_data'), '');
      truncateSync(join(large, 'model.onnx_data'), 10e9);
      const told = await reproduce('--model', large, '--table', 'counterfact');
      expect([told.status, told.out]).toEqual([3, '']);
      const work = { edits: [2], protocols: protocolNames, count: 10, ablated: 0, workers: 1 };
      const text = estimateText(10e9, { ...work, methods: ['none', 'sake-paper', 'icl'] });
      expect(told.err.startsWith(`${large}: ${text}\nerror: `)).toBe(true);
      const missing = await reproduce('--model', './nowhere');
      expect([missing.status, missing.out]).toEqual([3, '']);
      expect(missing.err).toMatch(/^error: [^\n]*\.\/nowhere[^\n]*\n$/);
    },
  );

  it(
    'tells what a model of the hub takes, and how much is downloaded, before any of it is',
    { timeout: 120_000 },
    async () => {
      const server = await startHubServer();
      onTestFinished(() => server[Symbol.asyncDispose]());
      server.commit('owner/tiny', 'c'.repeat(40), contents(tiny.model));
      vi.stubEnv('HF_ENDPOINT', server.endpoint);
      vi.stubEnv('HF_HOME', temporaryFolder());
      vi.stubEnv('HF_HUB_OFFLINE', '');
      onTestFinished(() => void vi.unstubAllEnvs());
      server.fault = ({ path }) => (path.endsWith('.onnx') ? { status: 403 } : undefined);
      const flags = ['--model', 'owner/tiny', '--table', 'counterfact', '--methods', 'none'];
      const refused = await reproduce(...flags);
      // Told although not a byte of the weights came.
      expect(refused.status).toBe(3);
      expect(refused.err).toMatch(
        /^owner\/tiny: roughly [^\n]* GiB of memory\ndownloading \d\.\d MiB of \d files into the Hugging Face cache\n/,
      );
      server.fault = () => undefined;
      const served = await reproduce(...flags);
      expect(served.status).toBe(0);
      expect(served.err).toMatch(TOLD);
      expect((JSON.parse(served.file('results.json')) as Reproduction).results[0]!.model).toBe(
        `owner/tiny@${'c'.repeat(40)}`,
      );
      const again = await reproduce(...flags);
      expect(again.err).not.toContain('downloading');
    },
  );
});

/** The files of a folder as a hub has them. */
function contents(folder: string): Record<string, Content> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  return Object.fromEntries(
    files.map((name) => {
      const bytes = readFileSync(join(folder, name));
      const etag = createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
      return [name, { size: bytes.length, etag, lfs: false, bytes: (start) => [bytes.subarray(start)] }];
    }),
  );
}
