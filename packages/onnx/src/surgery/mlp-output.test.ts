import { describe, expect, it } from 'vitest';
import { randomWeights } from '../../test/plain-forward.js';
import { decoderFeeds, gpt2, llama } from '../../test/decoder-feeds.js';
import { buildDecoder } from '../decoder/build-decoder.js';
import type { OnnxModel } from '../ir.js';
import { evaluate } from '../reference/index.js';
import { findDecoder } from './find-decoder.js';
import { findMlpProjections } from './find-mlp-projections.js';
import { mlpOutput } from './mlp-output.js';

const models: [string, OnnxModel][] = [gpt2, llama].map((config) => [
  config.family,
  buildDecoder(config, randomWeights(config)),
]);

describe('mlpOutput', () => {
  it.each(models)('is what the last addition of a block adds: %s', (family, model) => {
    const decoder = findDecoder(model);
    const config = family === 'gpt2' ? gpt2 : llama;
    const feeds = decoderFeeds(config, { ids: [[1, 2, 3]] });
    for (const projection of findMlpProjections(model, decoder)) {
      const output = mlpOutput(model, projection);
      const stream = decoder.residuals![projection.layer]!;
      const join = model.graph.nodes.find(({ outputs }) => outputs.includes(stream))!;
      const before = join.inputs.find((name) => name !== output)!;
      expect(join.inputs).toContain(output);
      const values = evaluate(model, feeds, [output, stream, before]);
      values[stream]!.data.forEach((sum, i) =>
        expect(sum).toBeCloseTo(values[output]!.data[i]! + values[before]!.data[i]!, 12),
      );
    }
  });

  it('refuses an output that goes through something else', () => {
    const model = models[1]![1];
    const [projection] = findMlpProjections(model);
    const scaled = {
      ...model,
      graph: {
        ...model.graph,
        nodes: model.graph.nodes.flatMap((node) =>
          node.outputs.includes(projection!.output)
            ? [
                { ...node, outputs: ['inner'] },
                {
                  ...{ opType: 'Tanh', domain: '', name: 'squash', attributes: [] },
                  ...{ inputs: ['inner'], outputs: [projection!.output] },
                },
              ]
            : [node],
        ),
      },
    };
    expect(() => mlpOutput(scaled, { ...projection!, output: 'inner' })).toThrow(
      'got it read by Tanh "squash"',
    );
  });
});
