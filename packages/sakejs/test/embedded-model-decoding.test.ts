import { join } from 'node:path';
import { createGraphSession, type GraphTensor } from '@sakejs/activations';
import { embeddedModelDirectory } from '@sakejs/embedded-model';
import { appendToModel, DataType, decodeModel, findDecoder, tensorInfo } from '@sakejs/onnx';
import { row, type CausalLM, type GeneratedToken } from '@sakejs/spec';
import { expectClose } from '@sakejs/spec/testing';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../src/load-model.js';

/** Of different lengths, so that a batch is padded. */
const prompts = ['The capital of France is', 'Rain fell', 'It had rained all night, and the buckets were'];

async function collect(stream: AsyncIterable<GeneratedToken>): Promise<GeneratedToken[]> {
  const tokens: GeneratedToken[] = [];
  for await (const token of stream) tokens.push(token);
  return tokens;
}

describe('the embedded model', () => {
  let lm: CausalLM;
  beforeAll(async () => {
    lm = await loadModel('embedded', { threads: 1 });
  });
  afterAll(() => lm[Symbol.asyncDispose]());

  it('gives the hidden states and the logits of its untouched graph', async () => {
    const bytes = await readFile(join(embeddedModelDirectory(), 'onnx', 'model.onnx'));
    const { hiddenTensor, logits, cache } = findDecoder(decodeModel(bytes));
    const tapped = appendToModel(bytes, { graph: { outputs: [tensorInfo(hiddenTensor, DataType.FLOAT)] } });
    await using graph = await createGraphSession(tapped, { threads: 1 });
    const captured = await lm.capture(prompts);
    const projected = await lm.project(captured);
    for (const [index, prompt] of prompts.entries()) {
      const tokens = lm.encode(prompt);
      const integers = (value: (token: number, at: number) => number): GraphTensor =>
        graph.tensor(
          BigInt64Array.from(tokens, (token, at) => BigInt(value(token, at))),
          [1, tokens.length],
        );
      const feeds: Record<string, GraphTensor> = {
        input_ids: integers((token) => token),
        attention_mask: integers(() => 1),
        position_ids: integers((_, at) => at),
      };
      for (const { name, dims } of graph.inputs)
        if (cache.some(({ input }) => input === name))
          feeds[name] = graph.tensor(new Float32Array(0), [1, Number(dims[1]), 0, Number(dims[3])]);
      const shown = await graph.run(feeds, [hiddenTensor, logits]);
      const last = (name: string, width: number): Float32Array =>
        (shown[name]!.data as Float32Array).slice(-width);
      expectClose(row(captured, index), last(hiddenTensor, lm.info.hiddenSize), 1e-4);
      expectClose(row(projected, index), last(logits, lm.info.vocabularySize), 1e-4);
    }
  });

  it('captures in a batch what it captures one by one', async () => {
    const batch = await lm.capture(prompts);
    for (const [index, prompt] of prompts.entries())
      expectClose(row(batch, index), (await lm.capture([prompt])).data, 1e-4);
  });

  it('generates in a batch what it generates one by one', async () => {
    const batch = lm.generateBatch(prompts.map((prompt) => ({ prompt, maxTokens: 6 })));
    for (const [index, prompt] of prompts.entries()) {
      const [together, alone] = [
        await collect(batch[index]!),
        await collect(lm.generate(prompt, { maxTokens: 6 })),
      ];
      expect(together.map(({ token }) => token)).toEqual(alone.map(({ token }) => token));
      expectClose(
        together.map(({ logProbability }) => logProbability),
        alone.map(({ logProbability }) => logProbability),
        1e-4,
      );
    }
  });

  it('decodes from its cache what it would read anew', async () => {
    const tokens = [...lm.encode(prompts[0]!)];
    for await (const { token, logProbability } of lm.generate(prompts[0]!, { maxTokens: 6 })) {
      const logits = (await lm.project(await lm.capture([tokens]))).data;
      const largest = logits.reduce((a, b) => Math.max(a, b));
      const total = logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0);
      expectClose([logProbability], [logits[token]! - largest - Math.log(total)], 1e-4);
      tokens.push(token);
    }
    expect(tokens.length).toBeGreaterThan(lm.encode(prompts[0]!).length + 1);
  });
});
