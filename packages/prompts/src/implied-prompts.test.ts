import type { EditRequest, ImpliedPrompts } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import type { KnownFact } from './fact-index.js';
import { createTemplateSource } from './template-source.js';

const people = ['Ada Moss', 'Bo Lind', 'Cy Park', 'Di Rook', 'Ed Stone'];
const facts: KnownFact[] = [
  { relation: 'P27', subject: 'Lars Holm', object: 'Peru' },
  ...people.map((subject) => ({ relation: 'P27', subject, object: 'Peru' })),
  { relation: 'P27', subject: 'Fay Dunn', object: 'Chile' },
  { relation: 'P27', subject: 'Gus Hale', object: 'Bolivia' },
  { relation: 'P36', subject: 'Peru', object: 'Lima' },
  { relation: 'P36', subject: 'Chile', object: 'Santiago' },
  { relation: 'P36', subject: 'Bolivia', object: 'Sucre' },
  { relation: 'P38', subject: 'Peru', object: 'Sol' },
  { relation: 'P38', subject: 'Chile', object: 'Peso' },
  { relation: 'P106', subject: 'Ada Moss', object: 'painter' },
];
const citizen: EditRequest = {
  subject: 'Lars Holm',
  prompt: '{} is a citizen of',
  targetTrue: 'Peru',
  targetNew: 'Chile',
};
const lima: EditRequest = {
  subject: 'Peru',
  prompt: 'The capital of {} is',
  targetTrue: 'Lima',
  targetNew: 'Oslo',
};
const source = createTemplateSource({ facts });

async function impliedBy(
  request: EditRequest,
  withhold: readonly string[] = [],
): Promise<readonly ImpliedPrompts[]> {
  return (await source.generate(request, { count: 20, withhold })).implied ?? [];
}
const texts = ({ prompts, negatives }: ImpliedPrompts): string[] =>
  [...prompts, ...negatives].map(({ text }) => text);

describe('what a template source says follows from an edit', () => {
  it('asks other relations of the object, by way of the subject', async () => {
    const implied = await impliedBy(citizen);
    expect(implied.map(({ name, form }) => [name, form])).toEqual([
      ['P36', 'object-relation'],
      ['P38', 'object-relation'],
    ]);
    for (const { prompts, negatives } of implied) {
      expect(prompts).toHaveLength(16);
      for (const { text, kind, subject } of prompts) {
        expect(kind).toBe('implication');
        expect(text).toContain('Lars Holm');
        expect(text).not.toMatch(/Peru|Chile/);
        expect(subject).toBe('Lars Holm');
      }
      for (const { text, kind } of negatives) {
        expect(kind).toBe('other-subject');
        expect(text).not.toContain('Lars Holm');
      }
    }
  });

  it('asks the edited relation of its subject by the facts that lead there, each of them a wording', async () => {
    const implied = await impliedBy(lima);
    const described = implied.find(({ form }) => form === 'described-subject')!;
    for (const { text, subject, wording } of described.prompts) {
      expect(text).not.toMatch(/Peru|Lima/);
      expect(text).toContain(subject);
      expect(text).toContain(wording);
      expect(['Lars Holm', ...people]).toContain(wording);
    }
    const kinds = new Set(described.negatives.map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(['other-relation', 'unrelated', 'other-subject']));
    for (const { text, kind } of described.negatives)
      if (kind === 'other-subject') expect(text).toMatch(/Fay Dunn|Gus Hale/);
  });

  it('says nothing of subjects that fewer than three facts lead to, leaving out those that tests name', async () => {
    const named = people.slice(0, 4).map((name) => `The capital of the homeland of ${name} is`);
    expect((await impliedBy(lima, named)).map(({ form }) => form)).not.toContain('described-subject');
    const kept = (await impliedBy(lima, named.slice(0, 2))).find(({ form }) => form === 'described-subject')!;
    for (const text of texts(kept)) expect(text).not.toMatch(/Ada Moss|Bo Lind/);
  });

  it('uses no wording of a test', async () => {
    const tests = ['The currency of the country that Lars Holm is a citizen of is the'];
    for (const each of await impliedBy(citizen, tests))
      for (const text of texts(each)) expect(text).not.toMatch(/that Lars Holm is a citizen of is the$/);
  });

  it('is as many prompts as asked for, and nothing for none', async () => {
    const none = createTemplateSource({ facts, implications: 0 });
    expect(await none.generate(citizen, { count: 5 })).not.toHaveProperty('implied');
    const few = await createTemplateSource({ facts, implications: 3 }).generate(citizen, { count: 5 });
    expect(few.implied!.map(({ prompts }) => prompts.length)).toEqual([3, 3]);
  });
});

describe('short names', () => {
  it('stand in prompts of people, in their own wordings, where no other name holds the surname', async () => {
    const { positives } = await source.generate(citizen, { count: 20 });
    const named = positives.filter(({ kind }) => kind === 'paraphrase');
    expect(new Set(named.map(({ subject }) => subject))).toEqual(new Set(['Holm', 'L. Holm']));
    for (const { text, subject } of named) {
      expect(text).toContain(subject);
      expect(text).not.toContain('Lars');
    }
    const cousins = [...facts, { relation: 'P27', subject: 'Ida Holm', object: 'Chile' }];
    const shared = await createTemplateSource({ facts: cousins }).generate(citizen, { count: 20 });
    expect(shared.positives.filter(({ kind }) => kind === 'paraphrase')).toEqual([]);
    const places = await source.generate(lima, { count: 20 });
    expect(places.positives.filter(({ kind }) => kind === 'paraphrase')).toEqual([]);
  });
});
