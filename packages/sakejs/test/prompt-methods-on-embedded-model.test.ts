import { readFileSync } from 'node:fs';
import { createSteeredLM, greedyTokens, type SteeredResponse } from '@sakejs/editor';
import { embeddedRecordsFile } from '@sakejs/embedded-model';
import { createTemplateSource } from '@sakejs/prompts';
import { fillPrompt, fromRows, row, type CausalLM, type Edit, type EditRequest } from '@sakejs/spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../src/load-model.js';
import { createMethod } from '../src/methods.js';

interface DevRecord {
  readonly requested_rewrite: {
    readonly subject: string;
    readonly prompt: string;
    readonly relation_id: string;
    readonly target_true: { readonly str: string };
    readonly target_new: { readonly str: string };
  };
  readonly paraphrase_prompts: readonly string[];
  readonly neighborhood_prompts: readonly string[];
}

const records = (JSON.parse(readFileSync(embeddedRecordsFile('dev'), 'utf8')) as DevRecord[]).slice(0, 5);
const requests = records.map(({ requested_rewrite: rewrite }): EditRequest => ({
  subject: rewrite.subject,
  prompt: rewrite.prompt,
  targetTrue: rewrite.target_true.str,
  targetNew: rewrite.target_new.str,
  relation: rewrite.relation_id,
}));
const asked = requests.map(({ prompt, subject }) => fillPrompt(prompt, subject));
const source = createTemplateSource();

let lm: CausalLM;
beforeAll(async () => {
  lm = await loadModel();
});
afterAll(() => lm[Symbol.asyncDispose]());

/** One edit a record, test prompts withheld as in a run. */
function learnAll(name: string): Promise<Edit[]> {
  return Promise.all(
    records.map(async ({ paraphrase_prompts, neighborhood_prompts }, index) => {
      const withhold = [...paraphrase_prompts, ...neighborhood_prompts];
      const prompts = await source.generate(requests[index]!, { count: 30, seed: 1, withhold });
      return createMethod(name, lm.info).learn(requests[index]!, { lm, prompts, seed: 1 });
    }),
  );
}

/** How many of the responses begin the new object of their record. */
function obeying(responses: readonly SteeredResponse[], record: (index: number) => number): number {
  const said = greedyTokens(fromRows(responses.map(({ logits }) => logits)));
  return said.filter((token, index) => token === lm.encode(` ${requests[record(index)]!.targetNew}`)[0])
    .length;
}

describe('ike on the embedded model', () => {
  let edits: readonly Edit[];
  beforeAll(async () => {
    edits = await learnAll('ike');
  }, 120_000);

  it('answers with the new object on the request prompts, all edits live', async () => {
    const responses = await createSteeredLM(lm, edits).respond(asked);
    expect(responses.map(({ edit }) => edit)).toEqual(edits.map(({ id }) => id));
    expect(obeying(responses, (index) => index)).toBeGreaterThanOrEqual(4);
  });

  it('shows copies, updates and retains of other subjects, none of them one that tests name', () => {
    for (const [index, edit] of edits.entries()) {
      const { prefix, provenance } = edit as Edit & { readonly prefix: string };
      expect(provenance.settings).toMatchObject({ demonstrationsWanted: 32, tokens: 256 });
      expect(lm.encode(prefix).length).toBeLessThanOrEqual(256);
      const demonstrations = prefix.split('\n\n').slice(0, -1);
      expect(demonstrations.length).toBe(provenance.settings!['demonstrations']);
      expect(demonstrations.length).toBeGreaterThan(3);
      const { subject, targetNew } = requests[index]!;
      for (const demonstration of demonstrations) {
        expect(demonstration).not.toContain(subject);
        expect(demonstration.split('\n')[0]!.endsWith(` ${targetNew}`)).toBe(false);
      }
      for (const test of records[index]!.neighborhood_prompts) expect(prefix).not.toContain(test);
    }
  });
});

describe('serac on the embedded model', () => {
  let edits: readonly Edit[];
  beforeAll(async () => {
    edits = await learnAll('serac');
  }, 120_000);

  it('holds requests and unseen paraphrases in scope, and answers them with the new object', async () => {
    const paraphrases = records.flatMap(({ paraphrase_prompts: prompts }) => prompts.slice(0, 2));
    const responses = await createSteeredLM(lm, edits).respond([...asked, ...paraphrases]);
    const record = (index: number): number => (index < 5 ? index : Math.floor((index - 5) / 2));
    const right = responses.filter(({ edit }, index) => edit === edits[record(index)]!.id).length;
    expect(right / responses.length).toBeGreaterThan(0.8);
    expect(obeying(responses, record) / responses.length).toBeGreaterThan(0.7);
  });

  it('leaves neighbours to the plain model: most, and those bitwise', async () => {
    const neighbours = records.flatMap(({ neighborhood_prompts: prompts }) => prompts);
    const responses = await createSteeredLM(lm, edits).respond(neighbours);
    const plain = await createSteeredLM(lm, []).respond(neighbours);
    const outside = [...responses.keys()].filter((index) => responses[index]!.edit === undefined);
    expect(outside.length / neighbours.length).toBeGreaterThan(0.85);
    for (const index of outside)
      expect(row(fromRows([responses[index]!.logits]), 0)).toEqual(row(fromRows([plain[index]!.logits]), 0));
  });
});
