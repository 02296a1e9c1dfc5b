import type { Fact } from '@sakejs/facts';
import { reservedTestSentences, type RelationPhrasings } from '@sakejs/prompts';
import { createRandom, fillPrompt, SakeError, type Random } from '@sakejs/spec';
import type { Withheld } from './withheld.js';
import type { CounterFactRecord } from './counterfact-record.js';
import { generationOpenings } from './generation-openings.js';
import { phrasingsOf, type EditPlan } from './plan-edits.js';

export interface RecordOptions {
  readonly edits: readonly EditPlan[];
  readonly facts: readonly Fact[];
  readonly phrasings: readonly RelationPhrasings[];
  readonly withheld: Withheld;
  readonly seed: number;
}

/** Benchmark records by split; case ids are unique over both. */
export interface BenchmarkRecords {
  readonly dev: readonly CounterFactRecord[];
  readonly test: readonly CounterFactRecord[];
}

const MAX_PROMPTS = 10;
const GENERATION_PROMPTS = 3;

/** Up to {@link MAX_PROMPTS} distinct prompts that ask the relation of the given facts' subjects, each by turns. */
function promptsAbout(
  facts: readonly Fact[],
  statements: readonly string[],
  withheld: Withheld,
  random: Random,
): string[] {
  const queues = random.shuffle(facts).map(({ subject }) => ({
    subject,
    patterns: random.shuffle(statements.filter((statement) => !withheld.has(subject, statement))),
  }));
  const prompts: string[] = [];
  for (let turn = 0; queues.length > 0 && turn < statements.length; turn++)
    for (const { subject, patterns } of queues) {
      const pattern = patterns[turn];
      if (pattern !== undefined && prompts.length < MAX_PROMPTS) prompts.push(fillPrompt(pattern, subject));
    }
  return prompts;
}

/** Facts whose subject no record edits: with all edits live, an edited neighbour has no true answer to keep. */
function withoutEdited(facts: readonly Fact[], edits: readonly EditPlan[]): readonly Fact[] {
  const edited = new Set(edits.map(({ fact }) => fact.subject));
  return facts.filter(({ subject }) => !edited.has(subject));
}

function buildRecord(
  caseId: number,
  edit: EditPlan,
  options: RecordOptions,
  random: Random,
): CounterFactRecord {
  const { fact, targetNew, prompt, testPatterns } = edit;
  const { edits, facts, phrasings, withheld } = options;
  const { statements } = phrasingsOf(fact.relation, phrasings);
  const others = withoutEdited(
    facts.filter(({ relation }) => relation === fact.relation),
    edits,
  );
  const prefixes = random.shuffle(reservedTestSentences);
  const neighbours = promptsAbout(
    others.filter(({ object }) => object === fact.object),
    statements,
    withheld,
    random,
  );
  if (neighbours.length === 0)
    throw new SakeError(
      'not-enough-data',
      `buildRecords: expected a subject of ${fact.relation} with object ${JSON.stringify(fact.object)} that no record edits, got none; ask for fewer records`,
    );
  return {
    case_id: caseId,
    requested_rewrite: {
      prompt,
      relation_id: fact.relation,
      target_new: { str: targetNew },
      target_true: { str: fact.object },
      subject: fact.subject,
    },
    paraphrase_prompts: testPatterns.map(
      (pattern, i) => `${prefixes[i]} ${fillPrompt(pattern, fact.subject)}`,
    ),
    neighborhood_prompts: neighbours,
    attribute_prompts: promptsAbout(
      others.filter(({ object }) => object === targetNew),
      statements,
      withheld,
      random,
    ),
    generation_prompts: random
      .shuffle(generationOpenings)
      .slice(0, GENERATION_PROMPTS)
      .map((opening) => fillPrompt(opening, fact.subject)),
  };
}

/**
 * The planned edits as records: paraphrases are the withheld phrasings behind a reserved test sentence, neighbours and
 * attribute prompts ask of subjects that no record edits, in phrasings that are not withheld from those.
 *
 * @throws {SakeError} `not-enough-data` when an edit has no neighbour that is not edited itself.
 */
export function buildRecords(options: RecordOptions): BenchmarkRecords {
  const random = createRandom(`${options.seed}/records`);
  const dev: CounterFactRecord[] = [];
  const test: CounterFactRecord[] = [];
  options.edits.forEach((edit, caseId) =>
    (edit.split === 'dev' ? dev : test).push(buildRecord(caseId, edit, options, random.fork(caseId))),
  );
  return { dev, test };
}
