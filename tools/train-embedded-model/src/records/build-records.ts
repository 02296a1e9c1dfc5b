import type { Fact } from '@sakejs/facts';
import { reservedTestSentences, type RelationPhrasings } from '@sakejs/prompts';
import { createRandom, fillPrompt, SakeError, type Random } from '@sakejs/spec';
import { createPhrasingIndex, type PhrasingIndex } from '../corpus/phrasing-index.js';
import type { CounterFactRecord } from './counterfact-record.js';
import { generationOpenings } from './generation-openings.js';
import { groupFacts } from './group-facts.js';
import { MIN_NEIGHBOURS, type EditPlan } from './plan-edits.js';
import type { Withheld } from './withheld.js';

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

/** Up to {@link MAX_PROMPTS} distinct prompts that ask the given facts in phrasings not withheld, each fact by turns. */
function promptsAbout(
  facts: readonly Fact[],
  phrasings: PhrasingIndex,
  withheld: Withheld,
  random: Random,
): string[] {
  const queues = random
    .shuffle(facts)
    .slice(0, MAX_PROMPTS)
    .map((fact) => ({
      subject: fact.subject,
      patterns: random.shuffle(
        phrasings.statements(fact).filter((statement) => !withheld.has(fact.subject, statement)),
      ),
    }));
  const prompts: string[] = [];
  const turns = Math.max(0, ...queues.map(({ patterns }) => patterns.length));
  for (let turn = 0; turn < turns; turn++)
    for (const { subject, patterns } of queues) {
      const pattern = patterns[turn];
      if (pattern !== undefined && prompts.length < MAX_PROMPTS) prompts.push(fillPrompt(pattern, subject));
    }
  return prompts;
}

/** Facts by relation and object, without those whose subject a record edits: with all edits live, an edited neighbour has no true answer to keep. */
function uneditedFacts(
  facts: readonly Fact[],
  edits: readonly EditPlan[],
): (relation: string, object: string) => readonly Fact[] {
  const edited = new Set(edits.map(({ fact }) => fact.subject));
  const byObject = groupFacts(
    facts.filter(({ subject }) => !edited.has(subject)),
    'object',
  );
  return (relation, object) => (byObject.get(object) ?? []).filter((fact) => fact.relation === relation);
}

/**
 * The planned edits as records: paraphrases are the withheld phrasings behind a reserved test sentence, neighbours and
 * attribute prompts ask of subjects that no record edits, in phrasings that are not withheld from those.
 *
 * @throws {SakeError} `not-enough-data` when an edit has too few neighbours that are not edited themselves.
 */
export function buildRecords({ edits, facts, phrasings, withheld, seed }: RecordOptions): BenchmarkRecords {
  const all = createRandom(`${seed}/records`);
  const index = createPhrasingIndex({ facts, phrasings });
  const unedited = uneditedFacts(facts, edits);
  const build = ({ fact, targetNew, prompt, testPatterns }: EditPlan, caseId: number): CounterFactRecord => {
    const random = all.fork(caseId);
    const prefixes = random.shuffle(reservedTestSentences);
    const neighbours = unedited(fact.relation, fact.object);
    if (neighbours.length < MIN_NEIGHBOURS)
      throw new SakeError(
        'not-enough-data',
        `buildRecords: expected ${MIN_NEIGHBOURS} subjects of ${fact.relation} with object ${JSON.stringify(fact.object)} that no record edits, got ${neighbours.length}; ask for fewer records`,
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
      neighborhood_prompts: promptsAbout(neighbours, index, withheld, random),
      attribute_prompts: promptsAbout(unedited(fact.relation, targetNew), index, withheld, random),
      generation_prompts: random
        .shuffle(generationOpenings)
        .slice(0, GENERATION_PROMPTS)
        .map((opening) => fillPrompt(opening, fact.subject)),
    };
  };
  const dev: CounterFactRecord[] = [];
  const test: CounterFactRecord[] = [];
  edits.forEach((edit, caseId) => (edit.split === 'dev' ? dev : test).push(build(edit, caseId)));
  return { dev, test };
}
