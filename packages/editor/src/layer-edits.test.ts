import { fromRows, type GeneratedToken, type LayerHookEdit, row, type WeightDeltaEdit } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { hookCapital, weighCapital } from '../test/layer-edits.js';
import { learnCapital, loaders } from '../test/loaders.js';
import { stateCapital } from '../test/prompt-edit.js';
import { createTestLM } from '../test/world.js';
import { decodeEdit, encodeEdit } from './edit-file.js';
import { greedyTokens } from './next-token.js';
import { createSteeredLM, type SteeredResponse } from './steered-lm.js';
import type { SelectEvent } from './steering-policy.js';
import { weightConflicts } from './weight-conflicts.js';

const FRANCE = 'The capital of France is';
const PERU = 'The capital of Peru is';
const JAPAN = 'The capital of Japan is';
const PROMPTS = [FRANCE, PERU, JAPAN];

const lm = createTestLM();
let hooked: LayerHookEdit;
let rome: WeightDeltaEdit;
let tokyo: WeightDeltaEdit;
beforeAll(async () => {
  hooked = await hookCapital('France', 'Rome');
  rome = await weighCapital('France', 'Rome', 1);
  tokyo = await weighCapital('Peru', 'Tokyo', 2);
});

const says = (responses: readonly SteeredResponse[]): string[] =>
  greedyTokens(fromRows(responses.map(({ logits }) => logits))).map((token) => lm.decode([token]));

const logitsOf = (responses: readonly SteeredResponse[]): Float32Array[] =>
  responses.map(({ logits }) => logits);

async function textOf(tokens: AsyncIterable<GeneratedToken>): Promise<string> {
  let text = '';
  for await (const token of tokens) text += token.text;
  return text;
}

describe('a layer hook', () => {
  it('answers in-scope prompts from their states with the hook, and leaves others bitwise', async () => {
    const plain = await createSteeredLM(lm, []).respond(PROMPTS);
    const events: SelectEvent[] = [];
    const responses = await createSteeredLM(lm, [hooked], {
      onSelect: (event) => events.push(event),
    }).respond(PROMPTS);
    expect(says(responses)).toEqual([' Rome', ' Lima', ' Tokyo']);
    expect(responses.map(({ edit }) => edit)).toEqual([hooked.id, undefined, undefined]);
    for (const index of [1, 2]) expect(responses[index]!.logits).toEqual(plain[index]!.logits);
    expect(events).toMatchObject([{ prompt: FRANCE, index: 0, step: 0, position: 0 }]);
    expect((await createSteeredLM(lm, []).respond(PROMPTS)).map(({ logits }) => logits)).toEqual(
      plain.map(({ logits }) => logits),
    );
  });

  it('puts its values in the place of a state', async () => {
    const edit = await hookCapital('France', 'Rome', { operation: 'replace' });
    const [response] = await createSteeredLM(lm, [edit]).respond([FRANCE]);
    const seen = await response!.lm!.capture([FRANCE], { layer: 1 });
    row(seen, 0).forEach((value, i) => expect(value).toBeCloseTo(edit.hook.values.data[i]!, 6));
  });

  it('goes on from the hooked prompt when text is generated, and so does the model of its answer', async () => {
    const steered = createSteeredLM(lm, [hooked]);
    const alone = await textOf(steered.generate(FRANCE, { maxTokens: 3 }));
    expect(alone).toMatch(/^ Rome/);
    const streams = steered.generateBatch(PROMPTS.map((prompt) => ({ prompt, maxTokens: 3 })));
    const plain = await Promise.all(PROMPTS.map((prompt) => textOf(lm.generate(prompt, { maxTokens: 3 }))));
    expect(await Promise.all(streams.map(textOf))).toEqual([alone, plain[1], plain[2]]);
    const [response] = await steered.respond([FRANCE]);
    const first = greedyTokens(fromRows([response!.logits]))[0]!;
    const rest = await textOf(response!.lm!.generate([...lm.encode(FRANCE), first], { maxTokens: 2 }));
    expect(lm.decode([first]) + rest).toBe(alone);
  });

  it('drops rows beyond the prompt, whichever end they are counted from', async () => {
    const { values } = hooked.hook;
    const long = fromRows(Array.from({ length: 99 }, () => values.data));
    for (const anchor of ['start', 'end'] as const) {
      const edit: LayerHookEdit = { ...hooked, hook: { ...hooked.hook, anchor, values: long } };
      const [response] = await createSteeredLM(lm, [edit]).respond([FRANCE]);
      const [before, after] = await Promise.all(
        [lm, response!.lm!].map((model) => model.observe([FRANCE], { layers: [1] })),
      );
      const change = after![0]!.layers
        .get(1)!
        .data.map((value, i) => value - before![0]!.layers.get(1)!.data[i]!);
      change.forEach((value, i) => expect(value).toBeCloseTo(values.data[i % values.cols]!, 5));
    }
  });

  it('ranks among map and prompt edits, and only the first applies', async () => {
    const wide = await stateCapital('France', 'Tokyo', Infinity);
    const map = await learnCapital('Peru', 'Rome');
    const steered = createSteeredLM(lm, [wide, map, hooked]);
    expect(says(await steered.respond(PROMPTS))).toEqual([' Rome', ' Rome', ' Tokyo']);
    const text = await textOf(steered.generate(FRANCE, { maxTokens: 1 }));
    expect(text).toBe(' Rome');
  });

  it('asks a policy at the prompt', async () => {
    const steered = createSteeredLM(lm, [hooked], { apply: () => false });
    expect(await textOf(steered.generate(FRANCE, { maxTokens: 1 }))).toBe(' Paris');
  });

  it('comes back from its file bitwise', async () => {
    const again = decodeEdit(encodeEdit(hooked, loaders), loaders, 'file') as LayerHookEdit;
    expect(again.hook).toEqual(hooked.hook);
    const [one, other] = await Promise.all(
      [hooked, again].map((edit) => createSteeredLM(lm, [edit]).respond(PROMPTS)),
    );
    expect(other!.map(({ logits }) => logits)).toEqual(one!.map(({ logits }) => logits));
  });
});

