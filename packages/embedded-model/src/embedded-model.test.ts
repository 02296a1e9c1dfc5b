import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  embeddedAliases,
  embeddedCompositions,
  embeddedFacts,
  embeddedModelDirectory,
  embeddedPopularFile,
  embeddedRecordsFile,
} from './index.js';

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
  it('names at least 4,000 facts over at least 25 relations, a tenth of the subjects kept out', () => {
    const facts = embeddedFacts();
    expect(facts.length).toBeGreaterThanOrEqual(4000);
    expect(new Set(facts.map(({ relation }) => relation)).size).toBeGreaterThanOrEqual(25);
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
    expect(all.length).toBeGreaterThanOrEqual(250);
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

  it('keeps the splits apart, and every neighbour unedited', { timeout: 120_000 }, () => {
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

interface RawPopular {
  readonly edit: {
    readonly prompt: string;
    readonly relation: string;
    readonly subject_label: string;
    readonly target_label: string;
    readonly original_fact: { readonly target_label: string };
  };
  readonly [axis: string]: unknown;
}

const popular = (split: 'dev' | 'test'): RawPopular[] =>
  JSON.parse(readFileSync(embeddedPopularFile(split), 'utf8')) as RawPopular[];

describe('embeddedPopularFile', () => {
  it.each(['dev', 'test'] as const)('edits facts of the model, with 100 tests an axis: %s', (split) => {
    const known = new Set(
      embeddedFacts().map(({ relation, subject, object }) => `${relation}|${subject}|${object}`),
    );
    const all = popular(split);
    expect(all.length).toBeGreaterThanOrEqual(150);
    for (const { edit } of all) {
      expect(known).toContain(`${edit.relation}|${edit.subject_label}|${edit.original_fact.target_label}`);
      expect(edit.prompt.endsWith(` ${edit.target_label}.`)).toBe(true);
    }
    for (const axis of [
      'Compositionality_I',
      'Compositionality_II',
      'Subject_Aliasing',
      'Relation_Specificity',
    ])
      expect(all.flatMap((record) => record[axis] as unknown[]).length).toBeGreaterThanOrEqual(100);
  });

  it('edits each subject in one record of all suites', () => {
    const splits = ['dev', 'test'] as const;
    const edited = [
      ...splits.flatMap((split) => popular(split).map(({ edit }) => edit.subject_label)),
      ...splits.flatMap((split) => records(split).map((record) => record.requested_rewrite.subject)),
    ];
    expect(new Set(edited).size).toBe(edited.length);
  });
});

describe('embeddedCompositions', () => {
  it('chains facts of the model, some shown and some held out', () => {
    const known = new Set(
      embeddedFacts().map(({ relation, subject, object }) => `${relation}|${subject}|${object}`),
    );
    const all = embeddedCompositions();
    for (const { subject, firstRelation, bridge, secondRelation, object } of all) {
      expect(known).toContain(`${firstRelation}|${subject}|${bridge}`);
      expect(known).toContain(`${secondRelation}|${bridge}|${object}`);
    }
    expect(all.filter(({ shown }) => !shown).length).toBeGreaterThanOrEqual(100);
    expect(all.filter(({ shown }) => shown).length).toBeGreaterThanOrEqual(100);
  });
});

describe('embeddedAliases', () => {
  it('names subjects of the model, each alias one of them', () => {
    const subjects = new Set(embeddedFacts().map(({ subject }) => subject));
    const all = embeddedAliases();
    expect(all.length).toBeGreaterThanOrEqual(200);
    expect(all.filter(({ subject }) => !subjects.has(subject))).toEqual([]);
    expect(new Set(all.map(({ alias }) => alias)).size).toBe(all.length);
  });
});

describe('NOTICE', () => {
  it('is the one of the repository', () => {
    const read = (path: string): string =>
      readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8');
    expect(read('../NOTICE')).toBe(read('../../../NOTICE'));
  });
});
