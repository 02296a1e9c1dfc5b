import type { Matrix } from '../matrix.js';
import type { PromptKind } from '../prompt-distribution.js';
import { createRandom, type Random } from '../random.js';
import type { LabelledQuery, ScopeInput, ScopeNeeds } from '../scope.js';

/** Width of the synthetic activations. */
const WIDTH = 16;
/** Width of the synthetic embeddings; another, so that mixing them up shows. */
const EMBEDDING_WIDTH = 12;
const NOISE = 0.08;
const POSITIVES: readonly (readonly [PromptKind, number])[] = [
  ['paraphrase', 24],
  ['implication', 6],
  ['forced', 12],
  ['doubt', 8],
];
const NEGATIVES: readonly (readonly [PromptKind, number])[] = [
  ['other-subject', 16],
  ['same-object', 8],
  ['other-relation', 20],
  ['topic-change', 16],
  ['unrelated', 10],
];

/** A question: whom it is about and what it asks. */
interface Question {
  readonly subject: string;
  readonly relation: string;
}
const EDITED: Question = { subject: 'edited', relation: 'edited' };

function direction(name: string, width: number): Float64Array {
  const random = createRandom(`synthetic-scope ${name}`);
  return new Float64Array(width).map(() => random.normal());
}

function mix(random: Random, width: number, parts: Readonly<Record<string, number>>): Float64Array {
  const state = new Float64Array(width).map(() => NOISE * random.normal());
  for (const [name, weight] of Object.entries(parts))
    direction(name, width).forEach((value, j) => (state[j]! += weight * value));
  return state;
}

/** Positions of a question: its subject's last token, then a word, then the token that answers. */
function askingStates(random: Random, { subject, relation }: Question): Float64Array[] {
  return [
    mix(random, WIDTH, { [`subject ${subject}`]: 1 }),
    mix(random, WIDTH, { [`word of ${relation}`]: 0.7, [`subject ${subject}`]: 0.3 }),
    mix(random, WIDTH, { [`relation ${relation}`]: 1, [`subject ${subject}`]: 0.4 }),
  ];
}

function questionsOf(random: Random, kind: PromptKind): readonly Question[] {
  const other = (prefix: string): string => `${prefix} ${random.integer(6)}`;
  switch (kind) {
    case 'other-subject':
      return [{ subject: other('other'), relation: EDITED.relation }];
    case 'same-object':
      return [{ subject: other('other'), relation: EDITED.relation }];
    case 'other-relation':
      return [{ subject: EDITED.subject, relation: other('relation') }];
    case 'topic-change':
      return [EDITED, { subject: other('other'), relation: other('relation') }];
    case 'unrelated':
      return [{ subject: other('thing'), relation: other('talk') }];
    case 'forced':
      return [EDITED, EDITED];
    default:
      return [EDITED];
  }
}

function synthesise(random: Random, kind: PromptKind, group: number, needs: ScopeNeeds): LabelledQuery {
  const questions = questionsOf(random, kind);
  const fillers = 1 + random.integer(3);
  const states = Array.from({ length: fillers }, () =>
    mix(random, WIDTH, { [`filler ${random.integer(5)}`]: 1 }),
  );
  let subjectPosition: number | undefined;
  for (const question of questions) {
    if (question.subject === EDITED.subject) subjectPosition = states.length;
    states.push(...askingStates(random, question));
  }
  if (kind === 'doubt')
    states.push(
      mix(random, WIDTH, { 'doubting word': 1 }),
      mix(random, WIDTH, { [`relation ${EDITED.relation}`]: 0.9, doubt: 0.4 }),
    );
  const last = questions.at(-1)!;
  const atLayer = (): Matrix<Float32Array> => {
    const data = new Float32Array(states.length * WIDTH);
    states.forEach((state, position) => data.set(state, position * WIDTH));
    return { rows: states.length, cols: WIDTH, data };
  };
  return {
    kind,
    group,
    lastTokenActivation: Float32Array.from(states.at(-1)!),
    ...(subjectPosition !== undefined && { subjectPosition }),
    ...(needs.layers.length > 0 && { layers: new Map(needs.layers.map((layer) => [layer, atLayer()])) }),
    ...(needs.embedding && {
      embedding: Float32Array.from(
        mix(random, EMBEDDING_WIDTH, { [`about ${last.subject}`]: 1, [`asks ${last.relation}`]: 1 }),
      ),
    }),
  };
}

/**
 * Seeded queries of every kind around one edit, without a language model: subjects, words and relations are
 * random directions, states are sums of them plus noise. The same at every layer.
 */
export function syntheticScopeInput(needs: ScopeNeeds, seed: number | string = 0): ScopeInput {
  const random = createRandom(seed).fork('synthetic-scope-input');
  let group = 0;
  const make = (kinds: readonly (readonly [PromptKind, number])[]): LabelledQuery[] =>
    kinds.flatMap(([kind, count]) =>
      Array.from({ length: count }, () => synthesise(random, kind, group++, needs)),
    );
  return { positives: make(POSITIVES), negatives: make(NEGATIVES) };
}
