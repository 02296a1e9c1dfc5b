import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FurtherRows } from '@sakejs/editor';
import {
  fillPrompt,
  row,
  type CausalLM,
  type EditRequest,
  type ImpliedPrompts,
  type MapEdit,
  type PromptDistribution,
} from '@sakejs/spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from './load-model.js';
import { createMethod } from './methods.js';
import { paperImplications } from './paper-implications.js';
import { writeTinyModel } from './testing/tiny-model.js';

const request: EditRequest = {
  subject: 'France',
  prompt: 'The capital of {} is',
  targetTrue: 'Paris',
  targetNew: 'Rome',
};
const SOURCE =
  "Considering this context is now true: 'The capital of France is Paris'. Complete this sentence:";
const TARGET =
  "Pretend that this context is true and forget your previous knowledge: 'The capital of France is Rome'. " +
  'Now, based on the previous context only, complete this sentence:';

const question = (name: string, texts: readonly string[]): ImpliedPrompts => ({
  name,
  form: 'object-relation',
  prompts: texts.map((text) => ({ text, kind: 'implication' })),
  negatives: [],
});
const numbered = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `${name} ${at} there is`);

/** Twelve paraphrases, and what follows from the edit. */
const distribution = (implied?: readonly ImpliedPrompts[]): PromptDistribution => ({
  request,
  prompts: Array.from(
    { length: 12 },
    (_, at) => `${'Well, '.repeat(at)}${fillPrompt(request.prompt, request.subject)}`,
  ),
  positives: [],
  negatives: [],
  ...(implied && { implied }),
  source: { kind: 'hand-made' },
  dropped: {},
});

let folder: string;
let lm: CausalLM;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sakejs-implications-'));
  lm = await loadModel(await writeTinyModel(folder));
});
afterAll(async () => {
  await lm[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const rowsOf = async (implied: readonly ImpliedPrompts[], seed = 0): Promise<FurtherRows | undefined> =>
  paperImplications(request, { lm, prompts: distribution(implied), seed });

/** Which of the texts each of the first rows was captured from, behind a context. */
async function originOf(
  rows: FurtherRows['source'],
  context: string,
  texts: readonly string[],
): Promise<number[]> {
  const captured = await lm.capture(texts.map((text) => context + text));
  return Array.from({ length: 10 }, (_, at) =>
    texts.findIndex((_text, index) =>
      row(captured, index).every((value, j) => Math.abs(value - row(rows, at)[j]!) < 1e-5),
    ),
  );
}

describe('paperImplications', () => {
  it('keeps 10 of 25 questions, of each in turn, with four noisy copies of each', async () => {
    const [rivers, mayors] = [numbered('The river', 20), numbered('The mayor', 20)];
    const made = (await rowsOf([question('P1', rivers), question('P2', mayors)]))!;
    expect([made.source.rows, made.target.rows]).toEqual([50, 50]);
    // 13 rivers and 12 mayors.
    const offered = rivers.slice(0, 13).flatMap((river, at) => [river, ...(at < 12 ? [mayors[at]!] : [])]);
    const kept = await originOf(made.source, SOURCE, offered);
    expect(new Set(kept).size).toBe(10);
    expect(kept).not.toContain(-1);
    expect(await originOf(made.target, TARGET, offered)).toEqual(kept);
    // Copies stand in groups with what they are copies of.
    expect(made.sourceGroups).toEqual(Array.from({ length: 50 }, (_, at) => kept[at % 10]));
    expect(made.targetGroups).toEqual(made.sourceGroups);
    for (const side of [made.source, made.target]) {
      const noise = Array.from(side.data.slice(10 * side.cols), (value, at) => {
        const copied = Math.floor(at / side.cols) % 10;
        return value - row(side, copied)[at % side.cols]!;
      });
      // 40 copies of 16 values: the standard error of the deviation is 0.1 / √1280 = 0.0028.
      expect(noise).toHaveLength(640);
      expect(Math.abs(Math.hypot(...noise) / Math.sqrt(640) - 0.1)).toBeLessThan(0.0112);
    }
  });

  it('keeps all where there are fewer than ten, and gives no rows without any', async () => {
    expect((await rowsOf([question('P1', numbered('The river', 3))]))!.source.rows).toBe(15);
    expect(await rowsOf([])).toBeUndefined();
    expect(await paperImplications(request, { lm, prompts: distribution() })).toBeUndefined();
  });

  it('leaves out questions that do not fit behind their contexts', async () => {
    let fitting = 'x';
    let long = 'x';
    while (lm.encode(TARGET + long).length <= lm.info.maxPositions) [fitting, long] = [long, `${long} x`];
    expect(await rowsOf([question('P1', [long])])).toBeUndefined();
    expect((await rowsOf([question('P1', [long, 'The river there is'])]))!.source.rows).toBe(5);
    expect((await rowsOf([question('P1', [fitting, 'The river there is'])]))!.source.rows).toBe(10);
  });

  it('draws noise by the seed', async () => {
    const implied = [question('P1', numbered('The river', 12))];
    expect(await rowsOf(implied, 1)).toEqual(await rowsOf(implied, 1));
    expect((await rowsOf(implied, 2))!.source).not.toEqual((await rowsOf(implied, 1))!.source);
  });
});

describe('sake-paper-implications', () => {
  const learn = async (name: string, implications?: boolean): Promise<MapEdit> => {
    const method = createMethod(name, lm.info, implications === undefined ? {} : { implications });
    const prompts = distribution([question('P1', numbered('The river', 30))]);
    return (await method.learn(request, { lm, prompts, seed: 0 })) as MapEdit;
  };

  it('fits the one map of sake-paper on them as well', async () => {
    const [paper, further] = [await learn('sake-paper'), await learn('sake-paper-implications')];
    expect(paper.provenance.rows).toMatchObject({ source: 24, target: 12 });
    expect(further.provenance.rows).toMatchObject({ source: 24 + 50, target: 12 + 50 });
    expect(further.provenance.settings).toMatchObject({ furtherRows: [50, 50] });
    expect(further.implied).toBeUndefined();
    expect(further.scope.threshold).toBe(paper.scope.threshold);
    expect(further.map.toTensors()).not.toEqual(paper.map.toTensors());
  });

  it('is sake-paper without implications', async () => {
    const [paper, without] = [await learn('sake-paper'), await learn('sake-paper-implications', false)];
    expect(without.map.toTensors()).toEqual(paper.map.toTensors());
  });
});
