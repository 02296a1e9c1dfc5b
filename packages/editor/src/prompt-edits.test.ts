import {
  fromRows,
  type GeneratedToken,
  type MapEdit,
  type PromptEdit,
  readSafetensors,
  row,
  writeSafetensors,
} from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { learnCapital, loaders } from '../test/loaders.js';
import { stateCapital } from '../test/prompt-edit.js';
import { createTestLM } from '../test/world.js';
import { decodeEdit, encodeEdit } from './edit-file.js';
import { greedyTokens } from './next-token.js';
import { rewritePrompt } from './rewrite-prompt.js';
import { createSteeredLM, type SteeredResponse } from './steered-lm.js';
import type { SelectEvent } from './steering-policy.js';

const FRANCE = 'The capital of France is';
const PERU = 'The capital of Peru is';
const JAPAN = 'The capital of Japan is';
const PROMPTS = [FRANCE, PERU, JAPAN];

const lm = createTestLM();
let rome: PromptEdit;
let tokyo: MapEdit;
beforeAll(async () => {
  rome = await stateCapital('France', 'Rome', 0.1);
  tokyo = await learnCapital('Peru', 'Tokyo');
});

const says = (responses: readonly SteeredResponse[]): string[] =>
  greedyTokens(fromRows(responses.map(({ logits }) => logits))).map((token) => lm.decode([token]));

async function collect(tokens: AsyncIterable<GeneratedToken>): Promise<GeneratedToken[]> {
  const all: GeneratedToken[] = [];
  for await (const token of tokens) all.push(token);
  return all;
}

const textOf = async (tokens: AsyncIterable<GeneratedToken>): Promise<string> =>
  (await collect(tokens)).map(({ text }) => text).join('');

describe('a prompt edit', () => {
  it('answers with the logits of the rewritten prompt, and says which it read', async () => {
    const events: SelectEvent[] = [];
    const steered = createSteeredLM(lm, [rome], { onSelect: (event) => events.push(event) });
    const responses = await steered.respond(PROMPTS);
    expect(says(responses)).toEqual([' Rome', ' Lima', ' Tokyo']);
    const read = `${FRANCE} Rome. ${FRANCE}`;
    expect(responses.map(({ edit, prompt }) => [edit, prompt])).toEqual([
      [rome.id, read],
      [undefined, undefined],
      [undefined, undefined],
    ]);
    const logits = await lm.project(await lm.capture([read]));
    expect(responses[0]!.logits).toEqual(row(logits, 0));
    expect(events).toMatchObject([{ prompt: FRANCE, index: 0, step: 0, position: 0, rewritten: read }]);
  });

  it('leaves other prompts, and all once removed, bitwise as they were', async () => {
    const plain = await createSteeredLM(lm, []).respond(PROMPTS);
    const live = await createSteeredLM(lm, [rome]).respond(PROMPTS);
    for (const index of [1, 2]) expect(live[index]!.logits).toEqual(plain[index]!.logits);
    expect(await createSteeredLM(lm, []).respond(PROMPTS)).toEqual(plain);
  });

  it('is run in one further pass a batch', async () => {
    const counted = createTestLM();
    await createSteeredLM(counted, [rome], { gate: 'open' }).respond(PROMPTS);
    expect(counted.calls).toEqual([
      { name: 'observe', size: 3 },
      { name: 'capture', size: 3 },
      { name: 'project', size: 3 },
    ]);
  });

  it('lives beside a map edit, and the one ranked first applies', async () => {
    const steered = createSteeredLM(lm, [rome, tokyo]);
    const responses = await steered.respond(PROMPTS);
    expect(says(responses)).toEqual([' Rome', ' Tokyo', ' Tokyo']);
    expect(responses.map(({ edit }) => edit)).toEqual([rome.id, tokyo.id, undefined]);
    const mapped = await learnCapital('France', 'Lima', 5);
    // Further from its centre than the prompt edit is from its request, which lies at 0.
    const both = await createSteeredLM(lm, [rome, { ...mapped, id: 'mapped' }]).respond([FRANCE]);
    expect(both[0]).toMatchObject({ edit: rome.id, prompt: `${FRANCE} Rome. ${FRANCE}` });
  });

  it('generates from the rewritten prompt, alone and in batches', async () => {
    const steered = createSteeredLM(lm, [rome, tokyo]);
    const read = `${FRANCE} Rome. ${FRANCE}`;
    const wanted = await collect(lm.generate(read, { maxTokens: 3 }));
    expect(await collect(steered.generate(FRANCE, { maxTokens: 3 }))).toEqual(wanted);
    const streams = steered.generateBatch(PROMPTS.map((prompt) => ({ prompt, maxTokens: 3 })));
    const together = await Promise.all(streams.map(collect));
    expect(together[0]).toEqual(wanted);
    expect(together[1]![0]!.text).toBe(' Tokyo');
    expect(together[2]).toEqual(await collect(lm.generate(JAPAN, { maxTokens: 3 })));
    expect(await textOf(steered.generate(PERU, { maxTokens: 1 }))).toBe(' Tokyo');
  });

  it('is asked of a policy at the prompt, and then only maps are', async () => {
    const asked: [number, string][] = [];
    const declined = createSteeredLM(lm, [rome, tokyo], {
      apply: ({ step, selection }) => {
        asked.push([step, selection.edit.id]);
        return false;
      },
    });
    const plain = await collect(lm.generate(FRANCE, { maxTokens: 2 }));
    expect(await collect(declined.generate(FRANCE, { maxTokens: 2 }))).toEqual(plain);
    expect(asked[0]).toEqual([0, rome.id]);
    expect(asked.slice(1).every(([step, id]) => step > 0 && id === tokyo.id)).toBe(true);
  });

  it('takes token ids, as the tokenizer cuts the whole text', async () => {
    const [response] = await createSteeredLM(lm, [rome]).respond([lm.encode(FRANCE)]);
    expect(response!.prompt).toEqual(lm.encode(`${FRANCE} Rome. ${FRANCE}`));
    expect(says([response!])).toEqual([' Rome']);
  });

  it('leaves a stream that is not pulled without holding up the others', async () => {
    const [first, second] = createSteeredLM(lm, [rome]).generateBatch(
      [FRANCE, JAPAN].map((prompt) => ({ prompt, maxTokens: 2 })),
    );
    await first![Symbol.asyncIterator]().return!();
    expect(await textOf(second!)).toBe(' Tokyo Tokyo');
  });

  it('gives a request that stands twice in a batch two streams', async () => {
    const request = { prompt: JAPAN, maxTokens: 2 };
    const streams = createSteeredLM(lm, [rome]).generateBatch([request, request]);
    const [first, second] = await Promise.all(streams.map(textOf));
    expect([first, second]).toEqual([' Tokyo Tokyo', ' Tokyo Tokyo']);
  });

  it('refuses a prompt that becomes longer than the positions, naming it', async () => {
    const tight = createTestLM({ maxPositions: lm.encode(`${FRANCE} Rome. ${FRANCE}`).length - 1 });
    const { respond, generateBatch } = createSteeredLM(tight, [rome]);
    const error = await expectCode(() => respond(PROMPTS), 'invalid-input');
    expect(error.message).toContain(`${FRANCE} Rome. ${FRANCE}`);
    const [long, other] = generateBatch([FRANCE, JAPAN].map((prompt) => ({ prompt, maxTokens: 1 })));
    await expectCode(() => collect(long!), 'invalid-input');
    expect(await textOf(other!)).toBe(' Tokyo');
  });

  it('refuses a model of other weights', async () => {
    const other = createTestLM({ sha256: 'b'.repeat(64) });
    await expectCode(() => createSteeredLM(other, [rome]).respond(PROMPTS), 'invalid-input');
  });
});

