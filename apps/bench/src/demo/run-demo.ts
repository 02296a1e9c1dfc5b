import { embeddedRecordsFile } from '@sakejs/embedded-model';
import { counterFactSuite, protocols, readCounterFact, runSuite, type SuiteResult } from '@sakejs/evaluation';
import { fillPrompt, SakeError, type ModelInfo } from '@sakejs/spec';
import {
  checkWritable,
  createProgress,
  formatDuration,
  writeFileAtomic,
  type Streams,
} from '@sakejs/terminal';
import { loadModel, loadPromptSource } from 'sakejs';
import { resultTable } from '../result-table.js';
import { methodEntries } from '../method-entries.js';
import { chooseRecord } from './choose-record.js';
import { showEdit, type ShownEdit } from './show-edit.js';

export interface DemoOptions {
  readonly streams: Streams;
  readonly signal: AbortSignal;
  /** Edits in the table. Default 60. */
  readonly edits?: number;
  /** Prompts an edit. Default 50. */
  readonly count?: number;
  /** File for the result as JSON. */
  readonly json?: string;
}

/** What the demo showed; plain JSON. */
export interface DemoResult {
  readonly model: ModelInfo;
  readonly shown: ShownEdit;
  readonly tables: readonly SuiteResult[];
  readonly seconds: number;
}

const SEED = 0;
const METHODS = ['none', 'sake', 'sake-paper', 'uniform'];

/**
 * One edit of the embedded model before and after, its undoing, then the CounterFact table in both protocols.
 *
 * @throws {SakeError} `numerical` when the edit's removal does not give back the same bits.
 */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const { streams, signal, edits = 60, count = 50, json } = options;
  const say = (text: string): unknown => streams.stdout.write(`${text}\n`);
  if (json !== undefined) checkWritable(json);
  const started = performance.now();
  await using lm = await loadModel();
  const dataset = readCounterFact(embeddedRecordsFile('test'), { name: 'embedded test' });
  const prompts = loadPromptSource();

  const record = await chooseRecord(lm, dataset.records);
  const shown = await showEdit({ lm, record, prompts, count, seed: SEED, signal });
  say(shownText(shown, lm.info));
  if (!shown.undone)
    throw new SakeError(
      'numerical',
      'demo: expected the logits of before once the edit is removed, got others; this is a bug',
    );

  const progress = createProgress('table', { stream: streams.stderr });
  const tables = await runSuite({
    lm,
    suite: counterFactSuite({ ...dataset, records: dataset.records.slice(0, edits) }),
    methods: await methodEntries(METHODS, lm.info),
    prompts,
    count,
    protocols: [protocols.paper, protocols.strict],
    seed: SEED,
    signal,
    onProgress: ({ done, total, what }) => progress.update(done, total, what),
  }).finally(() => progress.end());
  for (const table of tables) say(`\n${resultTable(table)}`);
  const result: DemoResult = {
    model: lm.info,
    shown,
    tables,
    seconds: (performance.now() - started) / 1000,
  };
  say(`\n${formatDuration(result.seconds)} in all`);
  if (json !== undefined) writeFileAtomic(json, `${JSON.stringify(result, null, 2)}\n`);
  return result;
}

function shownText({ request, secondsToLearn, answers, undone }: ShownEdit, info: ModelInfo): string {
  const { subject, prompt, targetTrue, targetNew } = request;
  return [
    `The model ${info.id} (${info.family}, ${info.layers} x ${info.hiddenSize}) learns in ${secondsToLearn.toFixed(1)} s: ` +
      `${fillPrompt(prompt, subject)} ${targetTrue} -> ${targetNew}`,
    ...answers.flatMap(({ kind, prompt: text, before, after, asWished }) => [
      '',
      `${kind}: ${text}`,
      `  before  ${before}`,
      `  after   ${after}${asWished ? '' : '   (not as wished)'}`,
    ]),
    '',
    `removed: the logits of all ${answers.length} prompts are ${undone ? 'bitwise those of before' : 'NOT those of before'}`,
  ].join('\n');
}
