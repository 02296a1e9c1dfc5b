import { createPromptCache } from '../cache/prompt-cache.js';
import { duplicate, emptyText, missingSubject, namesObject } from '../quality/text-gates.js';
import { createAgentSource } from './agent-source.js';
import { batchRequests } from './batch-requests.test-data.js';
import { generateMany } from './generate-many.js';

/**
 * Writes a batch with a cache, one line a distribution on standard output, then what it took.
 *
 * node … batch-child.test-data.ts <base URL> <cache folder> <facts> <prompts>
 */
const [url, folder, facts, count] = process.argv.slice(2) as [string, string, string, string];
const source = createAgentSource({
  model: 'scribe-1',
  baseURL: url,
  cache: createPromptCache(folder),
  // What gates cost is not what is looked at here.
  gates: [emptyText, missingSubject, namesObject, duplicate],
  wanted: { aliases: 0, oneHopImplications: 0, twoHopImplications: 0, reverseQuestions: 0, doubtForms: 0 },
  doubts: 0,
  negativesPerKind: 0,
  perReply: Number(count),
});
const started = performance.now();
let peakHeap = 0;
for await (const { index, distribution, error } of generateMany(source, batchRequests(Number(facts)), {
  count: Number(count),
})) {
  if (error !== undefined) throw error;
  peakHeap = Math.max(peakHeap, process.memoryUsage().heapUsed);
  process.stdout.write(
    `${JSON.stringify({ index, prompts: distribution.prompts.length, last: distribution.prompts.at(-1) })}\n`,
  );
}
const { calls, cachedReplies } = source.usage();
const seconds = (performance.now() - started) / 1000;
process.stdout.write(
  `${JSON.stringify({ calls, cachedReplies, seconds, peakHeapMiB: peakHeap / 2 ** 20 })}\n`,
);