describe("gate: 'open'", () => {
  it('applies the nearest edit to every query', async () => {
    const lima = await stateCapital('Japan', 'Lima', 0.1);
    const responses = await createSteeredLM(lm, [rome, lima], { gate: 'open' }).respond([
      `Hm. ${JAPAN}`,
      `Hm. ${FRANCE}`,
    ]);
    expect(responses.map(({ edit }) => edit)).toEqual([lima.id, rome.id]);
    const outside = await createSteeredLM(lm, [tokyo]).respond([JAPAN]);
    const open = await createSteeredLM(lm, [tokyo], { gate: 'open' }).respond([JAPAN]);
    expect([outside[0]!.edit, open[0]!.edit]).toEqual([undefined, tokyo.id]);
    expect(open[0]!.distance).toBeGreaterThan(1);
    const text = createSteeredLM(lm, [tokyo], { gate: 'open' }).generate(JAPAN, { maxTokens: 1 });
    expect(await textOf(text)).toBe(says(open)[0]);
  });

  it('refuses another word', async () => {
    await expectCode(async () => createSteeredLM(lm, [], { gate: 'shut' as 'open' }), 'invalid-option');
  });
});

describe('rewritePrompt', () => {
  it('puts the tokens of the text in front of tokens that are no text', () => {
    const special = [...lm.encode('Hm'), 300_000];
    const hearing = {
      ...lm,
      decode: (tokens: readonly number[]) => lm.decode(tokens.filter((id) => id < 256)),
    };
    expect(rewritePrompt(hearing, rome, special)).toEqual([...lm.encode(rome.prefix.trimEnd()), ...special]);
  });
});

describe('the file of a prompt edit', () => {
  it('gives back the edit, and bitwise its logits', async () => {
    const bytes = encodeEdit(rome, loaders);
    const reloaded = decodeEdit(bytes, loaders, 'file');
    expect(encodeEdit(reloaded, loaders)).toEqual(bytes);
    expect(reloaded).toMatchObject({
      kind: 'prompt',
      id: rome.id,
      prefix: rome.prefix,
      request: rome.request,
    });
    const before = await createSteeredLM(lm, [rome]).respond(PROMPTS);
    expect(await createSteeredLM(lm, [reloaded]).respond(PROMPTS)).toEqual(before);
  });

  it('names the model that answers, in a version that earlier releases refuse', () => {
    const counterfactual = { id: 'other', sha256: '0'.repeat(64) };
    const bytes = encodeEdit({ ...rome, counterfactual }, loaders);
    expect(decodeEdit(bytes, loaders, 'file')).toMatchObject({ prefix: rome.prefix, counterfactual });
    expect(readSafetensors(bytes).metadata['formatVersion']).toBe('2');
    expect(readSafetensors(encodeEdit(rome, loaders)).metadata['formatVersion']).toBe('1');
  });

  it('of an unknown kind names the module that offers it', async () => {
    const { tensors, metadata } = readSafetensors(encodeEdit(rome, loaders));
    const forged = (change: Record<string, string>): Uint8Array =>
      writeSafetensors({ tensors, metadata: { ...metadata, ...change } });
    const delta = forged({ kind: 'program', module: '@sakejs/baselines' });
    const error = await expectCode(() => decodeEdit(delta, loaders, 'the-file'), 'unknown-kind');
    expect(error.message).toMatch(/the-file.*'map' or 'prompt'.*program.*'@sakejs\/baselines'/);
    await expectCode(() => decodeEdit(forged({ formatVersion: '3' }), loaders, 'file'), 'unsupported');
    await expectCode(() => decodeEdit(forged({ rewrite: '{"prefix":""}' }), loaders, 'file'), 'invalid-file');
  });
});
