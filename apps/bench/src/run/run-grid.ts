import { runSuite, type Suite, type SuiteResult } from '@sakejs/evaluation';
import type { CausalLM } from '@sakejs/spec';
import { createProgress, type Streams } from '@sakejs/terminal';
import { loadPromptSource } from 'sakejs';
import { loadSuites } from '../bench-suites.js';
import { isModule, methodEntries } from '../method-entries.js';
import { openModel } from '../open-model.js';
import { protocolsOf, type BenchConfig } from './bench-config.js';
import { openRunStores } from './run-stores.js';

export interface GridOptions {
  readonly streams: Streams;
  readonly signal: AbortSignal;
  /** Folder in which finished work is kept. Default: nothing is. */
  readonly journal?: string | undefined;
  /** Go on with a damaged journal, computing again what was lost. Default false. */
  readonly repair?: boolean;
  /** Whether results hold every query. Default false. */
  readonly withQueries?: boolean;
  /** Whether each query is judged with the own gate open as well. Default false. */
  readonly alsoOpen?: boolean;
  /** Told of each finished suite. */
  readonly onResults?: (results: readonly SuiteResult[]) => void;
}

/** Runs every cell of a grid: models outermost, then seeds, then suites; one result a protocol. */
export async function runGrid(config: BenchConfig, options: GridOptions): Promise<SuiteResult[]> {
  const { streams, signal, journal, repair = false, withQueries = false, alsoOpen = false, onResults } = options;
  const protocols = protocolsOf(config);
  // Every file is read before any model is loaded.
  const bySeed = config.seeds.map((seed) => ({ seed, suites: suitesOf(config, seed) }));
  const prompts = loadPromptSource(config.prompts);
  const modules = config.mapper !== undefined && isModule(config.mapper) ? [config.mapper] : [];
  await using stores = await openRunStores(journal, { modules, repair });
  if (stores.note !== undefined) streams.stderr.write(`${stores.note}\n`);
  const results: SuiteResult[] = [];
  for (const model of config.models) {
    await using lm: CausalLM = await openModel(model, { threads: config.threads, streams, signal });
    const methods = await methodEntries(config.methods, lm.info, config.mapper);
    for (const { seed, suites } of bySeed)
      for (const suite of suites) {
        const progress = createProgress(suite.name, { stream: streams.stderr });
        const ofSuite = await runSuite({
          lm,
          suite,
          methods,
          prompts,
          count: config.count,
          protocols,
          seed,
          withQueries,
          alsoOpen,
          ...stores.options,
          signal,
          onProgress: ({ done, total, what }) => progress.update(done, total, what),
        }).finally(() => progress.end());
        results.push(...ofSuite);
        onResults?.(ofSuite);
      }
  }
  return results;
}

function suitesOf(config: BenchConfig, seed: number): Suite[] {
  return loadSuites(config.suites, { ...config, seed });
}
