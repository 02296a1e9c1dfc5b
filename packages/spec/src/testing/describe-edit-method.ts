import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CausalLM } from '../causal-lm.js';
import type { Edit, EditMethod } from '../edit.js';
import { fillPrompt, type EditRequest } from '../edit-request.js';
import { row, type Matrix } from '../matrix.js';
import type { PromptDistribution } from '../prompt-distribution.js';
import { expectClose } from './expect-close.js';
import { expectCode } from './expect-code.js';

/** A fact that the model knows, to be changed, and the prompts that mean it. */
export interface EditMethodCase {
  readonly request: EditRequest;
  readonly prompts: PromptDistribution;
}

/** A method with a model it works on. */
export interface EditMethodFixture {
  readonly lm: CausalLM;
  readonly method: EditMethod;
  /** Two facts about different subjects; the new objects differ in their first token. */
  readonly cases: readonly [EditMethodCase, EditMethodCase];
  /** A prompt about neither; in the scope of neither, where the method has a gate. */
  readonly outside: string;
  /** Next-token logits [prompts, vocabulary] with these edits live, oldest first. */
  respond(edits: readonly Edit[], prompts: readonly string[]): Promise<Matrix>;
  /** The edit after a trip through its file. */
  reload(edit: Edit): Promise<Edit>;
}

export interface DescribeEditMethodOptions {
  /** False for a method without a gate, whose edits apply to every prompt. Default true. */
  readonly gated?: boolean;
}

const askOf = ({ request }: EditMethodCase): string => fillPrompt(request.prompt, request.subject);

/** Log-odds of the new object's first token against the true one's. */
function logOdds(lm: CausalLM, { request }: EditMethodCase, logits: Matrix, index: number): number {
  const opening = lm.encode('').length;
  const values = row(logits, index);
  const first = (object: string): number => values[lm.encode(` ${object}`)[opening]!]!;
  return first(request.targetNew) - first(request.targetTrue);
}

/**
 * What every {@link EditMethod} must do: learn, apply, undo, coexist, survive a file, refuse nonsense.
 *
 * Edits must not change what another does: bitwise, but for prompt edits and layer hooks, whose further passes are shared,
 * so that states are the same within rounding, and for changes of weights, which must leave the other its new object.
 *
 * @param setup makes model and method; called once for the suite, which disposes of the model.
 */
