import {
  fromRows,
  stackRows,
  type Mapper,
  type MapperInput,
  type Matrix,
  type ScopeDetector,
  type ScopeInput,
  type ScopePrompt,
} from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { centroid } from '../test/centroid.js';
import { meanShift } from '../test/mean-shift.js';
import { capitalRequest, createTestLM, promptsFor } from '../test/world.js';
import { withActivationCache } from './activation-cache.js';
import type { FurtherRows } from './further-rows.js';
import { learnEdit, type LearnOptions } from './learn-edit.js';

const request = capitalRequest('France', 'Rome');
const prompts = promptsFor(request);
const count = prompts.prompts.length;

function options(changes: Partial<LearnOptions> = {}): LearnOptions {
  return { lm: createTestLM(), prompts, mapper: meanShift, scope: centroid(), ...changes };
}

/** What mapper and scope are given to learn from. */
async function inputsOf(
  changes: Partial<LearnOptions> = {},
): Promise<{ mapperInput: MapperInput; scopeInput: ScopeInput }> {
  const seen: { mapperInput?: MapperInput; scopeInput?: ScopeInput } = {};
  const inner = changes.scope ?? centroid();
  const mapper: Mapper = {
    kind: 'recording',
    fit: (input) => meanShift.fit((seen.mapperInput = input)),
  };
  const scope: ScopeDetector = { ...inner, fit: (input) => inner.fit((seen.scopeInput = input)) };
  await learnEdit(request, options({ ...changes, mapper, scope }));
  return { mapperInput: seen.mapperInput!, scopeInput: seen.scopeInput! };
}

