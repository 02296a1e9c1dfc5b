import { editId } from '@sakejs/editor';
import { matrix, SakeError, type EditMethod, type EditRequest, type WeightDeltaEdit } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { createScriptedLM } from '../../test/scripted-lm.js';
import { createScriptedMethod, createScriptedSource, type Firing } from '../../test/scripted-method.js';
import { dataset, script } from '../../test/world.js';
import { protocols } from '../protocols/protocol.js';
import { counterFactSuite } from '../suites/counterfact-suite.js';
import { liveTogether } from './live-together.js';
import { runSuite } from './run-suite.js';
import { startRun, type SuiteRun } from './suite-run.js';
import { editsInMemory } from './unit-store.js';

const firing: Firing = {
  France: { 'The capital of France is': 0 },
  Japan: { 'The capital of Japan is': 0 },
};

/** Edits learned alone do nothing; those of a batch fire. */
function createBatchMethod(refuses: readonly string[] = []): {
  method: EditMethod;
  lm: ReturnType<typeof createScriptedLM>;
  batches: string[][];
} {
  const lm = createScriptedLM(script);
  const [alone, together] = [createScriptedMethod(lm, {}), createScriptedMethod(lm, firing)];
  const batches: string[][] = [];
  return {
    lm,
    batches,
    method: {
      name: 'batched',
      learn: (request, context) => {
        if (refuses.includes(request.subject)) throw new SakeError('not-enough-data', 'refused');
        return alone.learn(request, context);
      },
      learnBatch: (items, context) => {
        batches.push(items.map(({ request }) => request.subject));
        return Promise.all(
          items.map(({ request, prompts }) => together.learn(request, { ...context, prompts })),
        );
      },
    },
  };
}

async function accuracies(given: ReturnType<typeof createBatchMethod>): Promise<(number | null)[]> {
  const results = await runSuite({
    lm: given.lm,
    suite: counterFactSuite(dataset),
    methods: [{ name: 'batched', method: given.method }],
    prompts: createScriptedSource(),
    protocols: [protocols.paper, protocols.strict],
  });
  return results.map(({ rows }) => rows[0]!.metrics['accuracy']!.value);
}

describe('liveTogether', () => {
  it('has all edits learned as one batch where the method can, once', async () => {
    const given = createBatchMethod();
    expect(await accuracies(given)).toEqual([0, 1]);
    expect(given.batches).toEqual([['France', 'Japan']]);
  });

  it('leaves out of the batch what could not be learned alone', async () => {
    const given = createBatchMethod(['Japan']);
    expect(await accuracies(given)).toEqual([0, 0.5]);
    expect(given.batches).toEqual([['France']]);
  });

  it('tells of changes of weights that move what others were learned at', async () => {
    const edits = editsInMemory();
    const [france, japan] = dataset.records.map(({ request }) => request) as [EditRequest, EditRequest];
    const run = { ...startRun(options()), learning: { ...startRun(options()).learning, edits } } as SuiteRun;
    const conflictsOf = async (keys: readonly (readonly number[])[]): Promise<string[]> => {
      await edits.put('a', weightEdit(france, keys[0]!));
      await edits.put('b', weightEdit(japan, keys[1]!));
      const method = run.methods[0]!;
      const learners = ['a', 'b'].map((key) => ({ edit: async () => edits.get(key) }));
      const learned = ['a', 'b'].map((key) => ({ key, bytes: 0, seconds: 0 }));
      return liveTogether(run, { ...method, learned, learners: learners as never }).conflicts();
    };
    expect(
      await conflictsOf([
        [1, 0],
        [0, 1],
      ]),
    ).toEqual([]);
    const [conflict] = await conflictsOf([
      [1, 0],
      [1, 0],
    ]);
    expect(conflict).toMatch(
      /^2 of 2 live changes of weights are in conflict with others; the first: edit 'france/,
    );
  });
});

const options = (): Parameters<typeof startRun>[0] => ({
  lm: createScriptedLM(script),
  suite: counterFactSuite(dataset),
  methods: [{ name: 'weights', method: createScriptedMethod(createScriptedLM(script), firing) }],
  prompts: createScriptedSource(),
  protocols: [protocols.strict],
});

/** A change along a key [2] that it was learned at. */
function weightEdit(request: EditRequest, key: readonly number[]): WeightDeltaEdit {
  const values = Float32Array.from(key);
  return {
    kind: 'weight-delta',
    id: editId(request),
    request,
    deltas: [{ layer: 0, u: matrix(2, 1, Float32Array.of(1, 1)), v: matrix(1, 2, values) }],
    keys: [{ layer: 0, key: values }],
    provenance: {
      ...{ method: 'weights', createdAt: '2025-01-01T00:00:00.000Z', seed: 0, versions: {} },
      ...{ model: { id: 'm', sha256: '0' }, prompts: { count: 1, source: {} } },
      rows: { source: 1, target: 0, obeying: 0 },
    },
  };
}
