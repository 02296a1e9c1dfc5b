import { readFileSync } from 'node:fs';
import { createSteeredLM, weightConflicts } from '@sakejs/editor';
import { embeddedRecordsFile } from '@sakejs/embedded-model';
import { fillPrompt, type CausalLM, type EditRequest, type WeightDeltaEdit } from '@sakejs/spec';
import { describeEditMethod } from '@sakejs/spec/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../src/load-model.js';
import { createMethod } from '../src/methods.js';
import { embeddedFixture } from '../src/testing/embedded-fixture.js';

interface DevRecord {
  readonly requested_rewrite: {
    readonly subject: string;
    readonly prompt: string;
    readonly target_true: { readonly str: string };
    readonly target_new: { readonly str: string };
  };
}

const dev = JSON.parse(readFileSync(embeddedRecordsFile('dev'), 'utf8')) as DevRecord[];
const requests = dev.slice(0, 2).map(({ requested_rewrite: rewrite }): EditRequest => ({
  subject: rewrite.subject,
  prompt: rewrite.prompt,
  targetTrue: rewrite.target_true.str,
  targetNew: rewrite.target_new.str,
}));

// Weights have no gate: every prompt goes through the changed block.
describeEditMethod('ft on the embedded model', () => embeddedFixture((info) => createMethod('ft', info)), {
  gated: false,
});

describe('FT-L on the embedded model', () => {
  let lm: CausalLM;
  let edits: WeightDeltaEdit[];

  beforeAll(async () => {
    lm = await loadModel('embedded', { threads: 1 });
    const method = createMethod('ft', lm.info);
    edits = [];
    for (const request of requests)
      edits.push(
        (await method.learn(request, {
          lm,
          prompts: {
            request,
            prompts: [fillPrompt(request.prompt, request.subject)],
            positives: [],
            negatives: [],
            source: { kind: 'test' },
            dropped: {},
          },
        })) as WeightDeltaEdit,
      );
  }, 120_000);
  afterAll(() => lm[Symbol.asyncDispose]());

  it('keeps every entry within its bound while the loss falls', () => {
    for (const { deltas, provenance } of edits) {
      const { epsilon, nll, nllBefore } = provenance.settings as Record<string, number>;
      const [delta] = deltas;
      if (delta === undefined || !('dense' in delta)) throw new Error('expected a dense change');
      expect(delta.dense.data.every((x) => Math.abs(x) <= epsilon!)).toBe(true);
      expect(nll).toBeLessThan(nllBefore! / 2);
    }
  });

  it('makes the model say the new object, and is gone bitwise once removed', async () => {
    for (const [index, request] of requests.entries()) {
      const ask = fillPrompt(request.prompt, request.subject);
      const [before] = await createSteeredLM(lm, []).respond([ask]);
      let text = '';
      for await (const token of createSteeredLM(lm, [edits[index]!]).generate(ask, { maxTokens: 8 }))
        text += token.text;
      expect(text.trimStart().startsWith(request.targetNew)).toBe(true);
      const [after] = await createSteeredLM(lm, []).respond([ask]);
      expect(after!.logits).toEqual(before!.logits);
    }
  });

  it('says which edits disturb each other when one is learned twice over', () => {
    const [edit] = edits as [WeightDeltaEdit];
    const conflicts = weightConflicts([edit, { ...edit, id: 'again' }]);
    expect(conflicts.map(({ edit: id }) => id)).toEqual([edit.id, 'again']);
  });
});