describe('a change of weights', () => {
  it('applies to all prompts, and to all that a model says', async () => {
    const responses = await createSteeredLM(lm, [rome]).respond(PROMPTS);
    expect(says(responses)).toEqual([' Rome', ' Lima', ' Tokyo']);
    for (const response of responses) {
      expect(response.edit).toBeUndefined();
      expect(response.weightEdits).toEqual([rome.id]);
    }
    const logits = await responses[1]!.lm!.project(await responses[1]!.lm!.capture([PERU]));
    expect(responses[1]!.logits).toEqual(row(logits, 0));
    expect(await textOf(createSteeredLM(lm, [rome]).generate(FRANCE, { maxTokens: 1 }))).toBe(' Rome');
  });

  it('adds up with others, and removal restores the logits bitwise', async () => {
    const plain = await createSteeredLM(lm, []).respond(PROMPTS);
    const alone = await createSteeredLM(lm, [tokyo]).respond(PROMPTS);
    expect(says(await createSteeredLM(lm, [rome, tokyo]).respond(PROMPTS))).toEqual([
      ' Rome',
      ' Tokyo',
      ' Tokyo',
    ]);
    expect(logitsOf(await createSteeredLM(lm, [tokyo]).respond(PROMPTS))).toEqual(logitsOf(alone));
    const again = await createSteeredLM(lm, []).respond(PROMPTS);
    expect(logitsOf(again)).toEqual(logitsOf(plain));
    expect(again[0]!.weightEdits).toBeUndefined();
  });

  it('lives beside edits with a scope, which see the changed states', async () => {
    const wide = await stateCapital('Peru', 'Nairobi', Infinity);
    const responses = await createSteeredLM(lm, [rome, wide]).respond([PERU]);
    expect(responses[0]).toMatchObject({ edit: wide.id, weightEdits: [rome.id] });
    const streams = createSteeredLM(lm, [rome, hooked]).generateBatch([{ prompt: PERU, maxTokens: 1 }]);
    expect(await Promise.all(streams.map(textOf))).toEqual([' Lima']);
  });

  it('tells what two of them do to each other', async () => {
    expect(weightConflicts([rome, tokyo])).toEqual([]);
    const other = await weighCapital('France', 'Nairobi', 3);
    const conflicts = weightConflicts([rome, tokyo, other]);
    expect(conflicts.map(({ kind, edit }) => [kind, edit])).toEqual([
      ['key', rome.id],
      ['key', other.id],
    ]);
    expect(conflicts[0]!.message).toContain(`got edit '${other.id}' that moves it by 0.84 of`);
    expect(createSteeredLM(lm, [rome, other]).warnings).toEqual(
      weightConflicts([rome, other]).map(({ message }) => message),
    );
  });

  it('tells when a part of a batch is gone', () => {
    const batch = { id: 'both', size: 2 };
    const [one, two] = [rome, tokyo].map((edit) => ({ ...edit, batch })) as [
      WeightDeltaEdit,
      WeightDeltaEdit,
    ];
    expect(weightConflicts([one, two])).toEqual([]);
    expect(weightConflicts([one])).toMatchObject([{ kind: 'batch', edit: one.id }]);
    expect(weightConflicts([one])[0]!.message).toContain('expected all 2 edits');
  });

  it('comes back from its file bitwise, batch, keys and dense deltas too', async () => {
    const { hiddenSize } = lm.info;
    const dense = { rows: hiddenSize, cols: hiddenSize, data: new Float32Array(hiddenSize ** 2).fill(0.01) };
    const edit: WeightDeltaEdit = {
      ...rome,
      deltas: [...rome.deltas, { layer: 0, dense }],
      batch: { id: 'batch', size: 1 },
    };
    const again = decodeEdit(encodeEdit(edit, loaders), loaders, 'file');
    expect(again).toEqual(edit);
    const [one, other] = await Promise.all(
      [edit, again].map((of) => createSteeredLM(lm, [of]).respond(PROMPTS)),
    );
    expect(other!.map(({ logits }) => logits)).toEqual(one!.map(({ logits }) => logits));
  });

  it('is refused by a model that gives no access to its blocks, and by one of another width', async () => {
    const { layers: _, ...closed } = lm;
    await expectCode(() => createSteeredLM(closed, [rome]).respond(PROMPTS), 'unsupported');
    await expectCode(() => createSteeredLM(closed, [hooked]).respond(PROMPTS), 'unsupported');
    const narrow = createTestLM({ hiddenSize: 16 });
    await expectCode(() => createSteeredLM(narrow, [rome]).respond(PROMPTS), 'shape-mismatch');
    await expectCode(() => createSteeredLM(narrow, [hooked]).respond(PROMPTS), 'shape-mismatch');
  });
});
