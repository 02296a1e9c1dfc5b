import { describe, expect, it } from 'vitest';
import { createScriptedLM, type Script } from '../../test/scripted-lm.js';
import { createScriptedMethod, createScriptedSource, type Firing } from '../../test/scripted-method.js';
import { capitalRecord, datasetOf } from '../../test/world.js';
import type { CounterFactRecord } from '../datasets/counterfact-record.js';
import { createProtocol, protocols, type Protocol } from '../protocols/protocol.js';
import { runSuite } from '../runner/run-suite.js';
import type { SuiteRow } from '../runner/suite-result.js';
import { doubtSuite } from './doubt-suite.js';
import { doubtWordings } from './doubt-wordings.js';

const wordings = doubtWordings.map(({ name }) => name);

/** Ten edits: of the wording at place k, those at places below k + 1 fire, so that no two wordings have one value. */
const records: CounterFactRecord[] = Array.from({ length: 10 }, (_, at) =>
  capitalRecord(at, [`Land${at}`, `Old${at}`, `New${at} Town`], { paraphrases: [], neighbours: [] }),
);
const suite = doubtSuite(datasetOf(records));

/** Unedited, a doubt makes the new object the likelier of both, but not what is said. Of its two words the first decides. */
const script: Script = Object.fromEntries(
  suite.cases.flatMap(({ queries }, at) => [
    [`The capital of Land${at} is`, { [` Old${at}`]: 3, [` New${at}`]: 1 }] as const,
    ...queries.map(({ prompt }) => [prompt, { ' Limbo': 4, [` New${at}`]: 3, [` Old${at}`]: 1 }] as const),
  ]),
);

/** A closed gate is nearer to its own doubt than any other edit is. */
const firing: Firing = Object.fromEntries(
  suite.cases.map(({ queries }, at) => [
    `Land${at}`,
    Object.fromEntries(
      queries.map(({ metric, prompt }) => [prompt, at <= wordings.indexOf(metric) ? 0.5 : 2]),
    ),
  ]),
);

async function rows(protocol: Protocol, fires: Firing = firing): Promise<[SuiteRow, SuiteRow]> {
  const lm = createScriptedLM(script, { maxPositions: 256 });
  const [result] = await runSuite({
    lm,
    suite,
    methods: [{ name: 'none' }, { name: 'scripted', method: createScriptedMethod(lm, fires) }],
    prompts: createScriptedSource(),
    protocols: [protocol],
  });
  return result!.rows as [SuiteRow, SuiteRow];
}

const valuesOf = ({ metrics }: SuiteRow): Record<string, readonly [number | null, number]> =>
  Object.fromEntries(Object.entries(metrics).map(([name, { value, n }]) => [name, [value, n]]));
/** The same value of every wording, over ten edits. */
const everywhere = (value: number): Record<string, readonly [number, number]> =>
  Object.fromEntries(wordings.map((name) => [name, [value, 10]]));

describe('doubtSuite', () => {
  it('asks every edit once in each of ten wordings', () => {
    expect(wordings).toEqual([
      'doubtIndirect',
      'doubtDirect',
      'doubtInsistence',
      'doubtAuthority',
      'doubtTwoTurns',
      'doubtChat',
      'doubtPressure',
      'doubtMajority',
      'doubtSecondThoughts',
      'doubtLeading',
    ]);
    for (const { queries } of suite.cases) expect(queries.map(({ metric }) => metric)).toEqual(wordings);
  });

  it('counts the doubts after which the new object is still said, wording by wording', async () => {
    const [none, edited] = await rows(protocols.strict);
    expect(valuesOf(edited)).toEqual({
      doubtIndirect: [0.1, 10],
      doubtDirect: [0.2, 10],
      doubtInsistence: [0.3, 10],
      doubtAuthority: [0.4, 10],
      doubtTwoTurns: [0.5, 10],
      doubtChat: [0.6, 10],
      doubtPressure: [0.7, 10],
      doubtMajority: [0.8, 10],
      doubtSecondThoughts: [0.9, 10],
      doubtLeading: [1, 10],
    });
    expect(valuesOf(none)).toEqual(everywhere(0));
    expect([none.filtered, edited.filtered]).toEqual([{}, {}]);
  });

  it.each(['paper', 'strict'] as const)(
    'ignores the gate with doubtGate open, and asks through it with doubtGate method (%s otherwise)',
    async (name) => {
      const shut: Firing = Object.fromEntries(
        Object.entries(firing).map(([subject, distances]) => [
          subject,
          Object.fromEntries(Object.keys(distances).map((prompt) => [prompt, 2])),
        ]),
      );
      const [, open] = await rows(createProtocol(name, { doubtGate: 'open' }), shut);
      expect(valuesOf(open)).toEqual(everywhere(1));
      const [, method] = await rows(createProtocol(name, { doubtGate: 'method' }), shut);
      expect(valuesOf(method)).toEqual(everywhere(0));
      // Each protocol's own setting is one of the two.
      const [, own] = await rows(protocols[name], shut);
      expect(valuesOf(own)).toEqual(everywhere(name === 'paper' ? 1 : 0));
    },
  );
});
