import {
  type Edit,
  fromRows,
  type GeneratedToken,
  type MapEdit,
  row,
  type TransportMap,
  type Vector,
} from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { centroid, centroidScope } from '../test/centroid.js';
import { learnCapital } from '../test/loaders.js';
import { meanShift } from '../test/mean-shift.js';
import { capitalRequest, createTestLM, promptsFor } from '../test/world.js';
import { createEditLibrary } from './edit-library.js';
import { learnEdit } from './learn-edit.js';
import { greedyTokens } from './next-token.js';
import { createSteeredLM, type SteeredResponse } from './steered-lm.js';
import type { PolicyEvent, SelectEvent } from './steering-policy.js';

const PROMPTS = [
  'The capital of France is',
  'Hm. The capital of France is',
  'The capital of Peru is',
  'The capital of Japan is',
];
let france: MapEdit;
let peru: MapEdit;
beforeAll(async () => {
  france = await learnCapital('France', 'Rome', 1);
  peru = await learnCapital('Peru', 'Tokyo', 2);
});

const lm = createTestLM();

function says(responses: readonly SteeredResponse[]): string[] {
  return greedyTokens(fromRows(responses.map(({ logits }) => logits))).map((token) => lm.decode([token]));
}

async function collect(tokens: AsyncIterable<GeneratedToken>): Promise<GeneratedToken[]> {
  const all: GeneratedToken[] = [];
  for await (const token of tokens) all.push(token);
  return all;
}

const textOf = async (tokens: AsyncIterable<GeneratedToken>): Promise<string> =>
  (await collect(tokens)).map(({ text }) => text).join('');

const mapOf = (apply: (activation: Vector) => Vector): TransportMap => ({
  ...france.map,
  apply: <V extends Vector>(activation: V): V => apply(activation) as V,
});

