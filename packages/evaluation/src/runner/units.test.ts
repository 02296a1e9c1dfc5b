import { SakeError, type Edit, type EditMethod, type Json } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { createScriptedLM } from '../../test/scripted-lm.js';
import { createScriptedMethod, createScriptedSource, type Firing } from '../../test/scripted-method.js';
import { dataset, script } from '../../test/world.js';
import { protocols } from '../protocols/protocol.js';
import { counterFactSuite } from '../suites/counterfact-suite.js';
import type { RunSuiteOptions } from './run-options.js';
import { runSuite, workSuite } from './run-suite.js';
import type { SuiteResult } from './suite-result.js';

const firing: Firing = {
  France: { 'The capital of France is': 0, 'The capital of Gaul is': 0.5 },
  Japan: { 'The capital of Japan is': 0, 'So, Japan is ruled from': 0 },
};

/** Units and edits in memory, as a journal and a cache would keep them, and what was put. */
function stores(): Pick<RunSuiteOptions, 'units' | 'edits'> & {
  readonly put: string[];
  forgetEdits(): void;
} {
  const units = new Map<string, Json>();
  const edits = new Map<string, Edit>();
  const put: string[] = [];
  return {
    put,
    forgetEdits: () => edits.clear(),
    units: {
      get: (key) => units.get(key),
      put: (key, value) => {
        put.push(key);
        units.set(key, JSON.parse(JSON.stringify(value)) as Json);
      },
    },
    edits: { get: (key) => edits.get(key), put: (key, edit) => void edits.set(key, edit) },
  };
}

/** A run whose method counts what it learns, and may fail. */
function setup(fails: (subject: string) => Error | undefined = () => undefined): {
  readonly options: RunSuiteOptions;
  readonly learned: string[];
} {
  const lm = createScriptedLM(script);
  const scripted = createScriptedMethod(lm, firing);
  const learned: string[] = [];
  const method: EditMethod = {
    name: 'counted',
    learn: async (request, context) => {
      learned.push(request.subject);
      const error = fails(request.subject);
      if (error !== undefined) throw error;
      return scripted.learn(request, context);
    },
  };
  return {
    learned,
    options: {
      lm,
      suite: counterFactSuite(dataset),
      methods: [{ name: 'none' }, { name: 'counted', method }],
      prompts: createScriptedSource(),
      protocols: [protocols.paper, protocols.strict],
      withQueries: true,
    },
  };
}

const table = (results: readonly SuiteResult[]): unknown =>
  JSON.parse(
    JSON.stringify(results, (key, value: unknown) => (['seconds', 'memory'].includes(key) ? 0 : value)),
  );

describe('runSuite with units', () => {
  it('works nothing twice and gives the same tables', async () => {
    const kept = stores();
    const { options, learned } = setup();
    const first = await runSuite({ ...options, ...kept });
    expect(learned).toEqual(['France', 'Japan']);
    const units = kept.put.length;
    // Two cases: an edit each, and two methods under two protocols.
    expect(units).toBe(2 + 2 * 2 * 2);
    const second = await runSuite({ ...options, ...kept });
    expect(learned).toHaveLength(2);
    expect(kept.put).toHaveLength(units);
    expect(table(second)).toEqual(table(first));
    expect(table(second)).toEqual(table(await runSuite(options)));
  });

  it.each([1, 2, 3, 5, 8, 9])('goes on after %i units as if it had not been stopped', async (stopAfter) => {
    const whole = table(await runSuite(setup().options));
    const kept = stores();
    const { options, learned } = setup();
    const dying: RunSuiteOptions['units'] = {
      get: (key) => kept.units!.get(key),
      put: (key, value) => {
        if (kept.put.length === stopAfter) throw new SakeError('aborted', 'killed');
        return kept.units!.put(key, value);
      },
    };
    await expect(runSuite({ ...options, ...kept, units: dying })).rejects.toThrow('killed');
    const before = learned.length;
    expect(table(await runSuite({ ...options, ...kept }))).toEqual(whole);
    expect(learned.length - before).toBeLessThanOrEqual(2);
    expect(new Set(kept.put).size).toBe(kept.put.length);
  });

  it('learns an edit again that the store of edits has lost, where it is needed', async () => {
    const kept = stores();
    const { options, learned } = setup();
    const paper = await runSuite({ ...options, ...kept, protocols: [protocols.paper] });
    kept.forgetEdits();
    const [again] = await runSuite({ ...options, ...kept });
    expect(learned).toEqual(['France', 'Japan', 'France', 'Japan']);
    expect(table([again!])).toEqual(table(paper));
  });

  it.each<[string, (options: RunSuiteOptions) => Partial<RunSuiteOptions>]>([
    ['another seed', () => ({ seed: 1 })],
    ['another number of prompts', () => ({ count: 7 })],
    ['another identity', () => ({ identity: 'later release' })],
    [
      'another fingerprint of the method',
      ({ methods }) => ({ methods: methods.map((entry) => ({ ...entry, fingerprint: 'changed' })) }),
    ],
    ['prompts of another file', ({ prompts }) => ({ prompts: { ...prompts, fingerprint: 'other' } })],
    ['another model', ({ lm }) => ({ lm: { ...lm, info: { ...lm.info, threads: 2 } } })],
  ])('works anew with %s', async (_, change) => {
    const kept = stores();
    const { options, learned } = setup();
    await runSuite({ ...options, ...kept });
    await runSuite({ ...options, ...kept, ...change(options) });
    expect(learned).toHaveLength(4);
  });

  it('finds every unit that shares of the cases have worked, also those with all edits live', async () => {
    const kept = stores();
    const { options, learned } = setup();
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    let waiting = 0;
    const everyoneLearned = (): Promise<void> => {
      if (++waiting === 2) open();
      return gate;
    };
    await Promise.all(
      [0, 1].map((index) => workSuite({ ...options, ...kept }, { index, of: 2, everyoneLearned })),
    );
    expect([...learned].sort()).toEqual(['France', 'Japan']);
    expect(kept.put).toHaveLength(2 + 2 * 2 * 2);
    const results = await runSuite({ ...options, ...kept });
    expect(table(results)).toEqual(table(await runSuite(setup().options)));
    expect(kept.put).toHaveLength(2 + 2 * 2 * 2);
    expect(learned).toHaveLength(2);
  });

  it('scores no share with all edits live before everyone has learned', async () => {
    const kept = stores();
    const { options, learned } = setup();
    const stopped = new SakeError('aborted', 'nobody else learned');
    await expect(
      workSuite({ ...options, ...kept }, { index: 1, of: 2, everyoneLearned: () => Promise.reject(stopped) }),
    ).rejects.toBe(stopped);
    expect(learned).toEqual(['Japan']);
    expect(kept.put).toHaveLength(1 + 2); // an edit, and two methods under the protocol with edits alone
  });
});

