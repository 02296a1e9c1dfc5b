import { createSteeredLM, greedyTokens } from '@sakejs/editor';
import { trainedClassifier } from '@sakejs/scope';
import { fromRows, row, type CausalLM, type PromptEdit } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { capitalRequest, createTestLM, promptsFor } from '../test/capitals.js';
import { otherMind } from '../test/other-mind.js';
import { serac, type SeracOptions } from './serac.js';

const france = capitalRequest('France', 'Rome');
const peru = capitalRequest('Peru', 'Tokyo');
const lm = createTestLM();
/** The same words, another mind: what it answers is told apart by its logits. */
const { other, asked: askedOther } = otherMind(lm);
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

  describe('with a counterfactual model', () => {
    const counterfactual = other;
    const prompt = 'Listen. The capital of France is';

    it('hands what is in scope to that model, and the rest to the edited one', async () => {
      const edit = await learn(france, { counterfactual });
      expect(edit.counterfactual).toEqual({ id: 'other', sha256: other.info.sha256 });
      const steered = createSteeredLM(lm, [edit], { counterfactuals: [counterfactual] });
      const [inside, outside] = await steered.respond([prompt, 'The capital of Japan is']);
      const read = `${edit.prefix}${prompt}`;
      expect(inside).toMatchObject({ edit: edit.id, prompt: read, lm: counterfactual });
      expect(inside!.logits).toEqual(row(await other.project(await other.capture([read])), 0));
      expect(outside!.logits).toEqual(
        row(await lm.project(await lm.capture(['The capital of Japan is'])), 0),
      );
      expect(outside!.lm).toBeUndefined();
    });

    it('goes on with it where text is generated, one text or many', async () => {
      const edit = await learn(france, { counterfactual });
      const steered = createSteeredLM(lm, [edit], { counterfactuals: [counterfactual] });
      const read = async (stream: AsyncIterable<{ readonly text: string }>): Promise<string> => {
        let text = '';
        for await (const piece of stream) text += piece.text;
        return text;
      };
      const rest = { maxTokens: 2 };
      const alone = await read(steered.generate(prompt, rest));
      askedOther.length = 0;
      const [inside, outside] = steered.generateBatch([
        { ...rest, prompt },
        { ...rest, prompt: 'The capital of Japan is' },
      ]);
      expect(alone).toBe(' Rome.');
      expect([await read(inside!), await read(outside!)]).toEqual([alone, ' Tokyo.']);
      expect(askedOther).toEqual([`${edit.prefix}${prompt}`]);
    });

    it('says which model is wanted where it is not given, and refuses one of other tokens', async () => {
      const edit = await learn(france, { counterfactual });
      const error = await expectCode(() => createSteeredLM(lm, [edit]).respond([prompt]), 'invalid-option');
      expect(error.message).toMatch(/the model other .* among counterfactuals, got \[\]/);
      const tokens: CausalLM = { ...other, encode: (text) => [...other.encode(text), 0] };
      await expectCode(() => learn(france, { counterfactual: tokens }), 'invalid-option');
    });
  });

  describe('with one classifier for all edits', () => {
    const training = (['Italy', 'Japan', 'Kenya'] as const).map((subject) => {
      const request = capitalRequest(subject, 'Lima');
      return { request, prompts: promptsFor(request) };
    });

    it('trains it once on other edits, and learns an edit from its own prompt alone', async () => {
      let trained = 0;
      const method = serac({
        training: async () => {
          trained++;
          return training;
        },
      });
      const edits = [france, peru].map((request) =>
        method.learn(request, { lm, prompts: { ...promptsFor(request), negatives: [] } }),
      );
      const [first, second] = await Promise.all(edits);
      expect(trained).toBe(1);
      expect(first!.scope.kind).toBe('pair-classifier');
      expect(first!.scope.settings).toMatchObject({ edits: 3 });
      const [a, b] = [first!, second!].map(({ scope }) => scope.toTensors().tensors['direction']);
      expect(a).toEqual(b);
      const asked = ['Well, the capital of Peru is', 'Listen. The capital of France is'];
      const responses = await createSteeredLM(lm, [first!, second!]).respond(asked);
      expect(responses.map(({ edit }) => edit)).toEqual([second!.id, first!.id]);
    });

    it('is not to be had beside a scope of another kind', async () => {
      await expectCode(
        async () => serac({ training, scope: trainedClassifier({ layers: 1 }) }),
        'invalid-option',
      );
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