export function describeEditMethod(
  name: string,
  setup: () => Promise<EditMethodFixture>,
  { gated = true }: DescribeEditMethodOptions = {},
): void {
  describe(`${name} is an EditMethod`, () => {
    let fixture: EditMethodFixture;
    let edits: readonly [Edit, Edit];
    let asks: readonly [string, string, string];
    let plain: Matrix;

    const learn = (which: 0 | 1, change: Partial<EditRequest> = {}): Promise<Edit> => {
      const { request, prompts } = fixture.cases[which];
      return fixture.method.learn({ ...request, ...change }, { lm: fixture.lm, prompts, seed: 1 });
    };

    beforeAll(async () => {
      fixture = await setup();
      edits = [await learn(0), await learn(1)];
      asks = [askOf(fixture.cases[0]), askOf(fixture.cases[1]), fixture.outside];
      plain = await fixture.respond([], asks);
    });
    afterAll(async () => {
      await fixture.lm[Symbol.asyncDispose]();
    });

    it('records where an edit comes from', () => {
      const { request, provenance } = edits[0];
      expect(request).toMatchObject(fixture.cases[0].request);
      expect(provenance.method).toBe(fixture.method.name);
      expect(provenance.model).toEqual({ id: fixture.lm.info.id, sha256: fixture.lm.info.sha256 });
      expect(provenance.seed).toBe(1);
      expect(provenance.prompts.count).toBe(fixture.cases[0].prompts.prompts.length);
      expect(Number.isNaN(Date.parse(provenance.createdAt))).toBe(false);
    });

    it('gives edits of different facts different ids', () => {
      expect(edits[0].id).not.toBe(edits[1].id);
    });

    it('makes the new object likelier than the true one on its prompt', async () => {
      const logits = await fixture.respond([edits[0]], asks);
      expect(logOdds(fixture.lm, fixture.cases[0], plain, 0)).toBeLessThan(0);
      expect(logOdds(fixture.lm, fixture.cases[0], logits, 0)).toBeGreaterThan(0);
    });

    if (gated)
      it('leaves the logits of a prompt out of scope bitwise as they were', async () => {
        const logits = await fixture.respond(edits, asks);
        expect(row(logits, 2)).toEqual(row(plain, 2));
      });
    else
      it('applies to a prompt about neither too, having no gate', async () => {
        const logits = await fixture.respond(edits, asks);
        expect(row(logits, 2)).not.toEqual(row(plain, 2));
      });

    it('leaves no trace once removed', async () => {
      await fixture.respond(edits, asks);
      expect((await fixture.respond([], asks)).data).toEqual(plain.data);
    });

    it('does not change what another edit does', async () => {
      const both = await fixture.respond(edits, asks);
      for (const index of [0, 1] as const) {
        const alone = await fixture.respond([edits[index]], asks);
        const { kind } = edits[index];
        if (kind === 'prompt' || kind === 'layer-hook')
          expectClose(row(both, index), row(alone, index), 1e-4);
        else if (kind === 'map') expect(row(both, index)).toEqual(row(alone, index));
        expect(logOdds(fixture.lm, fixture.cases[index], both, index)).toBeGreaterThan(0);
      }
    });

    it('learns the same edit again from the same input', async () => {
      const again = await learn(0);
      expect(again.id).toBe(edits[0].id);
      expect((await fixture.respond([again], asks)).data).toEqual(
        (await fixture.respond([edits[0]], asks)).data,
      );
    });

    it('gives bitwise the same logits after a trip through a file', async () => {
      const reloaded = await fixture.reload(edits[0]);
      expect(reloaded.id).toBe(edits[0].id);
      expect(reloaded.request).toEqual(edits[0].request);
      expect(reloaded.provenance).toEqual(edits[0].provenance);
      expect((await fixture.respond([reloaded], asks)).data).toEqual(
        (await fixture.respond([edits[0]], asks)).data,
      );
    });

    it('leaves the request and the prompts as they were', async () => {
      const before = JSON.stringify(fixture.cases[1]);
      await learn(1);
      expect(JSON.stringify(fixture.cases[1])).toBe(before);
    });

    const malformed: readonly [string, Partial<EditRequest>][] = [
      ['no subject', { subject: ' ' }],
      ['no {} in the prompt', { prompt: 'The capital is' }],
      ['two {} in the prompt', { prompt: '{} or {} is' }],
      ['an empty prompt', { prompt: '' }],
      ['no true object', { targetTrue: '' }],
      ['no new object', { targetNew: '\t' }],
    ];
    it.each(malformed)('refuses a request with %s', async (_, change) => {
      await expectCode(() => learn(0, change), 'invalid-request');
    });

    it('refuses a new object that is the true one', async () => {
      const { targetTrue } = fixture.cases[0].request;
      await expectCode(() => learn(0, { targetNew: ` ${targetTrue} ` }), 'invalid-request');
    });

    it('refuses prompts that were made for another request', async () => {
      const { request } = fixture.cases[0];
      const { prompts } = fixture.cases[1];
      await expectCode(() => fixture.method.learn(request, { lm: fixture.lm, prompts }), 'invalid-request');
    });

    it('refuses a distribution without prompts', async () => {
      const { request, prompts } = fixture.cases[0];
      const empty = { ...prompts, prompts: [] };
      await expectCode(
        () => fixture.method.learn(request, { lm: fixture.lm, prompts: empty }),
        'not-enough-data',
      );
    });

    it('stops when its signal fires', async () => {
      const { request, prompts } = fixture.cases[0];
      const context = { lm: fixture.lm, prompts, signal: AbortSignal.abort() };
      await expectCode(() => fixture.method.learn(request, context), 'aborted');
    });
  });
}
