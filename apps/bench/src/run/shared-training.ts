import { createHash } from 'node:crypto';
import { embeddedFacts } from '@sakejs/embedded-model';
import type { Suite } from '@sakejs/evaluation';
import { facts } from '@sakejs/facts';
import {
  isSakeError,
  type BatchItem,
  type CausalLM,
  type EditRequest,
  type PromptGenerator,
} from '@sakejs/spec';
import { generateRequests, promptsByRelation } from '../scaling/generate-requests.js';

/** What one classifier for all edits is trained on. */
export interface SharedTraining {
  /** Edits that it is trained on; fewer where the wordings that are left do not suffice for some. */
  readonly edits: number;
  /** Tells this training from others. */
  readonly fingerprint: string;
  readonly learnFrom: (lm: CausalLM, signal: AbortSignal | undefined) => Promise<BatchItem[]>;
}

export interface SharedTrainingOptions {
  readonly edits: number;
  readonly prompts: PromptGenerator;
  readonly seed: number;
  /** A file of records other than the embedded model's. */
  readonly records?: string | undefined;
}

/** Prompts of each. */
const COUNT = 20;

/**
 * Edits of facts that no case of a suite edits or names, with prompts of which none is worded as a test prompt of any case is:
 * each test prompt is withheld as it is, and with its subject's place taken by the trained edit's.
 */
export function sharedTraining(suite: Suite, options: SharedTrainingOptions): SharedTraining {
  const { edits, prompts, seed, records } = options;
  const requests = generateRequests(records === undefined ? embeddedFacts() : facts(), {
    // Some may find too few wordings left.
    wanted: 2 * edits,
    prompts: promptsByRelation(suite.cases.map(({ request }) => request)),
    edited: suite.cases.map(({ request }) => request.subject),
    asked: suite.cases.flatMap(({ queries }) => queries.map(({ prompt }) => prompt)),
    seed,
  });
  const tests = suite.cases.flatMap(({ request, withheld }) =>
    withheld.map((text) => ({ text, subject: request.subject })),
  );
  const withheldFor = ({ subject }: EditRequest): string[] => [
    ...new Set(tests.flatMap(({ text, subject: own }) => [text, text.replaceAll(own, subject)])),
  ];
  const parts = [edits, COUNT, seed, requests.map((request) => ({ ...request })), tests, prompts.kind];
  return {
    edits,
    fingerprint: createHash('sha256').update(JSON.stringify(parts)).digest('hex'),
    learnFrom: async (_, signal) => {
      const items: BatchItem[] = [];
      for (const request of requests) {
        if (items.length === edits) break;
        const made = await generated(prompts, request, {
          ...{ count: COUNT, seed, withhold: withheldFor(request) },
          ...(signal && { signal }),
        });
        if (made !== undefined) items.push({ request: made.request, prompts: made });
      }
      return items;
    },
  };
}

/** Prompts of a request; undefined where too few wordings are left. */
async function generated(
  prompts: PromptGenerator,
  request: EditRequest,
  options: Parameters<PromptGenerator['generate']>[1],
): Promise<Awaited<ReturnType<PromptGenerator['generate']>> | undefined> {
  try {
    return await prompts.generate(request, options);
  } catch (error) {
    if (isSakeError(error) && error.code === 'not-enough-data') return undefined;
    throw error;
  }
}
