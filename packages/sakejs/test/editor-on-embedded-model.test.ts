import { readFileSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createGraphSession, type GraphTensor } from '@sakejs/activations';
import { createSteeredLM, decodeEdit, encodeEdit } from '@sakejs/editor';
import { embeddedModelDirectory, embeddedRecordsFile } from '@sakejs/embedded-model';
import { createTemplateSource } from '@sakejs/prompts';
import {
  fillPrompt,
  fromRows,
  row,
  type CausalLM,
  type Edit,
  type EditRequest,
  type GeneratedToken,
  type PromptDistribution,
} from '@sakejs/spec';
import { describeEditMethod, expectClose } from '@sakejs/spec/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../src/load-model.js';
import { createMethod, methodNames } from '../src/methods.js';
import { editLoaders, openLibrary } from '../src/open-library.js';
import { temporaryFolder } from './temporary-folder.js';

interface DevRecord {
  readonly requested_rewrite: {
    readonly subject: string;
    readonly prompt: string;
    readonly relation_id: string;
    readonly target_true: { readonly str: string };
    readonly target_new: { readonly str: string };
  };
  readonly neighborhood_prompts: readonly string[];
}

/** Fewer gate prompts than by default, so that an edit takes a fraction of a second. */
const source = createTemplateSource({ doubts: 20, negativesPerKind: 12 });
const dev = JSON.parse(readFileSync(embeddedRecordsFile('dev'), 'utf8')) as DevRecord[];
const requests = dev.slice(0, 2).map(({ requested_rewrite: rewrite }): EditRequest => ({
  subject: rewrite.subject,
  prompt: rewrite.prompt,
  targetTrue: rewrite.target_true.str,
  targetNew: rewrite.target_new.str,
  relation: rewrite.relation_id,
}));
const [first, second] = requests as [EditRequest, EditRequest];
/** Questions about subjects that no edit is about. */
const neighbours = dev.slice(0, 2).flatMap(({ neighborhood_prompts: prompts }) => prompts.slice(0, 4));
const asked = requests.map(({ prompt, subject }) => fillPrompt(prompt, subject));
const promptsFor = (request: EditRequest): Promise<PromptDistribution> =>
  source.generate(request, { count: 24, seed: 1 });

/** They change weights, without a gate, and have test files of their own. */
const ofWeights = ['rome', 'memit', 'compmemit', 'ft'];
for (const name of methodNames.filter((each) => !ofWeights.includes(each)))
  describeEditMethod(
    `${name} on the embedded model`,
    async () => {
      const lm = await loadModel();
      const loaders = await editLoaders();
      return {
        lm,
        method: createMethod(name, lm.info),
        cases: [
          { request: first, prompts: await promptsFor(first) },
          { request: second, prompts: await promptsFor(second) },
        ],
        outside: 'It had rained all night, and the buckets were',
        respond: async (edits, prompts) => {
          const responses = await createSteeredLM(lm, edits).respond(prompts);
          return fromRows(responses.map(({ logits }) => logits));
        },
        reload: async (edit) => decodeEdit(encodeEdit(edit, loaders), loaders, 'reloaded'),
      };
    },
    { gated: !['icl', 'ike', 'imagine'].includes(name) },
  );

