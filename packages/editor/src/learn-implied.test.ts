import type { ImpliedPrompts, MapEdit, Mapper, MapperInput, ScopeDetector, ScopeInput } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { centroid } from '../test/centroid.js';
import { meanShift } from '../test/mean-shift.js';
import { capitalRequest, createTestLM, facts, promptsFor } from '../test/world.js';
import { learnEdit, type LearnOptions } from './learn-edit.js';
import { greedyTokens } from './next-token.js';

const request = capitalRequest('France', 'Rome');
const distribution = promptsFor(request);
const openings = ['', 'Well, ', 'So, ', 'Now, ', 'She said: ', 'Then: ', 'We ask: ', 'Once more, ', 'Here: '];

/** The capital asked of a description: nothing in it names France. */
const described: ImpliedPrompts = {
  name: 'capital described',
  form: 'described-subject',
  prompts: openings.map((opening) => ({
    text: `${opening}The capital of the land of Gaul is`,
    kind: 'implication',
  })),
  negatives: [{ text: 'The capital of the land of the Incas is', kind: 'other-subject' }],
};
/** Another relation of the object; the toy answers all of them alike. */
const river: ImpliedPrompts = {
  name: 'river',
  form: 'object-relation',
  prompts: openings.map((opening) => ({
    text: `${opening}The river of the capital of France is`,
    kind: 'implication',
    subject: 'France',
  })),
  negatives: [],
};
/** Questions whose answers have nothing to do with each other. */
const mixed: ImpliedPrompts = {
  name: 'mixed',
  form: 'object-relation',
  prompts: facts.flatMap(({ subject }) =>
    ['', 'Well, '].map((opening) => ({
      text: `${opening}The capital of ${subject} is`,
      kind: 'implication' as const,
      subject,
    })),
  ),
  negatives: [],
};

interface Learned {
  readonly edit: MapEdit;
  readonly maps: readonly MapperInput[];
  readonly own: ScopeInput;
  readonly implied: readonly ScopeInput[];
}

/** A centroid of implications, which the test centroid does not count among paraphrases. */
function impliedCentroid(into: ScopeInput[]): ScopeDetector {
  const inner = centroid();
  return {
    ...inner,
    fit: (input) => {
      into.push(input);
      const asked = input.positives.map((query) => ({ ...query, kind: 'paraphrase' as const }));
      return inner.fit({ ...input, positives: asked });
    },
  };
}

async function learn(
  implied: readonly ImpliedPrompts[],
  changes: Partial<LearnOptions> = {},
): Promise<Learned> {
  const maps: MapperInput[] = [];
  const mapper: Mapper = { kind: 'recording', fit: (input) => meanShift.fit((maps.push(input), input)) };
  const [own, others]: ScopeInput[][] = [[], []];
  const edit = await learnEdit(request, {
    lm: createTestLM(),
    prompts: { ...distribution, implied },
    mapper,
    scope: impliedCentroid(own!),
    implied: {
      'object-relation': impliedCentroid(others!),
      'described-subject': impliedCentroid(others!),
    },
    ...changes,
  });
  return { edit, maps, own: own![0]!, implied: others! };
}

describe('what follows from an edit', () => {
  it('maps a described subject to the target rows of the edit', async () => {
    const { edit, maps, implied } = await learn([described]);
    expect(edit.implied?.map(({ name }) => name)).toEqual(['capital described']);
    const lm = createTestLM();
    const [own, other] = maps;
    expect(other!.source.data).toEqual((await lm.capture(described.prompts.map(({ text }) => text))).data);
    expect(other!.target).toEqual(own!.target);
    expect(implied[0]!.positives).toHaveLength(openings.length);
    expect(implied[0]!.negatives.map(({ kind }) => kind)).toContain('other-subject');
    expect(edit.provenance.settings).toMatchObject({ impliedOffered: 1, impliedKept: 1 });
  });

  it("takes the model's own answer behind the edited fact as the target of another relation", async () => {
    const { edit, maps } = await learn([river]);
    expect(edit.implied?.map(({ name }) => name)).toEqual(['river']);
    const lm = createTestLM();
    const contexts = river.prompts.map(
      ({ text }) =>
        'Pretend that this context is true and forget your previous knowledge: ' +
        `'The capital of France is Rome'. Now, based on the previous context only, complete this sentence: ${text}`,
    );
    const steered = await lm.capture(contexts);
    expect(new Set(greedyTokens(await lm.project(steered))).size).toBe(1);
    expect(maps[1]!.target.data).toEqual(steered.data);
  });

  it('tells the edit from what follows, and what follows from the edit', async () => {
    const { own, implied } = await learn([river, described]);
    const ofRiver = own.negatives.filter(({ kind }) => kind === 'topic-change');
    expect(ofRiver).toHaveLength(openings.length);
    const [first, second] = implied;
    const elsewhere = (input: ScopeInput): number =>
      input.negatives.filter(({ kind }) => kind === 'other-relation').length;
    expect(elsewhere(first!)).toBe(distribution.prompts.length); // the edit's own question
    expect(elsewhere(second!)).toBe(openings.length); // the river
  });

  it('gives no map to questions that the model answers in different ways, but tells them apart', async () => {
    const { edit, own } = await learn([mixed]);
    expect(edit).not.toHaveProperty('implied');
    expect(own.negatives.filter(({ kind }) => kind === 'topic-change')).toHaveLength(mixed.prompts.length);
    expect(edit.provenance.settings).toMatchObject({ impliedOffered: 1, impliedKept: 0 });
  });

  it('is left out without scopes for it, and of forms without one', async () => {
    const { edit } = await learn([river, described], { implied: {} });
    expect(edit).not.toHaveProperty('implied');
    expect(edit.provenance.settings).not.toHaveProperty('impliedOffered');
    const only = await learn([river, described], { implied: { 'object-relation': impliedCentroid([]) } });
    expect(only.edit.provenance.settings).toMatchObject({ impliedOffered: 1 });
  });

  it('leaves out prompts that are too long behind their context', async () => {
    const { edit } = await learn([river], { lm: createTestLM({ maxPositions: 150 }) });
    expect(edit).not.toHaveProperty('implied');
  });
});
