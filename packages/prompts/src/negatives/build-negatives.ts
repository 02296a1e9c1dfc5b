import type { EditRequest, Random, ScopePrompt } from '@sakejs/spec';
import type { PromptCollector } from '../collect-prompts.js';
import type { FactIndex } from '../fact-index.js';
import type { Withholding } from '../withholding.js';
import type { Asker } from './asker.js';
import type { NegativeContext } from './negative-context.js';
import { otherRelationPrompts } from './other-relation.js';
import { otherSubjectPrompts } from './other-subject.js';
import { sameObjectPrompts } from './same-object.js';
import { topicChangePrompts } from './topic-change.js';
import { unrelatedPrompts } from './unrelated.js';

export interface BuildNegativesInput {
  readonly request: EditRequest;
  readonly facts: FactIndex;
  readonly asker: Asker;
  readonly withholding: Withholding;
  readonly collector: PromptCollector;
  readonly random: Random;
  /** Most prompts of each kind; fewer where the facts do not give more. */
  readonly perKind: number;
}

const kinds = {
  'other-subject': otherSubjectPrompts,
  'same-object': sameObjectPrompts,
  'other-relation': otherRelationPrompts,
  'topic-change': topicChangePrompts,
  unrelated: unrelatedPrompts,
} satisfies Record<string, (context: NegativeContext) => Iterable<ScopePrompt>>;

/** Negatives of every kind, each kind from a stream of its own. */
export function buildNegatives({ collector, random, perKind, ...input }: BuildNegativesInput): ScopePrompt[] {
  return Object.entries(kinds).flatMap(([kind, make]) =>
    collector.take(make({ ...input, random: random.fork(kind) }), perKind),
  );
}
