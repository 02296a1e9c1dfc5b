import { beforeAll, describe, expect, it } from 'vitest';
import { fillPrompt, type EditRequest } from '../edit-request.js';
import type { PromptDistribution, PromptGenerator, PromptOptions } from '../prompt-distribution.js';
import { expectCode } from './expect-code.js';

export interface DescribePromptGeneratorOptions {
  /** A request that the generator serves with at least 12 prompts. Its prompt names neither object. */
  readonly request: EditRequest;
  /** More prompts than it can make for the request. */
  readonly tooMany: number;
}

const count = 12;

/** Words in lower case, the given subjects as `{}`. */
function wording(text: string, ...subjects: readonly string[]): string {
  const masked = subjects.reduce((rest, subject) => rest.replaceAll(subject, ' {} '), text);
  return ` ${(masked.toLowerCase().match(/\{\}|[\p{L}\p{N}\p{M}]+/gu) ?? []).join(' ')} `;
}

/** Every generated text, each with all subjects it may mention masked. */
function wordings({ request, prompts, positives, negatives }: PromptDistribution): string[] {
  return [
    ...prompts.map((text) => wording(text, request.subject)),
    ...[...positives, ...negatives].map(({ text, subject }) =>
      wording(text, request.subject, ...(subject === undefined ? [] : [subject])),
    ),
  ];
}

/**
 * The contract of every {@link PromptGenerator}, as a vitest suite.
 *
 * @example describePromptGenerator('template source', () => createTemplateSource(), { request, tooMany: 10_000 });
 */
export function describePromptGenerator(
  name: string,
  create: () => PromptGenerator,
  { request, tooMany }: DescribePromptGeneratorOptions,
): void {
  describe(`${name} keeps the contract of prompt generators`, () => {
    const generate = (options: Partial<PromptOptions> = {}): Promise<PromptDistribution> =>
      create().generate(request, { count, seed: 7, ...options });
    let made: PromptDistribution;
    beforeAll(async () => {
      made = await generate();
    });

    it('names its kind in the source, with settings that survive JSON', () => {
      expect(made.source.kind).toBe(create().kind);
      expect(JSON.parse(JSON.stringify(made.source))).toEqual(made.source);
      expect(made.request).toEqual(request);
    });

    it('puts the prompt of the request first and makes as many as asked for', async () => {
      expect(made.prompts[0]).toBe(fillPrompt(request.prompt, request.subject));
      expect(made.prompts).toHaveLength(count);
      expect((await generate({ count: 1 })).prompts).toEqual([made.prompts[0]]);
    });

    it('repeats no prompt, case and punctuation aside', () => {
      expect(new Set(made.prompts.map((text) => wording(text))).size).toBe(count);
    });

    it('numbers the phrasing of every prompt, if of any', async () => {
      const { wordings } = made;
      if (wordings === undefined) return;
      expect(wordings).toHaveLength(count);
      for (const each of wordings) expect(Number.isInteger(each)).toBe(true);
      expect((await generate({ count: 5 })).wordings).toEqual(wordings.slice(0, 5));
    });

    it('names the subject in every prompt, and no object outside it', () => {
      for (const text of made.prompts) {
        expect(text).toContain(request.subject);
        for (const object of [request.targetTrue, request.targetNew])
          expect(wording(text, request.subject)).not.toContain(wording(object));
      }
    });

    it('leaves no placeholder open and no white space around a text', () => {
      for (const text of [
        ...made.prompts,
        ...made.positives.map((each) => each.text),
        ...made.negatives.map((each) => each.text),
      ]) {
        expect(text).not.toContain('{');
        expect(text).toBe(text.trim());
      }
    });

    it('gives positives and negatives of the right kinds, each with its subject as it stands in the text', () => {
      const inScope = new Set(['paraphrase', 'implication', 'forced', 'doubt']);
      for (const positive of made.positives) expect(inScope).toContain(positive.kind);
      for (const negative of made.negatives) expect(inScope).not.toContain(negative.kind);
      for (const { text, subject } of [...made.positives, ...made.negatives])
        if (subject !== undefined) expect(text).toContain(subject);
    });

    it('has no negative that is a prompt or a positive', () => {
      const own = new Set(
        [...made.prompts, ...made.positives.map(({ text }) => text)].map((text) => wording(text)),
      );
      for (const { text } of made.negatives) expect(own).not.toContain(wording(text));
    });

    it('gives the same distribution for the same seed', async () => {
      expect(await generate()).toEqual(made);
    });

    it('begins with the same prompts whatever the count', async () => {
      const fewer = await generate({ count: 5 });
      expect(fewer.prompts).toEqual(made.prompts.slice(0, 5));
    });

    it('uses no withheld wording, prefix or subject in prompts, positives and negatives', async () => {
      const asked = made.prompts[1]!;
      const neighbour = made.negatives.find(({ kind }) => kind === 'other-subject');
      const prefix = 'Two spoons lay in the sink';
      const withhold = [`${prefix}. ${asked}`, ...(neighbour === undefined ? [] : [neighbour.text])];
      const clean = wordings(await generate({ count: 6, withhold }));
      const sentences = asked.replaceAll(request.subject, '{}').split(/[.?!:]\s+/u);
      for (const sentence of [prefix, ...sentences.filter((part) => part.includes('{}'))])
        for (const text of clean) expect(text).not.toContain(wording(sentence));
      if (neighbour?.subject !== undefined) {
        const { negatives } = await generate({ count: 6, withhold });
        for (const { text } of negatives) expect(wording(text)).not.toContain(wording(neighbour.subject));
      }
    });

    it('keeps the prompt of the request first when a test prompt asks in its wording', async () => {
      const withhold = [`${made.prompts[0]}`, request.prompt.replace('{}', 'Somebody Else')];
      expect((await generate({ count: 6, withhold })).prompts[0]).toBe(made.prompts[0]);
    });

    it('fails with not-enough-data and says how many prompts it can make', async () => {
      const error = await expectCode(() => generate({ count: tooMany }), 'not-enough-data');
      const able = Number(/got (\d+)/.exec(error.message)?.[1]);
      expect(able).toBeGreaterThanOrEqual(count);
      expect((await generate({ count: able })).prompts).toHaveLength(able);
    });

    it('stops with aborted when its signal has fired', async () => {
      await expectCode(() => generate({ signal: AbortSignal.abort() }), 'aborted');
    });

    it('refuses malformed requests and counts', async () => {
      const options = { count };
      await expectCode(
        () => create().generate({ ...request, prompt: 'no hole' }, options),
        'invalid-request',
      );
      await expectCode(
        () => create().generate({ ...request, targetNew: request.targetTrue }, options),
        'invalid-request',
      );
      for (const bad of [0, -1, 1.5, NaN]) await expectCode(() => generate({ count: bad }), 'invalid-option');
    });

    it('leaves request and options as they were', async () => {
      const frozen = Object.freeze({ ...request });
      const options = Object.freeze({
        count,
        seed: 7,
        withhold: Object.freeze(['An unrelated test prompt is']),
      });
      await create().generate(frozen, options);
      expect(frozen).toEqual(request);
    });
  });
}
