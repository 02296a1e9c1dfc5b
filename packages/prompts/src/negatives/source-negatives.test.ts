import type { EditRequest, PromptGenerator } from '@sakejs/spec';
import { createRandom } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { createPromptCollector } from '../collect-prompts.js';
import { createTemplateSource } from '../template-source.js';
import { createWithholding } from '../withholding.js';
import { sourceNegatives } from './source-negatives.js';

const lima: EditRequest = {
  subject: 'Peru',
  prompt: 'The capital of {} is',
  targetTrue: 'Lima',
  targetNew: 'Oslo',
};
const shoes: EditRequest = {
  subject: 'Lars',
  prompt: 'The shoe size of {} is',
  targetTrue: 'nine',
  targetNew: 'ten',
};
const facts = [
  { relation: 'P36', subject: 'Peru', object: 'Lima' },
  { relation: 'P36', subject: 'Chile', object: 'Santiago' },
  { relation: 'P36', subject: 'Bolivia', object: 'Sucre' },
  { relation: 'P159', subject: 'Kewpee', object: 'Lima' },
  { relation: 'P159', subject: 'Huacho Works', object: 'Lima' },
];

async function negativesOf(
  request: EditRequest,
  generator: PromptGenerator | undefined,
  withhold: readonly string[] = [],
): ReturnType<typeof sourceNegatives> {
  const withholding = createWithholding(request, withhold);
  return sourceNegatives({
    request,
    prompts: [request.prompt.replace('{}', request.subject)],
    generator,
    options: { count: 30, seed: 1, withhold },
    withholding,
    collector: createPromptCollector(withholding, []),
    random: createRandom(1),
    perKind: 10,
  });
}

describe('sourceNegatives', () => {
  const template = createTemplateSource({ facts });

  it('asks the same of others, other things of the subject, and about others with its object', async () => {
    const { negatives, from } = await negativesOf(lima, template);
    expect(from).toBe('template');
    const about = (kind: string): Set<string | undefined> =>
      new Set(negatives.filter((each) => each.kind === kind).map(({ subject }) => subject));
    expect(about('other-subject')).toEqual(new Set(['Chile', 'Bolivia']));
    expect(about('other-relation')).toEqual(new Set(['Peru']));
    expect(about('same-object')).toEqual(new Set(['Kewpee', 'Huacho Works']));
    for (const { kind, text } of negatives)
      if (kind === 'other-subject') expect(text).toMatch(/Chile|Bolivia/);
  });

  it('asks the relation of others in the wordings of the prompts, not in the generator’s own', async () => {
    const withholding = createWithholding(lima, []);
    const { negatives } = await sourceNegatives({
      request: lima,
      prompts: ['The capital of Peru is', 'Whoever governs Peru sits in', 'Parliament of Peru meets in'],
      generator: createTemplateSource({ facts, questions: false, neutralShare: 0 }),
      options: { count: 30, seed: 1 },
      withholding,
      collector: createPromptCollector(withholding, []),
      random: createRandom(1),
      perKind: 10,
    });
    const others = negatives.filter(({ kind }) => kind === 'other-subject').map(({ text }) => text);
    const own = ['The capital of @ is', 'Whoever governs @ sits in', 'Parliament of @ meets in'];
    expect(new Set(others.map((text) => text.replace(/Chile|Bolivia/, '@')))).toEqual(new Set(own));
    const same = negatives.filter(({ kind, text }) => kind === 'topic-change' && /Chile|Bolivia/.test(text));
    expect(same.length).toBeGreaterThan(0);
    for (const { text } of same)
      expect(text).toMatch(/(capital of|Whoever governs|Parliament of) (Chile|Bolivia) \S+( \S+)?$/);
  });

  it('takes no subject of a test prompt', async () => {
    const { negatives } = await negativesOf(lima, template, [
      'The capital of Bolivia is',
      'Kewpee is based in',
    ]);
    expect(negatives.filter(({ text }) => /Bolivia|Kewpee/.test(text))).toEqual([]);
    expect(negatives.some(({ text }) => text.includes('Chile'))).toBe(true);
  });

  it('falls back to generic ones where the generator has no phrasings, or is none', async () => {
    for (const generator of [template, undefined]) {
      const { negatives, from } = await negativesOf(shoes, generator);
      expect(from).toBe('generic');
      expect([...new Set(negatives.map(({ kind }) => kind))].sort()).toEqual([
        'other-relation',
        'topic-change',
        'unrelated',
      ]);
    }
  });

  it('passes other errors on', async () => {
    await expectCode(() => negativesOf({ ...lima, targetNew: 'Lima' }, template), 'invalid-request');
  });
});
