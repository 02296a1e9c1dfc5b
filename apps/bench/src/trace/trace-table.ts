import { formatShare, type AverageEffect, type TraceMean, type TraceResult } from '@sakejs/evaluation';
import type { StateKind } from '@sakejs/spec';
import { formatTable } from '@sakejs/terminal';

function withInterval({ value, interval }: TraceMean): string {
  return interval === null
    ? formatShare(value)
    : `${formatShare(value)} [${formatShare(interval[0])}, ${formatShare(interval[1])}]`;
}

const headings: Readonly<Record<StateKind, string>> = {
  stream: 'hidden state %',
  mlp: 'MLP %',
  attention: 'attention %',
};

/** A trace as text: average effects at the subject's last token by block, and the block for ROME. */
export function traceTable(result: TraceResult): string {
  const { model, data, settings, asked, unknown, clean, corrupted, totalEffect, averages } = result;
  const { kinds, samples, noise, window, seed } = settings;
  const at = (kind: StateKind, layer: number): AverageEffect | undefined =>
    averages.find((one) => one.group === 'subjectLast' && one.kind === kind && one.layer === layer);
  return [
    `causal trace: ${asked - unknown} facts of ${asked} asked, the others are not what the model says`,
    `model ${model.id} (sha256 ${model.sha256.slice(0, 12)}), records ${data.name} (sha256 ${data.sha256.slice(0, 12)})`,
    `${samples} draws of noise of ${noise} × ${result.embeddingDeviation.toPrecision(3)}, window of ${window}, seed ${seed}`,
    `P(object) %: undisturbed ${withInterval(clean)}, disturbed ${withInterval(corrupted)}, total effect ${withInterval(totalEffect)}`,
    '',
    "average indirect effects at the subject's last token, 95 % intervals over facts:",
    formatTable(
      ['block', ...kinds.map((kind) => headings[kind])],
      Array.from({ length: model.layers }, (_, layer) => [
        String(layer),
        ...kinds.map((kind) => {
          const effect = at(kind, layer);
          return effect === undefined ? '-' : withInterval(effect);
        }),
      ]),
    ),
    ...suggestionLines(result),
  ].join('\n');
}

function suggestionLines({ suggestion }: TraceResult): string[] {
  if (suggestion === null) return [];
  const { layer, effect, layers, share } = suggestion;
  return [
    '',
    `layer for ROME: ${layer} (--set rome.layer=${layer}), where MLPs restore ${withInterval(effect)} % at the subject's last token; the best block in ` +
      `${formatShare(share)} % of resampled sets of facts, 95 % of which choose ${layers[0]} to ${layers[1]}`,
  ];
}