describe('edits of the embedded model', () => {
  let lm: CausalLM;
  let edits: readonly [Edit, Edit];
  /** Neighbours that both gates keep out. */
  let elsewhere: readonly string[];
  beforeAll(async () => {
    lm = await loadModel();
    const learn = async (request: EditRequest): Promise<Edit> =>
      createMethod('sake', lm.info).learn(request, { lm, prompts: await promptsFor(request) });
    edits = [await learn(first), await learn(second)];
    const responses = await createSteeredLM(lm, edits).respond(neighbours);
    elsewhere = neighbours.filter((_, index) => responses[index]!.edit === undefined);
  });
  afterAll(() => lm[Symbol.asyncDispose]());

  async function collect(tokens: AsyncIterable<GeneratedToken>): Promise<GeneratedToken[]> {
    const all: GeneratedToken[] = [];
    for await (const token of tokens) all.push(token);
    return all;
  }

  it('are in scope on their own prompts, and on few of their neighbours', async () => {
    const responses = await createSteeredLM(lm, edits).respond(asked);
    expect(responses.map(({ edit }) => edit)).toEqual(edits.map(({ id }) => id));
    expect(elsewhere.length / neighbours.length).toBeGreaterThan(0.7);
  });

  it('leave logits bitwise as without edits where none is in scope, and everywhere once removed', async () => {
    const prompts = [...asked, ...elsewhere];
    const library = await openLibrary(join(temporaryFolder(), 'edits'));
    const steered = createSteeredLM(lm, library);
    const before = await steered.respond(prompts);
    for (const edit of edits) await library.add(edit);
    const live = await steered.respond(prompts);
    elsewhere.forEach((_, index) => expect(live[2 + index]!.logits).toEqual(before[2 + index]!.logits));
    expect(live[0]!.logits).not.toEqual(before[0]!.logits);
    await library.remove(edits[0].id);
    const one = await steered.respond(prompts);
    expect(one[0]!.logits).toEqual(before[0]!.logits);
    expect(one[1]!.logits).toEqual(live[1]!.logits);
    await library.remove(edits[1].id);
    expect(await steered.respond(prompts)).toEqual(before);
  });

  it('leave logits within 1e-5 of the untouched graph where none is in scope', async () => {
    await using graph = await createGraphSession(join(embeddedModelDirectory(), 'onnx', 'model.onnx'));
    const live = await createSteeredLM(lm, edits).respond(elsewhere);
    for (const [index, prompt] of elsewhere.entries()) {
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
        if (name.startsWith('past_key_values'))
          feeds[name] = graph.tensor(new Float32Array(0), [1, Number(dims[1]), 0, Number(dims[3])]);
      const { logits } = await graph.run(feeds, ['logits']);
      const last = row(
        { rows: tokens.length, cols: lm.info.vocabularySize, data: logits!.data as Float32Array },
        tokens.length - 1,
      );
      expectClose(live[index]!.logits, last, 1e-5);
    }
  });

  it('stream the new object in scope and bitwise the plain continuation out of it', async () => {
    const steered = createSteeredLM(lm, edits);
    for (const [index, { targetNew }] of requests.entries()) {
      const tokens = await collect(steered.generate(asked[index]!, { maxTokens: 1 }));
      expect(targetNew.startsWith(tokens[0]!.text.trim())).toBe(true);
    }
    for (const prompt of elsewhere.slice(0, 2)) {
      const plain = await collect(lm.generate(prompt, { maxTokens: 6 }));
      expect(await collect(steered.generate(prompt, { maxTokens: 6 }))).toEqual(plain);
    }
  });

  it('are one file each, whose bytes no other edit changes', async () => {
    const folder = join(temporaryFolder(), 'edits');
    const library = await openLibrary(folder);
    await library.add(edits[0]);
    const file = join(folder, `${edits[0].id}.safetensors`);
    const bytes = await readFile(file);
    const { mtimeMs, ino } = await stat(file);
    await library.add(edits[1]);
    expect((await readdir(folder)).sort()).toEqual(edits.map(({ id }) => `${id}.safetensors`).sort());
    await library.remove(edits[1].id);
    expect(await readFile(file)).toEqual(bytes);
    expect(await stat(file)).toMatchObject({ mtimeMs, ino });
  });

  it('say in their provenance how many rows obeyed and what was chosen', () => {
    for (const edit of edits) {
      if (edit.kind !== 'map') expect.fail(`a map edit, got ${edit.kind}`);
      const { provenance, map, scope } = edit;
      expect(provenance.rows.obeying).toBeGreaterThanOrEqual(8);
      expect(provenance.rows).toMatchObject({ source: 48, target: provenance.rows.obeying });
      expect(provenance.settings).toMatchObject({ mapGroupedBy: 'wording', scopeGroupedBy: 'wording' });
      expect(map.settings).toMatchObject({ ridge: 10, targetRidge: 0.01 });
      expect(scope.settings).toMatchObject({ factors: 'who,what,now' });
    }
  });
});
