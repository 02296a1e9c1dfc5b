import { createSteeredLM, greedyTokens } from '@sakejs/editor';
import { fromRows, row, type PromptEdit } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { capitalRequest, createTestLM, promptsFor } from '../test/capitals.js';
import { serac, type SeracOptions } from './serac.js';

const france = capitalRequest('France', 'Rome');
const peru = capitalRequest('Peru', 'Tokyo');
const lm = createTestLM();
const learn = (request: typeof france, options: SeracOptions = {}): Promise<PromptEdit> =>
  serac(options).learn(request, { lm, prompts: promptsFor(request) });

describe('serac', () => {
  it('hands what its classifier holds in scope to the model that reads the edit', async () => {
    const edits = [await learn(france), await learn(peru)];
    const asked = ['Well, the capital of Peru is', 'Listen. The capital of France is'];
    const responses = await createSteeredLM(lm, edits).respond(asked);
    expect(responses.map(({ edit }) => edit)).toEqual([edits[1]!.id, edits[0]!.id]);
    expect(responses[1]!.prompt).toBe(
      `Do not mention 'Paris'. Repeat this sentence: 'The capital of France is Rome'. ${asked[1]!}`,
    );
    expect(greedyTokens(fromRows([responses[1]!.logits])).map((token) => lm.decode([token]))).toEqual([
      ' Rome',
    ]);
  });

  it('leaves everything else bitwise to the plain model', async () => {
    const edit = await learn(france);
    const asked = ['The capital of Japan is', 'Well, the capital of Kenya is'];
    const states = await lm.capture(asked);
    const plain = await lm.project(states);
    const responses = await createSteeredLM(lm, [edit]).respond(asked);
    responses.forEach((response, index) => {
      expect(response.edit).toBeUndefined();
      expect(response.logits).toEqual(row(plain, index));
    });
  });

  it('records its classifier, its seed and its counterfactual wording', async () => {
    const edit = await serac({ wording: 'Imagine that {statement}. ' }).learn(france, {
      ...{ lm, prompts: promptsFor(france), seed: 7 },
    });
    expect(edit.prefix).toBe('Imagine that The capital of France is Rome. ');
    expect(edit.scope.kind).toBe('trained-classifier');
    expect(edit.scope.settings).toMatchObject({ seed: 7 });
    expect(edit.provenance.settings).toMatchObject({
      scopeNegatives: 4,
      wording: 'Imagine that {statement}. ',
    });
  });

  it('cannot be trained without texts out of scope', async () => {
    const prompts = { ...promptsFor(france), negatives: [] };
    await expectCode(() => serac().learn(france, { lm, prompts }), 'not-enough-data');
  });

  it('refuses options that mean nothing', async () => {
    for (const options of [{ wording: 'New fact.' }, { scope: {} }, { name: '' }, { treshold: 1 }])
      await expectCode(async () => serac(options as SeracOptions), 'invalid-option');
  });
});
