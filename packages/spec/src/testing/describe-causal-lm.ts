import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CausalLM } from '../causal-lm.js';
import { row } from '../matrix.js';
import { createRandom } from '../random.js';
import { describeBatchGeneration } from './describe-batch-generation.js';
import { describeGeneration } from './describe-generation.js';
import { expectClose } from './expect-close.js';

export interface CausalLMFixture {
  /** At least three different texts that the model's tokenizer covers, of different lengths. */
  readonly texts: readonly [string, string, string, ...string[]];
}

/** Float32 sums in another order: batched against one by one, cached against recomputed. */
const ROUNDING = 1e-5;

/** The token ids of prompts of many lengths, some twice, in no order. */
function tokenPrompts(lm: CausalLM): number[][] {
  const random = createRandom('token prompts');
  const longest = Math.min(20, Math.floor(lm.info.maxPositions / 2));
  const prompts = [1, 7, 2, longest, 7, 3, 5].map((length) =>
    Array.from({ length: Math.min(length, longest) }, () => random.integer(lm.info.vocabularySize)),
  );
  return [...prompts, prompts[1]!];
}

/**
 * What every {@link CausalLM} must do: states, projection, generation, errors.
 *
 * @param load makes the model; called once for the suite.
 */
export function describeCausalLM(
  name: string,
  load: () => Promise<CausalLM>,
  fixture: CausalLMFixture,
): void {
  describe(`${name} is a CausalLM`, () => {
    let lm: CausalLM;
    let prompts: number[][];

    beforeAll(async () => {
      lm = await load();
      prompts = tokenPrompts(lm);
    });
    afterAll(async () => {
      await lm[Symbol.asyncDispose]();
    });

    describe('info', () => {
      it('names the model, its sizes and its runtime', () => {
        expect(lm.info.sha256).toMatch(/^[0-9a-f]{64}$/);
        for (const text of [lm.info.id, lm.info.family, lm.info.dtype]) expect(text).not.toBe('');
        for (const size of ['hiddenSize', 'layers', 'vocabularySize', 'maxPositions', 'threads'] as const)
          expect(lm.info[size], size).toBeGreaterThan(0);
        expect(Object.keys(lm.info.runtime)).not.toHaveLength(0);
      });
    });

    describe('encode and decode', () => {
      it('gives back the text', () => {
        for (const text of fixture.texts) expect(lm.decode(lm.encode(text))).toBe(text);
      });
    });

    describe('capture', () => {
      it('takes a text for its tokens', async () => {
        const byText = await lm.capture(fixture.texts);
        const byTokens = await lm.capture(fixture.texts.map((text) => lm.encode(text)));
        expect(byText.data).toEqual(byTokens.data);
        expect([byText.rows, byText.cols]).toEqual([fixture.texts.length, lm.info.hiddenSize]);
      });

      it('gives in a batch what it gives one by one, in order', async () => {
        const batch = await lm.capture(prompts);
        for (const [index, prompt] of prompts.entries())
          expectClose(row(batch, index), (await lm.capture([prompt])).data, ROUNDING);
      });

      it('gives equal prompts equal rows', async () => {
        const batch = await lm.capture(prompts);
        expect(row(batch, prompts.length - 1)).toEqual(row(batch, 1));
      });

      it('tells prompts apart', async () => {
        const batch = await lm.capture([prompts[1]!, prompts[4]!]);
        expect(row(batch, 0)).not.toEqual(row(batch, 1));
      });

      it('reads a position as if the prompt ended there', async () => {
        const positions = prompts.map((prompt, index) => index % prompt.length);
        const states = await lm.capture(prompts, { positions });
        const cut = await lm.capture(prompts.map((prompt, index) => prompt.slice(0, positions[index]! + 1)));
        expectClose(states.data, cut.data, ROUNDING);
      });

      it('counts negative positions from the end', async () => {
        const last = await lm.capture(prompts, { positions: prompts.map(() => -1) });
        const first = await lm.capture(prompts, { positions: prompts.map((prompt) => -prompt.length) });
        expect(last.data).toEqual((await lm.capture(prompts)).data);
        expect(first.data).toEqual((await lm.capture(prompts, { positions: prompts.map(() => 0) })).data);
      });

      it('reads the residual stream, another at each layer', async () => {
        const seen = new Set<number>();
        for (let layer = 0; layer < lm.info.layers; layer++) {
          const states = await lm.capture([prompts[3]!], { layer });
          expect(states.cols).toBe(lm.info.hiddenSize);
          seen.add(states.data[0]!);
        }
        seen.add((await lm.capture([prompts[3]!])).data[0]!);
        expect(seen.size).toBe(lm.info.layers + 1);
      });

      it('gives an empty matrix for no prompts', async () => {
        const none = await lm.capture([]);
        expect([none.rows, none.cols]).toEqual([0, lm.info.hiddenSize]);
      });
    });

    describe('observe', () => {
      it('shows what capture captures, at every layer it is asked for', async () => {
        const layers = [lm.info.layers - 1, 0];
        const observations = await lm.observe(prompts, { layers });
        const last = await lm.capture(prompts);
        for (const [index, { tokens, lastTokenActivation }] of observations.entries()) {
          expect(tokens).toEqual(prompts[index]);
          expectClose(lastTokenActivation, row(last, index), ROUNDING);
        }
        for (const layer of layers) {
          const ends = await lm.capture(prompts, { layer });
          const starts = await lm.capture(prompts, { layer, positions: prompts.map(() => 0) });
          for (const [index, observation] of observations.entries()) {
            const states = observation.layers.get(layer)!;
            expect(states.rows).toBe(prompts[index]!.length);
            expectClose(row(states, states.rows - 1), row(ends, index), ROUNDING);
            expectClose(row(states, 0), row(starts, index), ROUNDING);
          }
        }
      });

      it('shows no layers unless asked', async () => {
        const [observation] = await lm.observe([fixture.texts[0]]);
        expect(observation!.layers.size).toBe(0);
        expect(observation!.tokens).toEqual(lm.encode(fixture.texts[0]));
      });
    });

    describe('project', () => {
      it('gives in a batch what it gives one by one', async () => {
        const hidden = await lm.capture(prompts);
        const logits = await lm.project(hidden);
        expect([logits.rows, logits.cols]).toEqual([prompts.length, lm.info.vocabularySize]);
        for (let index = 0; index < hidden.rows; index++) {
          const one = await lm.project({ rows: 1, cols: hidden.cols, data: row(hidden, index) });
          expectClose(row(logits, index), one.data, ROUNDING);
        }
      });

      it('takes float64 rows and leaves them as they were', async () => {
        const hidden = await lm.capture([fixture.texts[0]]);
        const double = Float64Array.from(hidden.data);
        const logits = await lm.project({ ...hidden, data: double });
        expect(logits.data).toEqual((await lm.project(hidden)).data);
        expect(double).toEqual(Float64Array.from(hidden.data));
      });
    });

    describeGeneration(() => lm, fixture.texts);

    describeBatchGeneration(() => lm, fixture.texts);

    describe('errors', () => {
      const refused = async (work: Promise<unknown>, code: string, message: RegExp): Promise<void> => {
        await expect(work).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
      };

      it('refuses an empty prompt', async () => {
        await refused(lm.capture([prompts[0]!, '']), 'invalid-input', /empty prompt/);
        await refused(lm.observe([prompts[0]!, '']), 'invalid-input', /empty prompt/);
      });

      it('says how many tokens a prompt beyond the positions has', async () => {
        const long = Array.from({ length: lm.info.maxPositions + 1 }, () => 0);
        const message = new RegExp(`${lm.info.maxPositions} tokens, got ${long.length}`);
        await refused(lm.capture([long]), 'invalid-input', message);
        await refused(lm.observe([long]), 'invalid-input', message);
      });

      it('refuses token ids outside the vocabulary', async () => {
        for (const wrong of [-1, 0.5, lm.info.vocabularySize])
          await refused(lm.capture([[wrong]]), 'invalid-input', /token ids/);
      });

      it('refuses a position outside its prompt', async () => {
        for (const wrong of [3, -4, 0.5])
          await refused(lm.capture([[0, 0, 0]], { positions: [wrong] }), 'invalid-input', /position/);
        await refused(lm.capture([[0]], { positions: [] }), 'shape-mismatch', /position/);
      });

      it('refuses a layer it does not have', async () => {
        for (const layer of [-1, lm.info.layers, 0.5]) {
          await refused(lm.capture([[0]], { layer }), 'invalid-input', /layer/);
          await refused(lm.observe([[0]], { layers: [layer] }), 'invalid-input', /layer/);
        }
      });

      it('refuses to project another width', async () => {
        const data = new Float32Array(lm.info.hiddenSize + 1);
        await refused(lm.project({ rows: 1, cols: data.length, data }), 'shape-mismatch', /width/);
      });

      it('stops when its signal has fired', async () => {
        const signal = AbortSignal.abort();
        await refused(lm.capture(prompts, { signal }), 'aborted', /capture/);
        await refused(lm.observe(prompts, { signal }), 'aborted', /observe/);
      });
    });
  });
}