describe('learnEdit', () => {
  it('takes plain prompts, then forced sources, as source rows', async () => {
    const { mapperInput } = await inputsOf();
    const lm = createTestLM();
    const forced = prompts.prompts.map((prompt) => `Repeat this sentence: '${prompt} Paris'. ${prompt}`);
    expect(mapperInput.source.data).toEqual((await lm.capture([...prompts.prompts, ...forced])).data);
    expect(mapperInput.sourceGroups).toEqual([...Array(count).keys(), ...Array(count).keys()]);
  });

  it('takes plain prompts only without forcedSource', async () => {
    const { mapperInput, scopeInput } = await inputsOf({ forcedSource: false });
    expect(mapperInput.source.rows).toBe(count);
    expect(scopeInput.positives.filter(({ kind }) => kind === 'forced')).toEqual([]);
  });

  it('takes the steering contexts as target rows', async () => {
    const { mapperInput } = await inputsOf();
    const contexts = prompts.prompts.map(
      (prompt) => `Do not mention 'Paris'. Repeat this sentence: '${prompt} Rome'. ${prompt}`,
    );
    expect(mapperInput.target.data).toEqual((await createTestLM().capture(contexts)).data);
    expect(mapperInput.targetGroups).toEqual([...Array(count).keys()]);
  });

  it('keeps only targets that obey, and counts them', async () => {
    const lm = createTestLM({ deafTo: 'lunch' });
    const { mapperInput } = await inputsOf({ lm });
    const deaf = prompts.prompts.findIndex((prompt) => prompt.includes('lunch'));
    expect(mapperInput.target.rows).toBe(count - 1);
    expect(mapperInput.targetGroups).not.toContain(deaf);
    const { provenance } = await learnEdit(request, options({ lm }));
    expect(provenance.rows).toEqual({ source: 2 * count, target: count - 1, obeying: count - 1 });
  });

  describe('with further rows', () => {
    const rowsOf = (...texts: string[]): Promise<Matrix> => createTestLM().capture(texts);
    const texts = ['The capital of Italy is', 'The capital of Japan is', 'The capital of Peru is'] as const;

    it('fits the map on them too, behind its own and in groups of their own', async () => {
      const asked: (readonly [unknown, number | undefined])[] = [];
      const further = { source: await rowsOf(...texts), target: await rowsOf(texts[2], texts[0]) };
      const { mapperInput, scopeInput } = await inputsOf({
        seed: 7,
        furtherRows: async (of, { prompts: given, seed }) => {
          asked.push([of, seed]);
          expect(given).toBe(prompts);
          return { ...further, sourceGroups: [0, 1, 1], targetGroups: [1, 0] };
        },
      });
      const plain = await inputsOf();
      expect(asked).toEqual([[request, 7]]);
      expect(mapperInput.source).toEqual(stackRows([plain.mapperInput.source, further.source]));
      expect(mapperInput.target).toEqual(stackRows([plain.mapperInput.target, further.target]));
      expect(mapperInput.sourceGroups!.slice(2 * count)).toEqual([count, count + 1, count + 1]);
      expect(mapperInput.targetGroups!.slice(count)).toEqual([count + 1, count]);
      expect(mapperInput.sourceGroups!.slice(0, 2 * count)).toEqual(plain.mapperInput.sourceGroups);
      // The gate is learned without them.
      expect(scopeInput.positives).toHaveLength(plain.scopeInput.positives.length);
    });

    it('counts them in the provenance, and says how many they are', async () => {
      const rows = await rowsOf(...texts);
      const groups = [0, 1, 2];
      const furtherRows = async (): Promise<FurtherRows> => ({
        ...{ source: rows, target: rows, sourceGroups: groups, targetGroups: groups },
      });
      const { provenance } = await learnEdit(request, options({ furtherRows }));
      expect(provenance.rows).toEqual({ source: 2 * count + 3, target: count + 3, obeying: count });
      expect(provenance.settings).toMatchObject({ furtherRows: [3, 3] });
    });

    it('is as without where there are none', async () => {
      const { mapperInput } = await inputsOf({ furtherRows: async () => undefined });
      expect(mapperInput.source).toEqual((await inputsOf()).mapperInput.source);
      const { provenance } = await learnEdit(request, options({ furtherRows: async () => undefined }));
      expect(provenance.settings).not.toHaveProperty('furtherRows');
    });

    it('refuses rows of another width, or without a group each', async () => {
      const narrow = fromRows([[1, 2]]);
      const rows = await rowsOf(texts[0]);
      for (const further of [
        { source: narrow, target: rows, sourceGroups: [0], targetGroups: [0] },
        { source: rows, target: narrow, sourceGroups: [0], targetGroups: [0] },
        { source: rows, target: rows, sourceGroups: [], targetGroups: [0] },
      ])
        await expectCode(
          () => learnEdit(request, options({ furtherRows: async () => further })),
          'shape-mismatch',
        );
    });
  });

  it("keeps every target with targets: 'all', and still counts who obeyed", async () => {
    const lm = createTestLM({ deafTo: 'lunch' });
    const { provenance } = await learnEdit(request, options({ lm, targets: 'all' }));
    expect(provenance.rows).toEqual({ source: 2 * count, target: count, obeying: count - 1 });
  });

  it("fails with fewer than 8 obeying targets, naming targets: 'all' and the count", async () => {
    const lm = createTestLM({ deafTo: 'capital' });
    const error = await expectCode(() => learnEdit(request, options({ lm })), 'not-enough-data');
    expect(error.message).toContain("`targets: 'all'`");
    expect(error.message).toContain(`got 0 of ${count}`);
  });

  it('learns from 8 obeying targets and refuses 7', async () => {
    const eight = promptsFor(request, ['', 'A. ', 'B. ', 'C. ', 'D. ', 'E. ', 'F. ', 'G. ']);
    const seven = { ...eight, prompts: eight.prompts.slice(1) };
    expect((await learnEdit(request, options({ prompts: eight }))).provenance.rows.obeying).toBe(8);
    await expectCode(() => learnEdit(request, options({ prompts: seven })), 'not-enough-data');
  });

  it('scores mapped rows by the log-probability of the new object', async () => {
    const { mapperInput } = await inputsOf();
    const score = mapperInput.score!;
    expect(await score(mapperInput.target)).toBeGreaterThan(await score(mapperInput.source));
    expect(await score(mapperInput.target)).toBeLessThanOrEqual(0);
  });

  it('labels scope queries with kind, group, states and subject position', async () => {
    const { scopeInput } = await inputsOf({ scope: centroid({ space: 1 }) });
    const { positives, negatives } = scopeInput;
    expect(positives.map(({ kind }) => kind)).toEqual([
      ...Array<string>(count).fill('paraphrase'),
      ...Array<string>(count).fill('forced'),
      'doubt',
    ]);
    expect(positives[count]!.group).toBe(0);
    expect(new Set([...positives, ...negatives].map(({ group }) => group)).size).toBe(
      count + 1 + prompts.negatives.length,
    );
    const lm = createTestLM();
    const forced = `Repeat this sentence: '${prompts.prompts[1]} Paris'. ${prompts.prompts[1]}`;
    const query = positives[count + 1]!;
    expect(query.layers!.get(1)!.rows).toBe(lm.encode(forced).length);
    expect(query.subjectPosition).toBe(lm.encode(forced).length - 1 - lm.encode(' is').length);
    expect(negatives.every(({ subjectPosition }) => subjectPosition !== undefined)).toBe(true);
  });

  describe('with phrasings', () => {
    /** Prompts 0 and 8, 1 and 9, … made from one phrasing each. */
    const wordings = prompts.prompts.map((_, index) => index % 8);
    const worded = { ...prompts, wordings };

    it('groups the rows of map and scope by phrasing, forced sources and targets too', async () => {
      const { mapperInput, scopeInput } = await inputsOf({ prompts: worded });
      expect(mapperInput.sourceGroups).toEqual([...wordings, ...wordings]);
      expect(mapperInput.targetGroups).toEqual(wordings);
      const groups = scopeInput.positives.map(({ group }) => group);
      expect(groups.slice(0, 2 * count)).toEqual([...wordings, ...wordings]);
      // Doubts and negatives share a fold with no phrasing by accident.
      const others = [...groups.slice(2 * count), ...scopeInput.negatives.map(({ group }) => group)];
      expect(others.filter((group) => wordings.includes(group!))).toEqual([]);
    });

    it('groups doubts and negatives by kind and wording', async () => {
      const again = (texts: readonly ScopePrompt[]): ScopePrompt[] =>
        [...texts, ...texts.map((each) => ({ ...each, text: `Well. ${each.text}` }))].map((each, index) => ({
          ...each,
          wording: `${index % texts.length}`,
        }));
      const { positives, negatives } = prompts;
      const twice = { ...worded, positives: again(positives), negatives: again(negatives) };
      const { scopeInput } = await inputsOf({ prompts: twice });
      const groups = [...scopeInput.positives.slice(2 * count), ...scopeInput.negatives].map(
        ({ group }) => group,
      );
      expect(groups).toHaveLength(2 * (positives.length + negatives.length));
      expect(new Set(groups).size).toBe(positives.length + negatives.length);
    });

    it('groups the map by prompt where the obeying rows leave too few phrasings, and says so', async () => {
      const lm = createTestLM({ deafTo: 'lunch' });
      const deaf = prompts.prompts.findIndex((prompt) => prompt.includes('lunch'));
      const rare = {
        ...prompts,
        wordings: prompts.prompts.map((_, at) => (at === deaf ? 7 : (at - Number(at > deaf)) % 7)),
      };
      const { mapperInput } = await inputsOf({ lm, prompts: rare });
      expect(mapperInput.targetGroups).toEqual([...Array(count).keys()].filter((index) => index !== deaf));
      expect(mapperInput.sourceGroups).toEqual([...Array(count).keys(), ...Array(count).keys()]);
      const { provenance } = await learnEdit(request, options({ lm, prompts: rare }));
      expect(provenance.settings).toMatchObject({ mapGroupedBy: 'prompt', scopeGroupedBy: 'wording' });
    });
  });

  it('leaves the subject position out where a prompt names no subject', async () => {
    const negatives = [{ text: 'It rained all day.', kind: 'unrelated' as const }];
    const { scopeInput } = await inputsOf({ prompts: { ...prompts, negatives } });
    expect(scopeInput.negatives[0]).not.toHaveProperty('subjectPosition');
  });

  it('runs the model twice and the head once', async () => {
    const lm = createTestLM();
    await learnEdit(request, options({ lm }));
    expect(lm.calls.map(({ name }) => name).sort()).toEqual(['capture', 'observe', 'project']);
  });

  it('runs the model no more for a second method on the same prompts', async () => {
    const lm = createTestLM();
    const cached = withActivationCache(lm);
    await learnEdit(request, options({ lm: cached }));
    const passes = lm.calls.filter(({ name }) => name !== 'project').length;
    await learnEdit(request, options({ lm: cached, targets: 'all', forcedSource: false }));
    expect(lm.calls.filter(({ name }) => name !== 'project')).toHaveLength(passes);
  });

  it('gives scopes the sentence embeddings they want', async () => {
    const embedder = {
      kind: 'lengths',
      embed: async (texts: readonly string[]) => fromRows(texts.map((text) => [text.length, 1])),
    };
    const { scopeInput } = await inputsOf({ scope: centroid({ space: 'embedding' }), embedder });
    expect(scopeInput.positives[0]!.embedding).toEqual(Float32Array.of(prompts.prompts[0]!.length, 1));
    const scope = centroid({ space: 'embedding' });
    const edit = await learnEdit(request, options({ scope, embedder }));
    expect(edit.provenance.settings?.['embedder']).toBe('lengths');
  });

  it('names the missing embedder', async () => {
    const scope = centroid({ space: 'embedding' });
    const error = await expectCode(() => learnEdit(request, options({ scope })), 'invalid-option');
    expect(error.message).toContain('embedder');
  });

  it('refuses an embedder that gives another number of embeddings', async () => {
    const embedder = { kind: 'short', embed: async () => fromRows([[1, 2]]) };
    const scope = centroid({ space: 'embedding' });
    await expectCode(() => learnEdit(request, options({ scope, embedder })), 'shape-mismatch');
  });

  it('names a prompt that does not fit the model with its context', async () => {
    const long = `${'word '.repeat(40)}The capital of France is`;
    const error = await expectCode(
      () => learnEdit(request, options({ prompts: { ...prompts, prompts: [...prompts.prompts, long] } })),
      'invalid-input',
    );
    expect(error.message).toContain(JSON.stringify(`Repeat this sentence: '${long} Paris'. ${long}`));
  });

  it('refuses an unknown choice of targets', async () => {
    const changes = { targets: 'some' as 'all' };
    await expectCode(() => learnEdit(request, options(changes)), 'invalid-option');
  });

  it('stores the request alone, trimmed', async () => {
    const carried = { ...request, subject: ' France ', relation: 'P36', extra: 1 };
    const { request: stored } = await learnEdit(carried, options());
    expect(stored).toEqual({ ...request, relation: 'P36' });
  });
});
