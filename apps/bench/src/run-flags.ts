import { z } from 'zod';
import { wholeNumber } from './parse-options.js';

/** Flags of every command that runs suites: which records, and how the work is done and kept. */
export const runFlags = {
  records: z.string().optional(),
  popularRecords: z.string().optional(),
  covered: z.boolean().optional(),
  split: z.enum(['dev', 'test'], 'expected dev or test'),
  count: wholeNumber(2),
  seed: wholeNumber(0),
  threads: wholeNumber(1),
  workers: wholeNumber(1),
  journal: z.string().min(1, 'expected a folder').optional(),
  repair: z.boolean().optional(),
};
