import { z } from 'zod';
import { planDataset } from '../corpus/plan-dataset.js';
import { recordsTable, taughtTable } from '../records/records-table.js';
import { loadTrainingConfig } from '../training/training-config.js';
import { parseOptions } from './parse-options.js';

const schema = z.strictObject({ config: z.string() });

/** `records`: counts the facts that a configuration teaches and the benchmark records that it plans. */
export function recordsCommand(raw: unknown): void {
  const { seed, data } = loadTrainingConfig(parseOptions(schema, raw, 'records').config);
  const dataset = planDataset({ seed, ...data });
  process.stdout.write(`${taughtTable(dataset).trimEnd()}\n\n${recordsTable(dataset).trimEnd()}\n`);
}
