import { beforeAll, describe, expect, it } from 'vitest';
import type { CausalLM, GeneratedToken, GenerateOptions, Intervention, Prompt } from '../causal-lm.js';
import { row } from '../matrix.js';
import { expectClose } from './expect-close.js';

/** Decoding from a cache against recomputing: float32 sums in another order, through every layer and step. */
const CACHED = 1e-4;

function argmax(values: Float32Array): number {
  return values.reduce((best, value, index) => (value > values[best]! ? index : best), 0);
}

/** What every model's `generate` must do. */
export function describeGeneration(model: () => CausalLM, texts: readonly string[]): void {
  describe('generate', () => {
    let lm: CausalLM;
    /** A prompt after which the model goes on for several tokens. */
    let prompt: readonly number[];
    let greedy: GeneratedToken[];

    const run = async (from: Prompt, options?: GenerateOptions): Promise<GeneratedToken[]> => {
      const tokens: GeneratedToken[] = [];
      for await (const token of lm.generate(from, options)) tokens.push(token);
      return tokens;
    };
    const ids = (tokens: readonly GeneratedToken[]): number[] => tokens.map(({ token }) => token);
    const textOf = (tokens: readonly GeneratedToken[]): string => tokens.map(({ text }) => text).join('');
    const withIntervention = (
      intervene: Intervention['intervene'],
      layers: readonly number[] = [],
    ): GenerateOptions => ({ maxTokens: 6, intervention: { layers, intervene } });

    beforeAll(async () => {
      lm = model();
      for (const text of texts) {
        prompt = lm.encode(text);
        greedy = await run(prompt, { maxTokens: 6 });
        if (greedy.length >= 4) return;
      }
      expect.fail(
        'describeCausalLM: expected a text that the model goes on for 4 tokens, got none; pass others',
      );
    });

    it('takes the most probable token at each step, as recomputed from scratch', async () => {
      const tokens = [...prompt];
      for (const { token, logProbability, step } of greedy) {
        const logits = (await lm.project(await lm.capture([tokens]))).data;
        expect(step).toBe(tokens.length - prompt.length);
        expect(token).toBe(argmax(logits));
        const sum = logits.reduce((total, value) => total + Math.exp(value - logits[token]!), 0);
        expect(logProbability).toBeCloseTo(-Math.log(sum), 4);
        tokens.push(token);
      }
    });

    it('streams the text it decodes to', () => {
      const all = lm.decode([...prompt, ...ids(greedy)]);
      const streamed = lm.decode(prompt) + textOf(greedy);
      // An unfinished last character does not come out.
      expect(all.startsWith(streamed)).toBe(true);
      expect(all.slice(streamed.length)).toMatch(/^\uFFFD?$/);
    });

    it('shows interventions the state that capture captures, at every step and position', async () => {
      const layer = lm.info.layers - 1;
      const layers = [0, layer];
      const seen: number[] = [];
      await run(
        prompt,
        withIntervention(async ({ step, tokens, lastTokenActivation, observation }) => {
          const [fresh] = await lm.observe([tokens], { layers });
          seen.push(step);
          expect(tokens).toEqual([...prompt, ...ids(greedy).slice(0, step)]);
          expectClose(lastTokenActivation, fresh!.lastTokenActivation, CACHED);
          expectClose(observation.lastTokenActivation, lastTokenActivation, 0);
          expect(observation.tokens).toEqual(tokens);
          for (const wanted of layers) {
            expect(observation.layers.get(wanted)!.rows).toBe(tokens.length);
            expectClose(observation.layers.get(wanted)!.data, fresh!.layers.get(wanted)!.data, CACHED);
          }
          return undefined;
        }, layers),
      );
      expect(seen).toEqual([...seen.keys()]);
      expect(seen.length).toBeGreaterThanOrEqual(greedy.length);
    });

    it('is bitwise unchanged by an intervention that returns nothing, whatever it writes on', async () => {
      const watched = await run(
        prompt,
        withIntervention(
          ({ lastTokenActivation }) => {
            lastTokenActivation.fill(0);
            return undefined;
          },
          [0],
        ),
      );
      expect(watched).toEqual(greedy);
    });

    it('is bitwise unchanged by an intervention that returns what it was shown', async () => {
      const same = await run(
        prompt,
        withIntervention(({ lastTokenActivation }) => lastTokenActivation.slice()),
      );
      expect(same).toEqual(greedy);
    });

    it('projects the activation that an intervention returns, and nothing else sees it', async () => {
      const other = await lm.capture([
        texts.map((text) => lm.encode(text)).find((t) => t.join() !== prompt.join())!,
      ]);
      const states: Float32Array[] = [];
      const steered = await run(
        prompt,
        withIntervention(({ step, lastTokenActivation }) => {
          states.push(lastTokenActivation);
          return step === 0 ? row(other, 0).map((value) => -value) : undefined;
        }),
      );
      const logits = (await lm.project({ ...other, data: other.data.map((value) => -value) })).data;
      const forced = argmax(logits);
      expect(steered[0]?.token).toBe(forced);
      const plain = await lm.capture([prompt, [...prompt, forced]]);
      expectClose(states[0]!, row(plain, 0), CACHED);
      expectClose(states[1]!, row(plain, 1), CACHED);
    });

    it('is bitwise what it was once an intervention is gone', async () => {
      await run(
        prompt,
        withIntervention(({ lastTokenActivation }) => lastTokenActivation.map((value) => -value)),
      );
      expect(await run(prompt, { maxTokens: 6 })).toEqual(greedy);
    });

    it('refuses an intervention of another width', async () => {
      const short = run(
        prompt,
        withIntervention(() => new Float32Array(1)),
      );
      await expect(short).rejects.toMatchObject({ code: 'shape-mismatch' });
    });

    it('repeats a sampled text with its seed and no other', async () => {
      const sampled = (seed: number): Promise<GeneratedToken[]> =>
        run(prompt, { maxTokens: 12, temperature: 2, seed });
      const first = await sampled(1);
      expect(await sampled(1)).toEqual(first);
      const others = await Promise.all([2, 3, 4, 5].map(sampled));
      expect(others.some((other) => ids(other).join() !== ids(first).join())).toBe(true);
    });

    it('is greedy when one token is left to choose from', async () => {
      expect(await run(prompt, { maxTokens: 6, temperature: 5, topK: 1 })).toEqual(greedy);
      expect(await run(prompt, { maxTokens: 6, temperature: 1, topP: 1e-6 })).toEqual(greedy);
    });

    it('ends before a stop text', async () => {
      const text = textOf(greedy);
      const from = Math.floor(text.length / 2);
      const stop = text.slice(from, from + 2);
      const stopped = await run(prompt, { maxTokens: 6, stop: ['\u0000 never', stop] });
      expect(textOf(stopped)).toBe(text.slice(0, text.indexOf(stop)));
    });

    it('does not end before a stop text that begins in the prompt', async () => {
      const text = textOf(greedy);
      const stop = lm.decode(prompt).slice(-1) + text.slice(0, 1);
      const end = text.indexOf(stop);
      const stopped = await run(prompt, { maxTokens: 6, stop: [stop] });
      expect(textOf(stopped)).toBe(end < 0 ? text : text.slice(0, end));
    });

    it('gives as many tokens as it is asked for, or fewer', async () => {
      expect(await run(prompt, { maxTokens: 2 })).toEqual(greedy.slice(0, 2));
    });

    it('ends where the positions end', async () => {
      const { maxPositions } = lm.info;
      const full = Array.from({ length: maxPositions - 2 }, (_, index) => prompt[index % prompt.length]!);
      // Positions are left for two of them; the last one chosen needs none.
      expect((await run(full, { maxTokens: 50 })).length).toBeLessThanOrEqual(3);
      expect((await run([...full, prompt[0]!, prompt[0]!], { maxTokens: 50 })).length).toBeLessThanOrEqual(1);
    });

    it('stops when its signal fires', async () => {
      const controller = new AbortController();
      const seen: number[] = [];
      const work = (async () => {
        for await (const { token } of lm.generate(prompt, { maxTokens: 6, signal: controller.signal })) {
          seen.push(token);
          controller.abort();
        }
      })();
      await expect(work).rejects.toMatchObject({ code: 'aborted' });
      expect(seen).toHaveLength(1);
    });

    it('stops when its signal fires during the last step', async () => {
      const controller = new AbortController();
      const work = run(prompt, {
        maxTokens: 1,
        signal: controller.signal,
        intervention: { layers: [], intervene: () => void controller.abort() },
      });
      await expect(work).rejects.toMatchObject({ code: 'aborted' });
    });

    it('does not wait for an intervention once its signal has fired', async () => {
      const controller = new AbortController();
      const work = run(prompt, {
        signal: controller.signal,
        intervention: {
          layers: [],
          intervene: () => {
            setTimeout(() => controller.abort(), 1);
            return new Promise(() => undefined);
          },
        },
      });
      const late = new Promise((resolve) => setTimeout(resolve, 5000, 'still waiting').unref());
      await expect(Promise.race([work, late])).rejects.toMatchObject({ code: 'aborted' });
    });

    it('refuses prompts and options out of range', async () => {
      const wrong: [Prompt, GenerateOptions][] = [
        ['', {}],
        [[], {}],
        [Array.from({ length: lm.info.maxPositions + 1 }, () => 0), {}],
        [prompt, { maxTokens: 0 }],
        [prompt, { temperature: -1 }],
        [prompt, { topK: 0 }],
        [prompt, { topP: 0 }],
        [prompt, { stop: [''] }],
        [prompt, { intervention: { layers: [lm.info.layers], intervene: () => undefined } }],
      ];
      for (const [from, options] of wrong)
        await expect(run(from, options)).rejects.toMatchObject({ code: expect.stringMatching(/^invalid-/) });
    });
  });
}
