import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { embeddedFacts, embeddedModelDirectory, embeddedRecordsFile } from './index.js';

interface RawRecord {
  readonly requested_rewrite: {
    readonly subject: string;
    readonly relation_id: string;
    readonly target_true: { readonly str: string };
    readonly target_new: { readonly str: string };
  };
  readonly paraphrase_prompts: readonly string[];
  readonly neighborhood_prompts: readonly string[];
}

const records = (split: 'dev' | 'test'): RawRecord[] =>
  JSON.parse(readFileSync(embeddedRecordsFile(split), 'utf8')) as RawRecord[];

describe('embeddedModelDirectory', () => {
  it.each([
    'config.json',
    'tokenizer.json',
    'tokenizer_config.json',
    'generation_config.json',
    'onnx/model.onnx',
    'training.json',
  ])('holds %s', (file) => {
    expect(existsSync(join(embeddedModelDirectory(), file))).toBe(true);
  });
});

describe('embeddedFacts', () => {
  it('names at least 500 facts over at least 10 relations, a tenth of the subjects kept out', () => {
    const facts = embeddedFacts();
    expect(facts.length).toBeGreaterThanOrEqual(500);
    expect(new Set(facts.map(({ relation }) => relation)).size).toBeGreaterThanOrEqual(10);
    const subjects = new Set(facts.map(({ subject }) => subject));
    const keptOut = new Set(facts.filter((fact) => fact.keptOut).map(({ subject }) => subject));
    expect(keptOut.size / subjects.size).toBeCloseTo(0.1, 2);
  });
});

describe('embeddedRecordsFile', () => {
  it.each(['dev', 'test'] as const)('edits facts of the model: %s', (split) => {
    const known = new Set(
      embeddedFacts().map(({ relation, subject, object }) => `${relation}|${subject}|${object}`),
    );
    const all = records(split);
    expect(all.length).toBeGreaterThanOrEqual(60);
    for (const {
      requested_rewrite: { relation_id, subject, target_true, target_new },
      ...record
    } of all) {
      expect(known).toContain(`${relation_id}|${subject}|${target_true.str}`);
      expect(target_new.str).not.toBe(target_true.str);
      expect(record.paraphrase_prompts).toHaveLength(2);
      expect(record.neighborhood_prompts.length).toBeGreaterThanOrEqual(5);
    }
  });

  it('keeps the splits apart, and every neighbour unedited', () => {
    const edited = [...records('dev'), ...records('test')].map((record) => record.requested_rewrite.subject);
    expect(new Set(edited).size).toBe(edited.length);
    const subjects = [...new Set(embeddedFacts().map(({ subject }) => subject))].sort(
      (a, b) => b.length - a.length,
    );
    const isEdited = new Set(edited);
    for (const prompt of [...records('dev'), ...records('test')].flatMap(
      (record) => record.neighborhood_prompts,
    )) {
      const subject = subjects.find((name) => prompt.includes(name));
      expect(subject !== undefined && isEdited.has(subject), prompt).toBe(false);
    }
  });
});

describe('NOTICE', () => {
  it('is the one of the repository', () => {
    const read = (path: string): string =>
      readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8');
    expect(read('../NOTICE')).toBe(read('../../../NOTICE'));
  });
});
