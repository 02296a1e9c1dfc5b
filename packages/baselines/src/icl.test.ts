import { createSteeredLM, greedyTokens } from '@sakejs/editor';
import { fromRows, type PromptEdit } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { capitalRequest, createTestLM, promptsFor } from '../test/capitals.js';
import { icl } from './icl.js';
import { imagine } from './imagine.js';

const france = capitalRequest('France', 'Rome');
const peru = capitalRequest('Peru', 'Tokyo');
const lm = createTestLM();
const learn = (request: typeof france, method = icl()): Promise<PromptEdit> =>
  method.learn(request, { lm, prompts: promptsFor(request) });

describe('icl', () => {
  it('states the new fact in front of a prompt', async () => {
    const edit = await learn(france);
    const [response] = await createSteeredLM(lm, [edit]).respond(['The capital of France is']);
    expect(response!.prompt).toBe('New fact: The capital of France is Rome. The capital of France is');
    expect(lm.decode(greedyTokens(fromRows([response!.logits])))).toBe(' Rome');
  });

  it("states the nearest edit's fact, and one whatever is asked", async () => {
    const edits = [await learn(france), await learn(peru)];
    const asked = ['Well, the capital of Peru is', 'Once more, the capital of France is', 'It rained'];
    const responses = await createSteeredLM(lm, edits).respond(asked);
    expect(responses.slice(0, 2).map(({ edit }) => edit)).toEqual([edits[1]!.id, edits[0]!.id]);
    expect(responses[2]!.edit).toBeDefined();
  });

  it('runs the model over one text to learn', async () => {
    const counted = createTestLM();
    await icl().learn(france, { lm: counted, prompts: promptsFor(france) });
    expect(counted.calls).toEqual([{ name: 'observe', size: 1 }]);
  });

  it('takes a wording that holds the statement once', async () => {
    expect((await learn(france, icl({ wording: 'It is known: {statement}!\n' }))).prefix).toBe(
      'It is known: The capital of France is Rome!\n',
    );
    for (const wording of ['', 'New fact.', '{statement} {statement}'])
      await expectCode(async () => icl({ wording }), 'invalid-option');
  });

  it('refuses a fact that does not fit in front of its own prompt', async () => {
    const tight = createTestLM({ maxPositions: 10 });
    const error = await expectCode(
      () => icl().learn(france, { lm: tight, prompts: promptsFor(france) }),
      'invalid-input',
    );
    expect(error.message).toContain('New fact: The capital of France is Rome. The capital of France is');
  });
});

describe('imagine', () => {
  it('has words and a name of its own', async () => {
    const edit = await learn(france, imagine());
    expect(edit.prefix).toBe('Imagine that The capital of France is Rome. ');
    expect(edit.provenance.method).toBe('imagine');
  });
});
