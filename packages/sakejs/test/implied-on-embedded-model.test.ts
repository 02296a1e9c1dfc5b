import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSteeredLM, greedyTokens } from '@sakejs/editor';
import { embeddedPopularFile } from '@sakejs/embedded-model';
import { createTemplateSource } from '@sakejs/prompts';
import { fromRows, type CausalLM, type EditRequest, type MapEdit } from '@sakejs/spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../src/load-model.js';
import { createMethod } from '../src/methods.js';
import { openLibrary } from '../src/open-library.js';

interface Test {
  readonly test_queries: readonly {
    readonly prompt: string;
    readonly answers: readonly { readonly value: string }[];
  }[];
}

interface PopularRecord {
  readonly edit: {
    readonly prompt: string;
    readonly relation: string;
    readonly subject_label: string;
    readonly target_label: string;
    readonly original_fact: { readonly target_label: string };
  };
  readonly Compositionality_I: readonly Test[];
  readonly Compositionality_II: readonly Test[];
}

const records = JSON.parse(readFileSync(embeddedPopularFile('dev'), 'utf8')) as PopularRecord[];
/** The first record whose edit changes what follows by its object, and the first that others lead to. */
const byObject = records.find(({ Compositionality_I: tests }) => tests.length > 0)!;
const byDescription = records.find(({ Compositionality_II: tests }) => tests.length > 0)!;

const requestOf = ({ edit }: PopularRecord): EditRequest => {
  const { subject_label: subject, target_label: targetNew } = edit;
  const said = edit.prompt.slice(0, edit.prompt.lastIndexOf(` ${targetNew}`));
  return {
    subject,
    prompt: said.replace(subject, '{}'),
    targetTrue: edit.original_fact.target_label,
    targetNew,
    relation: edit.relation,
  };
};

let lm: CausalLM;
beforeAll(async () => {
  lm = await loadModel();
});
afterAll(() => lm[Symbol.asyncDispose]());

async function learn(record: PopularRecord, implications = true): Promise<MapEdit> {
  const tests = [...record.Compositionality_I, ...record.Compositionality_II];
  const withhold = tests.flatMap(({ test_queries: queries }) => queries.map(({ prompt }) => prompt));
  const request = requestOf(record);
  const prompts = await createTemplateSource().generate(request, { count: 50, withhold });
  return (await createMethod('sake', lm.info, { implications }).learn(request, { lm, prompts })) as MapEdit;
}

/** Share of tests that are answered rightly. */
async function right(edit: MapEdit, tests: readonly Test[]): Promise<number> {
  const queries = tests.map(({ test_queries: [query] }) => query!);
  const responses = await createSteeredLM(lm, [edit]).respond(queries.map(({ prompt }) => prompt));
  const said = greedyTokens(fromRows(responses.map(({ logits }) => logits))).map((token) =>
    lm.decode([token]).trim(),
  );
  return said.filter((text, at) => queries[at]!.answers[0]!.value.startsWith(text)).length / queries.length;
}

describe('what follows from an edit of the embedded model', () => {
  it.each([
    ['other relations of its object', byObject, 'Compositionality_I'],
    ['its relation of a described subject', byDescription, 'Compositionality_II'],
  ] as const)('is answered once it is learned: %s', async (_, record, axis) => {
    const tests = record[axis];
    expect(await right(await learn(record, false), tests)).toBeLessThan(0.5);
    expect(await right(await learn(record), tests)).toBeGreaterThan(0.8);
  });

  it('is stored with the edit, and leaves with it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'implied-'));
    try {
      const edit = await learn(byObject);
      expect(edit.implied!.length).toBeGreaterThan(1);
      const prompts = byObject.Compositionality_I.map(({ test_queries: [query] }) => query!.prompt);
      const plain = await createSteeredLM(lm, []).respond(prompts);
      const steered = await createSteeredLM(lm, [edit]).respond(prompts);
      const library = await openLibrary(folder);
      await library.add(edit);
      const again = await createSteeredLM(lm, (await openLibrary(folder)).list()).respond(prompts);
      expect(again.map(({ logits }) => logits)).toEqual(steered.map(({ logits }) => logits));
      await library.remove(edit.id);
      const removed = await createSteeredLM(lm, (await openLibrary(folder)).list()).respond(prompts);
      expect(removed.map(({ logits }) => logits)).toEqual(plain.map(({ logits }) => logits));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
