import { z } from 'zod';
import { planDataset } from '../corpus/plan-dataset.js';
import { recordsTable } from '../records/records-table.js';
import { loadTrainingConfig } from '../training/training-config.js';
import { parseOptions } from './parse-options.js';

const schema = z.strictObject({ config: z.string() });

/** `records`: counts the benchmark records that a configuration plans. */
export function recordsCommand(raw: unknown): void {
  const { seed, data } = loadTrainingConfig(parseOptions(schema, raw, 'records').config);
  process.stdout.write(`${recordsTable(planDataset({ seed, ...data })).trimEnd()}\n`);
}