describe('runSuite with alsoOpen', () => {
  it('judges queries with the own gate open as well, under the protocols named', async () => {
    const { options } = setup();
    const opened = async (alsoOpen: boolean | readonly string[]): Promise<boolean[]> => {
      const results = await runSuite({ ...options, alsoOpen, withQueries: true });
      return results.map(({ queries }) =>
        queries!.every(({ outcomes }) => outcomes['counted']!.open !== undefined),
      );
    };
    expect(options.protocols.map(({ name }) => name)).toEqual(['paper', 'strict']);
    expect(await opened(['strict'])).toEqual([false, true]);
    expect(await opened(true)).toEqual([true, true]);
    expect(await opened(false)).toEqual([false, false]);
  });
});

describe('runSuite with work that fails', () => {
  it('counts it as failures, lists it, and tries it again in the next run', async () => {
    const kept = stores();
    let full = true;
    const { options, learned } = setup((subject) =>
      subject === 'Japan' && full ? new SakeError('io', 'no space left') : undefined,
    );
    const [paper] = await runSuite({ ...options, ...kept });
    const row = paper!.rows[1]!;
    expect(row.errors).toEqual([
      { case: 'case_id 11', what: 'learning', code: 'io', message: 'no space left' },
    ]);
    expect(row).toMatchObject({ learned: 1, metrics: { accuracy: { value: 0.5, n: 2 } } });
    full = false;
    const [again] = await runSuite({ ...options, ...kept });
    expect(again!.rows[1]).toMatchObject({ errors: [], metrics: { accuracy: { value: 1, n: 2 } } });
    expect(learned).toEqual(['France', 'Japan', 'Japan']);
  });

  it('keeps what is no SakeError as well, a method of one’s own that is wrong', async () => {
    const { options } = setup((subject) =>
      subject === 'Japan' ? new TypeError('x is undefined') : undefined,
    );
    const [paper] = await runSuite(options);
    expect(paper!.rows[1]!.errors).toMatchObject([{ code: 'unexpected', message: 'x is undefined' }]);
  });

  it('fails every query of a case that cannot be scored', async () => {
    const kept = stores();
    const { options } = setup();
    const lost: EditMethod = {
      name: 'lost',
      learn: async (request, context) => {
        const edit = await options.methods[1]!.method!.learn(request, context);
        if (request.subject === 'France' || edit.kind !== 'map') return edit;
        const apply = (): never => {
          throw new SakeError('io', 'device lost');
        };
        return { ...edit, map: { ...edit.map, apply } };
      },
    };
    const methods = [{ name: 'lost', method: lost }];
    const [paper] = await runSuite({ ...options, ...kept, methods, protocols: [protocols.paper] });
    const [row] = paper!.rows;
    expect(row!.errors).toEqual([
      { case: 'case_id 11', what: 'scoring', code: 'io', message: 'device lost' },
    ]);
    // Japan's request, paraphrase and neighbour count as failures beside what France's edit did.
    expect(row!.metrics).toMatchObject({
      accuracy: { value: 0.5, n: 2 },
      generality: { value: 0, n: 3 },
      specificity: { value: 1 / 3, n: 3 },
    });
    // Both edits and France's scores are kept, so that only Japan's are tried again.
    expect(kept.put).toHaveLength(3);
  });
});
