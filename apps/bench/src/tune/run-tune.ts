import { formatShare, protocolNames, type SuiteResult } from '@sakejs/evaluation';
import { checkWritable, formatTable, writeFileAtomic, type Streams } from '@sakejs/terminal';
import { z } from 'zod';
import { graphOf, modelFlags } from '../model-flags.js';
import { openModel } from '../open-model.js';
import { parseOptions, wholeNumber } from '../parse-options.js';
import { runFlags } from '../run-flags.js';
import { checkErrors } from '../run-suite.js';
import { runJob } from '../run/run-job.js';
import { openRunStores } from '../run/run-stores.js';
import { momentsFlags, momentsOf } from '../stats/own-moments.js';
import type { AxisValue } from './sweeps/sweep.js';
import { fixedMethods, sweptMethods } from './sweeps/sweeps.js';
import { drawSettings, gridOf, notSwept, OWN_SETTINGS } from './tuned-entries.js';

/** Every method that has a grid. */
export const ALL = 'all';

const optionsSchema = z.strictObject({
  ...runFlags,
  methods: z.string().min(1, `expected ${ALL}, or methods`),
  ...modelFlags,
  ...momentsFlags,
  protocol: z.enum(protocolNames, `expected ${protocolNames.join(' or ')}`),
  limit: wholeNumber(1).optional(),
  budget: wholeNumber(1),
  json: z.string().min(1, 'expected a file, or -').optional(),
});

type TuneOptions = z.output<typeof optionsSchema>;

/** How well one setting did. */
export interface TunedScore {
  readonly label: string;
  /** Absent for the method as it is. */
  readonly setting?: Readonly<Record<string, AxisValue>>;
  /** Harmonic mean of accuracy, generality and specificity. */
  readonly score: number;
  readonly accuracy: number;
  readonly generality: number;
  readonly specificity: number;
  /** Edits that were learned. */
  readonly learned: number;
}

/** A sweep of one method; plain JSON. */
export interface TuneResult {
  readonly method: string;
  /** Settings tried, of those in the grid. */
  readonly tried: number;
  readonly grid: number;
  /** From the best score down. */
  readonly ranking: readonly TunedScore[];
  /** The first of them that is a setting of the grid. */
  readonly best: TunedScore;
  /** The table behind the ranking. */
  readonly result: SuiteResult;
}

/** `sake-bench tune`: tries settings of methods, each method as many, and ranks them. */
export async function runTune(raw: unknown, streams: Streams, signal: AbortSignal): Promise<void> {
  const options = parseOptions(optionsSchema, raw, 'tune');
  const names = methodsAmong(options.methods);
  const { json } = options;
  if (json !== undefined && json !== '-') checkWritable(json);
  const done = await tune(names, options, streams, signal);
  const text = `${JSON.stringify(done, null, 2)}\n`;
  const tables = [...done.map(tuneTable), ...(done.length > 1 ? [summaryTable(done)] : []), notTuned()];
  streams.stdout.write(json === '-' ? text : `${tables.join('\n\n')}\n`);
  if (json !== undefined && json !== '-') writeFileAtomic(json, text);
  checkErrors(done.map(({ result }) => result));
}

/** @throws {SakeError} `invalid-option`, `unknown-kind` for a method without a grid. */
function methodsAmong(given: string): string[] {
  if (given === ALL) return [...sweptMethods];
  const names = given.split(',').map((name) => name.trim());
  const without = names.find((name) => !sweptMethods.includes(name));
  if (without !== undefined) throw notSwept(without);
  return [...new Set(names)];
}

async function tune(
  names: readonly string[],
  options: TuneOptions,
  streams: Streams,
  signal: AbortSignal,
): Promise<TuneResult[]> {
  const { model, threads, workers, journal, repair = false } = options;
  const { budget, protocol, count, seed, records, popularRecords, split, limit, covered } = options;
  await using stores = await openRunStores(journal, { repair });
  if (stores.note !== undefined) streams.stderr.write(`${stores.note}\n`);
  const graph = graphOf(options);
  await using lm = await openModel(model, { threads, graph, streams, signal });
  const done: TuneResult[] = [];
  for (const name of names) {
    const [result] = await runJob(
      {
        ...{ suite: 'counterfact', count, seed, prompts: 'template' },
        records: { records, popularRecords, split, limit, covered, seed },
        methods: { kind: 'tune', name, budget },
        moments: momentsOf(options),
        protocols: [{ base: protocol }],
      },
      { lm, model, graph, stores, workers, streams, signal },
    );
    const settings = new Map(
      drawSettings(name, lm.info, { budget, seed }).map(({ label, values }) => [label, values]),
    );
    const ranking = rank(result!, settings);
    done.push({
      ...{ method: name, tried: settings.size, grid: gridOf(name, lm.info).length, ranking },
      best: ranking.find(({ setting }) => setting !== undefined)!,
      result: result!,
    });
  }
  return done;
}

/** Settings from the best down: by harmonic mean, and by the plain mean where that is the same, as where both are 0. */
export function rank(
  { rows }: Pick<SuiteResult, 'rows'>,
  settings: ReadonlyMap<string, Readonly<Record<string, AxisValue>>>,
): TunedScore[] {
  const scores = rows.map(({ method, metrics, learned }): TunedScore => {
    const value = (name: string): number => metrics[name]?.value ?? 0;
    const setting = settings.get(method);
    return {
      label: method,
      ...(setting !== undefined && { setting }),
      score: value('harmonicMean'),
      ...{ accuracy: value('accuracy'), generality: value('generality'), specificity: value('specificity') },
      learned,
    };
  });
  const mean = ({ accuracy, generality, specificity }: TunedScore): number =>
    (accuracy + generality + specificity) / 3;
  return scores.sort((a, b) => b.score - a.score || mean(b) - mean(a));
}

/** A ranking as text. */
export function tuneTable({ method, tried, grid, ranking, best, result }: TuneResult): string {
  return [
    `${method}: ${tried} of ${grid} settings, ${result.edits} edits, ${result.protocol} protocol, seed ${result.seed}, records ${result.data.name}`,
    '',
    formatTable(
      ['setting', 'harmonic mean %', 'accuracy %', 'generality %', 'specificity %', 'learned'],
      ranking.map(({ label, score, accuracy, generality, specificity, learned }) => [
        label,
        formatShare(score),
        formatShare(accuracy),
        formatShare(generality),
        formatShare(specificity),
        `${learned} of ${result.edits}`,
      ]),
    ),
    '',
    `best: ${best.label}${best.score > ownScore(ranking) ? '' : `; no better than ${OWN_SETTINGS}`}`,
  ].join('\n');
}

/** Each method's best setting beside what it does as it is. */
function summaryTable(done: readonly TuneResult[]): string {
  return formatTable(
    ['method', 'tried', 'best setting', 'harmonic mean %', `${OWN_SETTINGS} %`],
    done.map(({ method, tried, best, ranking }) => [
      method,
      String(tried),
      best.label,
      formatShare(best.score),
      formatShare(ownScore(ranking)),
    ]),
  );
}

/** The methods that have no grid, with the reason. */
const notTuned = (): string =>
  `not tuned: ${Object.entries(fixedMethods)
    .map(([name, why]) => `${name} (${why})`)
    .join(', ')}`;

const ownScore = (ranking: readonly TunedScore[]): number =>
  ranking.find(({ label }) => label === OWN_SETTINGS)?.score ?? 0;
