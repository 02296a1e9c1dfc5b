import {
  type Edit,
  type GeneratedToken,
  type MapEdit,
  type Mapper,
  type MapperInput,
  readSafetensors,
} from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { centroid } from '../test/centroid.js';
import { loaders } from '../test/loaders.js';
import { meanShift } from '../test/mean-shift.js';
import { capitalRequest, createTestLM, promptsFor } from '../test/world.js';
import { decodeEdit, encodeEdit } from './edit-file.js';
import { learnEdit, type LearnOptions } from './learn-edit.js';
import { countLaterTokens } from './learn-later-maps.js';
import { createSteeredLM } from './steered-lm.js';
import type { SteeredLMOptions } from './steered-options.js';
import type { SelectEvent } from './steering-policy.js';

const request = capitalRequest('France', 'Sri Lanka');
const prompts = promptsFor(request);
const count = prompts.prompts.length;
const ASK = 'The capital of France is';
const lm = createTestLM();
const [sri, lanka] = lm.encode(' Sri Lanka') as [number, number];

const learn = (changes: Partial<LearnOptions> = {}): Promise<MapEdit> =>
  learnEdit(request, {
    lm: createTestLM(),
    prompts,
    mapper: meanShift,
    scope: centroid(),
    ...changes,
  });

async function say(edit: Edit, options: SteeredLMOptions = {}, maxTokens = 4): Promise<string> {
  let text = '';
  for await (const token of createSteeredLM(lm, [edit], options).generate(ASK, { maxTokens }))
    text += token.text;
  return text;
}

let paper: MapEdit;
let whole: MapEdit;
beforeAll(async () => {
  paper = await learn();
  whole = await learn({ laterTokens: 'all' });
});

describe('learnEdit with laterTokens', () => {
  it('learns no further map by default, nor for 0 or an object of one token', async () => {
    expect(paper).not.toHaveProperty('later');
    expect(await learn({ laterTokens: 0 })).not.toHaveProperty('later');
    const rome = capitalRequest('France', 'Rome');
    const edit = await learnEdit(rome, {
      lm,
      prompts: promptsFor(rome),
      mapper: meanShift,
      scope: centroid(),
      laterTokens: 'all',
    });
    expect(edit).not.toHaveProperty('later');
  });

  it('learns a map for each further token, behind the tokens before it', async () => {
    expect(whole.later).toMatchObject([{ after: [sri], map: { kind: meanShift.kind } }]);
    expect((await learn({ laterTokens: 1 })).later).toHaveLength(1);
    expect((await learn({ laterTokens: 9 })).later).toHaveLength(1);
    expect(whole.provenance.settings).toMatchObject({ laterObeying: [count] });
    expect(whole.map.toTensors()).toEqual(paper.map.toTensors());
  });

  it('takes sources and steering contexts behind the first tokens of the new object as rows', async () => {
    const inputs: MapperInput[] = [];
    const mapper: Mapper = { kind: 'recording', fit: (input) => meanShift.fit((inputs.push(input), input)) };
    await learn({ mapper, laterTokens: 1 });
    const forced = prompts.prompts.map((prompt) => `Repeat this sentence: '${prompt} Paris'. ${prompt}`);
    const contexts = prompts.prompts.map(
      (prompt) => `Do not mention 'Paris'. Repeat this sentence: '${prompt} Sri Lanka'. ${prompt}`,
    );
    const behind = (texts: readonly string[]): number[][] => texts.map((text) => [...lm.encode(text), sri]);
    expect(inputs).toHaveLength(2);
    const { source, target, sourceGroups, targetGroups, score } = inputs[1]!;
    expect(source.data).toEqual((await lm.capture(behind([...prompts.prompts, ...forced]))).data);
    expect(target.data).toEqual((await lm.capture(behind(contexts))).data);
    expect([sourceGroups, targetGroups]).toEqual([inputs[0]!.sourceGroups, inputs[0]!.targetGroups]);
    // The score is that of the second token.
    const logits = await lm.project(target);
    const greedy = logits.data.slice(0, logits.cols).reduce((a, b) => Math.max(a, b), -Infinity);
    expect(logits.data[lanka]).toBe(greedy);
    expect(await score!(target)).toBeGreaterThan(await score!(source));
  });

  it('refuses positions at which too few contexts go on with the object, and says which', async () => {
    let projections = 0;
    const stuck = createTestLM();
    const { project } = stuck;
    const changed = {
      ...stuck,
      project: async (hidden: Parameters<typeof project>[0]) => {
        const logits = await project(hidden);
        return projections++ === 0 ? logits : { ...logits, data: logits.data.map(() => 0) };
      },
    };
    const error = await expectCode(() => learn({ lm: changed, laterTokens: 'all' }), 'not-enough-data');
    expect(error.message).toContain('goes on with token 2 of "Sri Lanka", got 0 of 12');
    expect(error.message).toContain('`laterTokens: 0`');
    projections = 0;
    const all = await learn({ lm: changed, laterTokens: 'all', targets: 'all' });
    expect(all.provenance.settings).toMatchObject({ laterObeying: [0] });
  });

  it('refuses numbers that are none of tokens', async () => {
    for (const laterTokens of [-1, 0.5, 'some' as 'all'])
      await expectCode(() => learn({ laterTokens }), 'invalid-option');
    expect(countLaterTokens(lm, 'Sri Lanka', 'all', 'test')).toBe(1);
  });

  it('counts the object among the tokens that must fit the model', async () => {
    const longest = Math.max(
      ...prompts.prompts.map(
        (prompt) =>
          lm.encode(`Do not mention 'Paris'. Repeat this sentence: '${prompt} Sri Lanka'. ${prompt}`).length,
      ),
    );
    const tight = createTestLM({ maxPositions: longest });
    expect((await learn({ lm: tight })).map.dim).toBe(lm.info.hiddenSize);
    await expectCode(() => learn({ lm: tight, laterTokens: 'all' }), 'invalid-input');
  });
});

