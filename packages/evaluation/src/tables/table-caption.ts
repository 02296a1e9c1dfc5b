import { differingCircumstances } from '../compare/circumstances.js';
import { liveEdits } from '../protocols/protocol.js';
import type { SuiteResult } from '../runner/suite-result.js';
import type { PublishedTable } from './published.js';

const short = (sha256: string): string => sha256.slice(0, 12);

/** What was run on what, in sentences; of several results, what differs between them. */
export function circumstancesCaption(results: readonly [SuiteResult, ...SuiteResult[]]): string[] {
  const [first, ...others] = results;
  const { modelInfo, data, prompts, protocolSettings } = first;
  const failed = results.reduce(
    (sum, { rows }) => sum + rows.reduce((all, { errors }) => all + errors.length, 0),
    0,
  );
  const differing = [
    ...new Set(others.flatMap((other) => differingCircumstances(first, other).map(({ what }) => what))),
  ];
  return [
    `${first.title}, ${first.protocol} protocol (${liveEdits(protocolSettings)}): ${first.edits} edits, ${prompts.count} ${prompts.source} prompts each, seed ${first.seed}.`,
    `Model ${first.model} (${modelInfo.family}, ${modelInfo.layers} x ${modelInfo.hiddenSize}, sha256 ${short(modelInfo.sha256)}), records ${data.name} (sha256 ${short(data.sha256)}).`,
    ...(differing.length > 0 ? [`Of the first row; others differ in ${differing.join(', ')}.`] : []),
    ...(failed > 0 ? [`${failed} units of work failed: their queries count as failures.`] : []),
  ];
}

/** How to read the cells, and whence the published numbers. */
export function readingCaption(anyBest: boolean, published: readonly PublishedTable[]): string[] {
  const sources = [...new Set(published.map(({ source }) => source))];
  return [
    'Cells: mean [95 % interval].',
    ...(anyBest ? ['Bold: best of ours, where the paired interval to the next excludes 0.'] : []),
    ...sources.map((source) => {
      const tables = published.filter((table) => table.source === source);
      const models = [
        ...new Set(
          tables.map(({ model, edits }) => (edits === undefined ? model : `${model}, ${edits} edits`)),
        ),
      ];
      return `Published numbers are of another model under the publication's own protocol (${models.join('; ')}): ${source}.`;
    }),
  ];
}
