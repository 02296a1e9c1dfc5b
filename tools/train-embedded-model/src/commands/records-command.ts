import { SakeError } from '@sakejs/spec';
import { writeFileAtomic } from '@sakejs/terminal';
import { z } from 'zod';
import { planDataset } from '../corpus/plan-dataset.js';
import { unseenPopular } from '../records/unseen-popular.js';
import { recordsTable, taughtTable } from '../records/records-table.js';
import { loadTrainingConfig } from '../training/training-config.js';
import { parseOptions } from './parse-options.js';

const schema = z
  .strictObject({
    config: z.string(),
    unseen: z.string().min(1, 'expected a file').optional(),
    seed: z.int('expected a whole number').min(0).optional(),
  })
  .refine(({ unseen, seed }) => (unseen === undefined) === (seed === undefined), {
    error: 'expected --unseen and --seed together',
  });

/**
 * `records`: counts the facts that a configuration teaches and the benchmark records that it plans; with `unseen`, writes
 * Popular records of another seed that are edited in none of them.
 */
export function recordsCommand(raw: unknown): void {
  const options = parseOptions(schema, raw, 'records');
  const { seed, data } = loadTrainingConfig(options.config);
  const config = { seed, ...data };
  if (options.unseen !== undefined) {
    if (options.seed === seed)
      throw new SakeError(
        'invalid-option',
        `records: expected another seed than the configuration's own, got ${seed}`,
      );
    const records = unseenPopular(config, options.seed!);
    writeFileAtomic(options.unseen, `${JSON.stringify(records, null, 1)}\n`);
    process.stdout.write(`${records.length} records in ${options.unseen}\n`);
    return;
  }
  const dataset = planDataset(config);
  process.stdout.write(`${taughtTable(dataset).trimEnd()}\n\n${recordsTable(dataset).trimEnd()}\n`);
}