describe('an edit with maps of later tokens', () => {
  it("says the whole object, where the paper's goes on unassisted", async () => {
    expect(await say(paper)).toMatch(/^ Sri Paris/);
    expect(await say(whole)).toMatch(/^ Sri Lanka Kotte/);
  });

  it('tells which token of the object each map was for', async () => {
    const events: SelectEvent[] = [];
    await say(whole, { onSelect: (event) => events.push(event) });
    expect(events.map(({ step, position, selection }) => [step, position, selection.edit.id])).toEqual([
      [0, 0, whole.id],
      [1, 1, whole.id],
    ]);
  });

  it('leaves the object alone once something else was said', async () => {
    const other: Edit = { ...whole, map: { ...whole.map, apply: (activation) => activation } };
    const events: SelectEvent[] = [];
    expect(await say(other, { onSelect: (event) => events.push(event) })).toMatch(/^ Paris/);
    expect(events.map(({ step }) => step)).toEqual([0]);
  });

  it('goes on with its object before the gate is asked anew', async () => {
    const positions: number[] = [];
    await say(whole, { apply: 'every-step', onSelect: ({ position }) => positions.push(position) });
    expect(positions).toEqual([0, 1]);
  });

  it('asks no policy while it goes on', async () => {
    const asked: number[] = [];
    const text = await say(whole, { apply: ({ step }) => asked.push(step) === 1 });
    expect(text).toMatch(/^ Sri Lanka Kotte/);
    expect(asked).not.toContain(1);
  });

  it('says the same in a batch beside another', async () => {
    const steered = createSteeredLM(lm, [whole]);
    const prompts = [ASK, 'The capital of Peru is', `Hm. ${ASK}`];
    const collect = async (stream: AsyncIterable<GeneratedToken>): Promise<GeneratedToken[]> => {
      const tokens: GeneratedToken[] = [];
      for await (const token of stream) tokens.push(token);
      return tokens;
    };
    const requests = prompts.map((prompt) => ({ prompt, maxTokens: 3 }));
    const together = await Promise.all(steered.generateBatch(requests).map(collect));
    for (const [index, prompt] of prompts.entries())
      expect(together[index]).toEqual(await collect(steered.generate(prompt, { maxTokens: 3 })));
  });

  it('says the same after a trip through its file', async () => {
    const bytes = encodeEdit(whole, loaders);
    const reloaded = decodeEdit(bytes, loaders, 'file') as MapEdit;
    expect(reloaded.later!.map(({ after, map }) => [after, map.toTensors()])).toEqual(
      whole.later!.map(({ after, map }) => [after, map.toTensors()]),
    );
    expect(encodeEdit(reloaded, loaders)).toEqual(bytes);
    const said = async (edit: Edit): Promise<GeneratedToken[]> => {
      const tokens: GeneratedToken[] = [];
      for await (const token of createSteeredLM(lm, [edit]).generate(ASK, { maxTokens: 4 }))
        tokens.push(token);
      return tokens;
    };
    expect(await said(reloaded)).toEqual(await said(whole));
  });

  it('is of a format version of its own, and others stay as they were', () => {
    const { metadata, tensors } = readSafetensors(encodeEdit(whole, loaders));
    expect(metadata['formatVersion']).toBe('2');
    expect(Object.keys(tensors).sort()).toEqual(['later.0.shift', 'map.shift', 'scope.centre']);
    const plain = readSafetensors(encodeEdit(paper, loaders));
    expect(plain.metadata['formatVersion']).toBe('1');
    expect(plain.metadata).not.toHaveProperty('later');
  });

  it('is refused with a map of another width', async () => {
    const narrow = await meanShift.fit({ source: one(3), target: one(3) });
    const bytes = encodeEdit({ ...whole, later: [{ after: [sri], map: narrow }] }, loaders);
    const error = await expectCode(() => decodeEdit(bytes, loaders, 'the-file'), 'invalid-file');
    expect(error.message).toMatch(/the-file.*one width, got 32 and 3/);
  });
});

/** A row of that width. */
function one(cols: number): { rows: number; cols: number; data: Float64Array } {
  return { rows: 1, cols, data: new Float64Array(cols) };
}
