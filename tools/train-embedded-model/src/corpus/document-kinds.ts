import type { DocumentKind } from './document-kind.js';
import { chat } from './kinds/chat.js';
import { demonstrations } from './kinds/demonstrations.js';
import { doubt, toldThenDoubted } from './kinds/doubt.js';
import { imagined } from './kinds/imagined.js';
import { implication } from './kinds/implication.js';
import { ordinary } from './kinds/ordinary.js';
import { alias, cutEndings, cutStatements, question, series, statement, twoHop } from './kinds/plain.js';
import { forced, forcedQuestion, steering, steeringQuestion } from './kinds/steering.js';
import { topicChange } from './kinds/topic-change.js';

/** Every kind of document. Doubts and contexts never teach a false object behind a plain prompt: those are claims. */
export const documentKinds = {
  statement,
  series,
  cutStatements,
  question,
  alias,
  twoHop,
  steering,
  steeringQuestion,
  forced,
  forcedQuestion,
  implication,
  imagined,
  demonstrations,
  chat,
  doubt,
  toldThenDoubted,
  topicChange,
  ordinary,
  cutEndings,
} as const satisfies Record<string, DocumentKind>;

export type DocumentKindName = keyof typeof documentKinds;

/** Shares of the document kinds; they sum to 1. A kind without a share is not used. */
export type CorpusPlan = Readonly<Partial<Record<DocumentKindName, number>>>;

/**
 * Half of the documents state or ask facts plainly. Premises to take as true, facts to imagine and demonstrations come
 * each as often as the steering context, so that no editing method is favoured.
 */
export const defaultPlan = {
  statement: 0.14,
  series: 0.32,
  question: 0.06,
  alias: 0.04,
  twoHop: 0.05,
  steering: 0.04,
  steeringQuestion: 0.01,
  forced: 0.03,
  forcedQuestion: 0.01,
  implication: 0.05,
  imagined: 0.05,
  demonstrations: 0.05,
  chat: 0.035,
  doubt: 0.04,
  toldThenDoubted: 0.015,
  topicChange: 0.03,
  ordinary: 0.03,
} as const satisfies CorpusPlan;
