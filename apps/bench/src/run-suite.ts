import { embeddedRecordsFile } from '@sakejs/embedded-model';
import { readCounterFact, runCounterFact, type MethodEntry } from '@sakejs/evaluation';
import { SakeError } from '@sakejs/spec';
import { createProgress, runCommand, writeFileAtomic, type ExitCode } from '@sakejs/terminal';
import { createMethod, loadModel, loadPromptSource, methodNames } from 'sakejs';
import { z } from 'zod';
import { resultTable } from './result-table.js';

const optionsSchema = z.strictObject({
  suite: z.literal('counterfact', 'expected --suite counterfact'),
  model: z.string().min(1),
  methods: z.string().transform((names) => names.split(',').map((name) => name.trim())),
  protocol: z.enum(['paper', 'strict'], 'expected --protocol paper or strict'),
  limit: z.int('expected --limit to be a whole number').min(1, 'expected --limit of at least 1').optional(),
  records: z.string().optional(),
  split: z.enum(['dev', 'test'], 'expected --split dev or test'),
  count: z.int('expected --count to be a whole number').min(2, 'expected --count of at least 2'),
  prompts: z.string().min(1),
  seed: z.int('expected --seed to be a whole number'),
  threads: z.int('expected --threads to be a whole number').min(1, 'expected --threads of at least 1'),
  json: z.string().optional(),
});

/** `sake-bench run`: checks the options, runs the suite, prints the table or writes JSON. */
export async function runCommandLine(raw: unknown): Promise<ExitCode> {
  const json = (raw as { json?: unknown }).json;
  return runCommand(
    async (signal) => {
      const parsed = optionsSchema.safeParse(raw);
      if (!parsed.success)
        throw new SakeError(
          'invalid-option',
          `sake-bench run: ${parsed.error.issues.map(({ message }) => message).join('; ')}`,
        );
      const options = parsed.data;
      const unknown = options.methods.filter((name) => name !== 'none' && !methodNames.includes(name));
      if (unknown.length > 0)
        throw new SakeError(
          'unknown-kind',
          `sake-bench run: expected methods among none, ${methodNames.join(', ')}, got ${unknown.join(', ')}`,
        );
      const file = options.records ?? embeddedRecordsFile(options.split);
      const dataset = readCounterFact(file, {
        ...(options.limit === undefined ? {} : { limit: options.limit }),
        name: options.records ?? `embedded ${options.split}`,
      });
      await using lm = await loadModel(options.model, { threads: options.threads });
      const methods = options.methods.map((name): MethodEntry =>
        name === 'none' ? { name } : { name, method: createMethod(name, lm.info) },
      );
      const progress = createProgress('counterfact');
      const [result] = await runCounterFact({
        lm,
        dataset,
        methods,
        prompts: loadPromptSource(options.prompts),
        count: options.count,
        protocols: [options.protocol],
        seed: options.seed,
        signal,
        onProgress: ({ done, total, what }) => progress.update(done, total, what),
      }).finally(() => progress.end());
      if (options.json !== '-') process.stdout.write(`${resultTable(result!)}\n`);
      const text = `${JSON.stringify(result, null, 2)}\n`;
      if (options.json === '-') process.stdout.write(text);
      else if (options.json !== undefined) writeFileAtomic(options.json, text);
    },
    { json: json === '-' },
  );
}
