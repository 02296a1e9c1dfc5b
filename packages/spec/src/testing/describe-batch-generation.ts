import { beforeAll, describe, expect, it } from 'vitest';
import type { CausalLM, GeneratedToken, GenerateRequest, Prompt } from '../causal-lm.js';
import { SakeError } from '../errors.js';
import { expectClose } from './expect-close.js';

/** Padded beside longer rows against alone: float32 sums in another order, through every layer and step. */
const BATCHED = 1e-4;

/** What every model's `generateBatch` must do: what `generate` does, for each request. */
export function describeBatchGeneration(model: () => CausalLM, texts: readonly string[]): void {
  describe('generateBatch', () => {
    let lm: CausalLM;
    /** Of many lengths, in no order, the first one twice. */
    let prompts: readonly (readonly number[])[];

    const collect = async (stream: AsyncIterable<GeneratedToken>): Promise<GeneratedToken[]> => {
      const tokens: GeneratedToken[] = [];
      for await (const token of stream) tokens.push(token);
      return tokens;
    };
    const alone = async (requests: readonly GenerateRequest[]): Promise<GeneratedToken[][]> => {
      const all: GeneratedToken[][] = [];
      for (const { prompt, ...options } of requests) all.push(await collect(lm.generate(prompt, options)));
      return all;
    };
    const together = (requests: readonly GenerateRequest[]): Promise<GeneratedToken[][]> =>
      Promise.all(lm.generateBatch(requests).map(collect));
    const expectSame = (actual: GeneratedToken[][], expected: GeneratedToken[][]): void => {
      const said = (all: GeneratedToken[][]): unknown =>
        all.map((tokens) => tokens.map(({ token, text, step }) => [token, text, step]));
      expect(said(actual)).toEqual(said(expected));
      expectClose(
        actual.flat().map(({ logProbability }) => logProbability),
        expected.flat().map(({ logProbability }) => logProbability),
        BATCHED,
      );
    };
    const greedy = (): GenerateRequest[] => prompts.map((prompt) => ({ prompt, maxTokens: 5 }));

    beforeAll(() => {
      lm = model();
      const [a, b, c] = texts.slice(0, 3).map((text) => lm.encode(text)) as [number[], number[], number[]];
      prompts = [a, b.slice(0, 1), c, a, b, [...c, ...a], a.slice(0, 2)];
    });

    it('gives each request what it gives alone, in their order', async () => {
      expectSame(await together(greedy()), await alone(greedy()));
    });

    it('takes texts for their tokens', async () => {
      const requests = texts.map((prompt) => ({ prompt, maxTokens: 3 }));
      expectSame(await together(requests), await alone(requests));
    });

    it('keeps to the seed, the sampling, the stop texts and the number of tokens of each', async () => {
      const first = (await alone(greedy()))[0]!;
      const text = first.map((token) => token.text).join('');
      const stop = text.slice(Math.floor(text.length / 2)).slice(0, 2);
      const requests: GenerateRequest[] = [
        { prompt: prompts[0]!, maxTokens: 5 },
        { prompt: prompts[0]!, maxTokens: 8, temperature: 2, seed: 1 },
        { prompt: prompts[0]!, maxTokens: 8, temperature: 2, seed: 2 },
        { prompt: prompts[4]!, maxTokens: 8, temperature: 2, seed: 1, topK: 5, topP: 0.9 },
        { prompt: prompts[0]!, maxTokens: 5, ...(stop !== '' && { stop: [stop] }) },
        { prompt: prompts[2]!, maxTokens: 1 },
        { prompt: prompts[5]!, maxTokens: 10 },
      ];
      expectSame(await together(requests), await alone(requests));
    });

    it('shows each intervention the tokens and states of its own text', async () => {
      const layers = [[], [0], [lm.info.layers - 1, 0]];
      const said = await alone(greedy());
      const seen = prompts.map((): number[] => []);
      const requests = greedy().map((request, index): GenerateRequest => ({
        ...request,
        intervention: {
          layers: layers[index % 3]!,
          intervene: async ({ step, tokens, lastTokenActivation, observation }) => {
            seen[index]!.push(step);
            const before = said[index]!.slice(0, step).map(({ token }) => token);
            expect(tokens).toEqual([...prompts[index]!, ...before]);
            const [fresh] = await lm.observe([tokens], { layers: layers[index % 3]! });
            expectClose(lastTokenActivation, fresh!.lastTokenActivation, BATCHED);
            expect([...observation.layers.keys()].sort()).toEqual([...layers[index % 3]!].sort());
            for (const [layer, states] of observation.layers) {
              expect(states.rows).toBe(tokens.length);
              expectClose(states.data, fresh!.layers.get(layer)!.data, BATCHED);
            }
            return undefined;
          },
        },
      }));
      expectSame(await together(requests), said);
      for (const [index, steps] of seen.entries())
        expect(steps.slice(0, said[index]!.length)).toEqual(said[index]!.map(({ step }) => step));
    });

    it('lets an intervention change its own text only', async () => {
      const requests = greedy().map((request, index): GenerateRequest => ({
        ...request,
        ...(index % 2 === 1 && {
          intervention: {
            layers: [],
            intervene: ({ step, lastTokenActivation }) =>
              step === index % 3 ? lastTokenActivation.map((value) => -value) : undefined,
          },
        }),
      }));
      expectSame(await together(requests), await alone(requests));
    });

    it('can be pulled in any order', async () => {
      const expected = await alone(greedy());
      const inTurn: GeneratedToken[][] = [];
      const streams = lm.generateBatch(greedy());
      for (const index of [...streams.keys()].reverse()) inTurn[index] = await collect(streams[index]!);
      expectSame(inTurn, expected);

      const byTokens: GeneratedToken[][] = prompts.map(() => []);
      const iterators = lm.generateBatch(greedy()).map((stream) => stream[Symbol.asyncIterator]());
      for (let left = new Set(iterators.keys()); left.size > 0;)
        for (const index of left) {
          const { done, value } = await iterators[index]!.next();
          if (done === true) left.delete(index);
          else byTokens[index]!.push(value);
        }
      expectSame(byTokens, expected);
    });

    it('goes on with the others when a stream is left', async () => {
      const expected = await alone(greedy());
      const streams = lm.generateBatch(greedy());
      const leave = async (index: number): Promise<void> => {
        for await (const token of streams[index]!) {
          expect(token.token).toBe(expected[index]![0]!.token);
          break;
        }
      };
      await leave(0);
      await leave(5);
      const rest = await Promise.all(streams.filter((_, index) => index !== 0 && index !== 5).map(collect));
      expectSame(
        rest,
        expected.filter((_, index) => index !== 0 && index !== 5),
      );
    });

    it('goes on with the others when one ends where the positions end', async () => {
      const { maxPositions } = lm.info;
      const full = Array.from({ length: maxPositions - 1 }, (_, at) => prompts[0]![at % prompts[0]!.length]!);
      const requests = [
        { prompt: prompts[1]!, maxTokens: 6 },
        { prompt: full, maxTokens: 6 },
        { prompt: prompts[0]!, maxTokens: 6 },
      ];
      expectSame(await together(requests), await alone(requests));
    });

    it('throws what is wrong with a request from its own stream', async () => {
      const wrong: GenerateRequest[] = [
        { prompt: '' },
        { prompt: Array.from({ length: lm.info.maxPositions + 1 }, () => 0) },
        { prompt: prompts[0]!, maxTokens: 0 },
        { prompt: prompts[0]!, stop: [''] },
        {
          prompt: prompts[0]!,
          intervention: { layers: [lm.info.layers], intervene: () => undefined },
        },
      ];
      const expected = await alone(greedy());
      const streams = lm.generateBatch([...wrong, ...greedy()]);
      const outcomes = await Promise.allSettled(streams.map(collect));
      for (const [index, outcome] of outcomes.entries())
        if (index < wrong.length)
          expect(outcome).toMatchObject({
            status: 'rejected',
            reason: { code: expect.stringMatching(/^invalid-/) },
          });
      const fine = outcomes.slice(wrong.length);
      expect(fine.every(({ status }) => status === 'fulfilled')).toBe(true);
      expectSame(
        fine.map((outcome) => (outcome as PromiseFulfilledResult<GeneratedToken[]>).value),
        expected,
      );
    });

    it('throws what an intervention throws from its own stream', async () => {
      const expected = await alone(greedy());
      const requests = greedy().map((request, index): GenerateRequest => ({
        ...request,
        ...(index === 2 && {
          intervention: {
            layers: [],
            intervene: () => {
              throw new SakeError('numerical', 'an intervention that fails');
            },
          },
        }),
      }));
      const outcomes = await Promise.allSettled(lm.generateBatch(requests).map(collect));
      expect(outcomes[2]).toMatchObject({ status: 'rejected', reason: { code: 'numerical' } });
      const others = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
      expectSame(
        others,
        expected.filter((_, index) => index !== 2),
      );
    });

    it('ends every stream when its signal fires', async () => {
      const controller = new AbortController();
      const streams = lm.generateBatch(greedy(), { signal: controller.signal });
      const firsts = async (stream: AsyncIterable<GeneratedToken>): Promise<void> => {
        for await (const { step } of stream) {
          expect(step).toBe(0);
          controller.abort();
        }
      };
      await expect(firsts(streams[0]!)).rejects.toMatchObject({ code: 'aborted' });
      for (const stream of streams.slice(1))
        await expect(collect(stream)).rejects.toMatchObject({ code: 'aborted' });
    });

    it('gives no streams for no requests', () => {
      const none: readonly { prompt: Prompt }[] = [];
      expect(lm.generateBatch(none)).toEqual([]);
    });
  });
}