describe('createSteeredLM', () => {
  describe('respond', () => {
    it('says the new object in scope and the old one elsewhere', async () => {
      const responses = await createSteeredLM(lm, [france, peru]).respond(PROMPTS);
      expect(says(responses)).toEqual([' Rome', ' Rome', ' Tokyo', ' Tokyo']);
      expect(responses.map(({ edit }) => edit)).toEqual([france.id, france.id, peru.id, undefined]);
    });

    it('is bitwise the plain model without edits', async () => {
      const responses = await createSteeredLM(lm, []).respond(PROMPTS);
      const logits = await lm.project(await lm.capture(PROMPTS));
      responses.forEach((response, index) => expect(response).toEqual({ logits: row(logits, index) }));
    });

    it('is bitwise the plain model out of scope', async () => {
      const plain = await createSteeredLM(lm, []).respond(PROMPTS);
      const steered = await createSteeredLM(lm, [france, peru]).respond(PROMPTS);
      expect(steered[3]!.logits).toEqual(plain[3]!.logits);
      expect(steered[0]!.logits).not.toEqual(plain[0]!.logits);
    });

    it('reports the smallest distance for its threshold, in scope or not', async () => {
      const responses = await createSteeredLM(lm, [france, peru]).respond(PROMPTS);
      expect(responses[0]!.distance).toBeLessThanOrEqual(1);
      expect(responses[3]!.distance).toBeGreaterThan(1);
    });

    it('gives in batches what it gives at once', async () => {
      const whole = await createSteeredLM(lm, [france]).respond(PROMPTS);
      expect(await createSteeredLM(lm, [france], { batchSize: 3 }).respond(PROMPTS)).toEqual(whole);
    });

    it('takes token ids', async () => {
      const steered = createSteeredLM(lm, [france]);
      const tokens = PROMPTS.map((prompt) => lm.encode(prompt));
      expect(await steered.respond(tokens)).toEqual(await steered.respond(PROMPTS));
    });

    it('answers no prompts with no responses', async () => {
      expect(await createSteeredLM(lm, [france]).respond([])).toEqual([]);
    });

    it('stops when its signal fires', async () => {
      const { respond } = createSteeredLM(lm, [france]);
      await expectCode(() => respond(PROMPTS, { signal: AbortSignal.abort() }), 'aborted');
    });

    it('runs model and head once a batch', async () => {
      const counted = createTestLM();
      await createSteeredLM(counted, [france, peru]).respond(PROMPTS);
      expect(counted.calls).toEqual([
        { name: 'observe', size: 4 },
        { name: 'project', size: 4 },
      ]);
    });
  });

  describe('generate', () => {
    it('streams the new object', async () => {
      const steered = createSteeredLM(lm, [france]);
      const tokens = await collect(steered.generate(PROMPTS[0]!, { maxTokens: 1 }));
      expect(tokens).toMatchObject([{ text: ' Rome', step: 0 }]);
    });

    it('is bitwise the plain stream without edits and out of scope', async () => {
      const plain = await collect(lm.generate(PROMPTS[3]!, { maxTokens: 4 }));
      expect(await collect(createSteeredLM(lm, []).generate(PROMPTS[3]!, { maxTokens: 4 }))).toEqual(plain);
      expect(await collect(createSteeredLM(lm, [france]).generate(PROMPTS[3]!, { maxTokens: 4 }))).toEqual(
        plain,
      );
    });

    it('steers the token after the prompt only, by default', async () => {
      const events: SelectEvent[] = [];
      const steered = createSteeredLM(lm, [france], { onSelect: (event) => events.push(event) });
      expect(await textOf(steered.generate(PROMPTS[0]!, { maxTokens: 3 }))).toBe(' Rome Paris Paris');
      expect(events.map(({ step, prompt, selection }) => [step, prompt, selection.edit.id])).toEqual([
        [0, PROMPTS[0], france.id],
      ]);
    });

    it("matches every step anew with apply: 'every-step'", async () => {
      const steps: number[] = [];
      const steered = createSteeredLM(lm, [france], {
        apply: 'every-step',
        onSelect: ({ step }) => steps.push(step),
      });
      expect(await textOf(steered.generate(PROMPTS[0]!, { maxTokens: 3 }))).toBe(' Rome Rome Rome');
      expect(steps).toEqual([0, 1, 2]);
    });

    it('asks a policy where an edit is in scope, with what it needs to decide', async () => {
      const asked: PolicyEvent[] = [];
      const steered = createSteeredLM(lm, [france], {
        apply: (event) => {
          asked.push(event);
          return event.step !== 1;
        },
      });
      expect(await textOf(steered.generate(PROMPTS[0]!, { maxTokens: 3 }))).toBe(' Rome Paris Rome');
      expect(asked.map(({ step, index, prompt, steered: before }) => [step, index, prompt, before])).toEqual([
        [0, 0, PROMPTS[0], []],
        [1, 0, PROMPTS[0], [0]],
        [2, 0, PROMPTS[0], [0]],
      ]);
      expect(asked.map(({ selection }) => selection.edit.id)).toEqual([france.id, france.id, france.id]);
      expect(lm.decode(asked[2]!.tokens)).toBe(`${PROMPTS[0]} Rome Paris`);
    });

    it('asks no policy out of scope', async () => {
      const apply = (): never => expect.fail('asked');
      const steered = createSteeredLM(lm, [france], { apply });
      expect(await textOf(steered.generate(PROMPTS[3]!, { maxTokens: 2 }))).toBe(' Tokyo Tokyo');
    });

    it('has policies for what its names do', async () => {
      const said = (apply: 'prompt' | 'every-step' | ((event: PolicyEvent) => boolean)): Promise<string> =>
        textOf(createSteeredLM(lm, [france], { apply }).generate(PROMPTS[0]!, { maxTokens: 3 }));
      expect(await said(({ step }) => step === 0)).toBe(await said('prompt'));
      expect(await said(() => true)).toBe(await said('every-step'));
      expect(await said(({ steered }) => steered.length === 0)).toBe(await said('prompt'));
    });

    it('waits for a policy that takes its time, and is the plain stream where it declines', async () => {
      const declining = createSteeredLM(lm, [france], { apply: async () => false });
      const plain = await collect(lm.generate(PROMPTS[0]!, { maxTokens: 3 }));
      expect(await collect(declining.generate(PROMPTS[0]!, { maxTokens: 3 }))).toEqual(plain);
    });

    it('agrees with respond on the first token', async () => {
      const steered = createSteeredLM(lm, [france, peru]);
      const answers = says(await steered.respond(PROMPTS));
      for (const [index, prompt] of PROMPTS.entries())
        expect(await textOf(steered.generate(prompt, { maxTokens: 1 }))).toBe(answers[index]);
    });

    it('passes options on', async () => {
      const steered = createSteeredLM(lm, [france]);
      expect(await textOf(steered.generate(PROMPTS[0]!, { stop: [' Paris'] }))).toBe(' Rome');
      await expectCode(
        () => collect(steered.generate(PROMPTS[0]!, { signal: AbortSignal.abort() })),
        'aborted',
      );
    });
  });

  describe('generateBatch', () => {
    const requests = PROMPTS.map((prompt, index) => ({ prompt, maxTokens: 1 + index }));

    it('gives each text what generate gives it, and tells which edit was chosen where', async () => {
      const events: SelectEvent[] = [];
      const steered = createSteeredLM(lm, [france, peru], { onSelect: (event) => events.push(event) });
      const together = await Promise.all(steered.generateBatch(requests).map(collect));
      expect(events.map(({ index, step, selection }) => [index, step, selection.edit.id]).sort()).toEqual([
        [0, 0, france.id],
        [1, 0, france.id],
        [2, 0, peru.id],
      ]);
      for (const [index, { prompt, maxTokens }] of requests.entries())
        expect(together[index]).toEqual(await collect(steered.generate(prompt, { maxTokens })));
    });

    it('is the plain batch without edits', async () => {
      const plain = await Promise.all(lm.generateBatch(requests).map(collect));
      expect(await Promise.all(createSteeredLM(lm, []).generateBatch(requests).map(collect))).toEqual(plain);
    });

    it('steers with the edits that are live when it is called', async () => {
      const library = createEditLibrary([france]);
      const [stream] = createSteeredLM(lm, library).generateBatch(requests);
      await library.remove(france.id);
      expect(await textOf(stream!)).toBe(' Rome');
    });

    it('refuses edits of other models at once', async () => {
      const other = createTestLM({ sha256: 'b'.repeat(64) });
      await expectCode(() => createSteeredLM(other, [france]).generateBatch(requests), 'invalid-input');
    });

    it('ends when its signal fires', async () => {
      const [stream] = createSteeredLM(lm, [france]).generateBatch(requests, { signal: AbortSignal.abort() });
      await expectCode(() => collect(stream!), 'aborted');
    });
  });

  describe('edits', () => {
    it('sees what is added to and removed from its library at once', async () => {
      const library = createEditLibrary();
      const steered = createSteeredLM(lm, library);
      const plain = await steered.respond(PROMPTS);
      await library.add(france);
      expect(says(await steered.respond(PROMPTS))[0]).toBe(' Rome');
      await library.remove(france.id);
      expect(await steered.respond(PROMPTS)).toEqual(plain);
      expect(await textOf(steered.generate(PROMPTS[0]!, { maxTokens: 1 }))).toBe(' Paris');
    });

    it('collects the layers that live edits look at, and no others', async () => {
      const request = capitalRequest('France', 'Rome');
      const learn = (space: number): Promise<Edit> =>
        learnEdit(request, {
          lm,
          prompts: promptsFor(request),
          mapper: meanShift,
          scope: centroid({ space }),
        });
      const library = createEditLibrary([
        { ...(await learn(1)), id: 'on-1' },
        { ...(await learn(0)), id: 'on-0' },
        france,
      ]);
      const steered = createSteeredLM(lm, library);
      const layers = async (): Promise<number[]> => [
        ...(await steered.observe([PROMPTS[0]!]))[0]!.layers.keys(),
      ];
      expect(await layers()).toEqual([0, 1]);
      await library.remove('on-0');
      expect(await layers()).toEqual([1]);
      await library.remove('on-1');
      expect(await layers()).toEqual([]);
      const onLayer = createSteeredLM(lm, [await learn(1)], { apply: 'every-step' });
      expect(await textOf(onLayer.generate(PROMPTS[0]!, { maxTokens: 1 }))).toBe(' Rome');
    });

    it('shows every candidate and selects the first in scope', async () => {
      const steered = createSteeredLM(lm, [france, peru]);
      const [inside, , , outside] = await steered.observe(PROMPTS);
      expect(steered.candidates(inside!).map(({ edit, inScope }) => [edit.id, inScope])).toEqual([
        [france.id, true],
        [peru.id, false],
      ]);
      expect(steered.select(inside!)).toMatchObject({ edit: france, threshold: france.scope.threshold });
      expect(steered.select(outside!)).toBeUndefined();
    });

    it('gives ties to the newest', async () => {
      const request = capitalRequest('France', 'Lima');
      const newer = await learnCapital('France', 'Lima', 3);
      const same = { ...newer, scope: france.scope };
      const [response] = await createSteeredLM(lm, [france, same]).respond([PROMPTS[0]!]);
      expect(request.targetNew).toBe('Lima');
      expect(response!.edit).toBe(same.id);
    });
  });

  describe('models', () => {
    it('refuses an edit of another width', async () => {
      const narrow = createTestLM({ hiddenSize: 16 });
      const error = await expectCode(
        () => createSteeredLM(narrow, [france]).respond(PROMPTS),
        'shape-mismatch',
      );
      expect(error.message).toContain(france.id);
      await expectCode(
        () => collect(createSteeredLM(narrow, [france], { otherModels: 'allow' }).generate(PROMPTS[0]!)),
        'shape-mismatch',
      );
    });

    it('refuses an edit of other weights, or warns where that is allowed', async () => {
      const other = createTestLM({ sha256: 'b'.repeat(64) });
      await expectCode(() => createSteeredLM(other, [france]).respond(PROMPTS), 'invalid-input');
      const allowed = createSteeredLM(other, [france], { otherModels: 'allow' });
      expect(says(await allowed.respond(PROMPTS))[0]).toBe(' Rome');
      expect(allowed.warnings).toHaveLength(1);
      expect(allowed.warnings[0]).toContain('b'.repeat(64));
      expect(createSteeredLM(lm, [france]).warnings).toEqual([]);
    });
  });

  describe('embeddings', () => {
    const embedder = {
      kind: 'mentions',
      embed: async (texts: readonly string[]) =>
        fromRows(texts.map((text) => [text.includes('France') ? 1 : 0])),
    };
    const byMeaning = (): Edit => ({ ...france, scope: centroidScope(Float64Array.of(1), 0.5, 'embedding') });

    it('matches on the sentence embedding of prompts', async () => {
      const steered = createSteeredLM(lm, [byMeaning()], { embedder });
      const edits = (await steered.respond(PROMPTS)).map(({ edit }) => edit);
      expect(edits).toEqual([france.id, france.id, undefined, undefined]);
      expect((await steered.respond([lm.encode(PROMPTS[0]!)]))[0]!.edit).toBe(france.id);
    });

    it('embeds the text so far while generating', async () => {
      const texts: string[] = [];
      const recording = {
        ...embedder,
        embed: (batch: readonly string[]) => {
          texts.push(...batch);
          return embedder.embed(batch);
        },
      };
      const steered = createSteeredLM(lm, [byMeaning()], { embedder: recording, apply: 'every-step' });
      await collect(steered.generate(PROMPTS[0]!, { maxTokens: 2 }));
      expect(texts).toEqual([PROMPTS[0], `${PROMPTS[0]} Rome`]);
    });

    it('names the missing embedder', async () => {
      await expectCode(() => createSteeredLM(lm, [byMeaning()]).respond(PROMPTS), 'invalid-option');
    });
  });

  it('refuses what a map makes of an activation when it is not finite or of another width', async () => {
    const broken = { ...france, map: mapOf((activation) => activation.map(() => NaN)) };
    const short = { ...france, map: mapOf((activation) => activation.slice(1)) };
    for (const edit of [broken, short]) {
      await expectCode(() => createSteeredLM(lm, [edit]).respond(PROMPTS), 'numerical');
      await expectCode(() => collect(createSteeredLM(lm, [edit]).generate(PROMPTS[0]!)), 'numerical');
    }
  });

  it('refuses options it does not know', async () => {
    for (const options of [{ apply: 'never' as 'prompt' }, { otherModels: 'x' as 'allow' }, { batchSize: 0 }])
      await expectCode(() => createSteeredLM(lm, [], options), 'invalid-option');
  });
});
