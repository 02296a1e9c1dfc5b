import { isPrefixOfAny, type CounterFactDataset, type CounterFactRecord } from '@sakejs/evaluation';
import { normalizeLabel, type Fact } from '@sakejs/facts';
import { fillPrompt, type CausalLM } from '@sakejs/spec';
import type { Dataset } from '../corpus/plan-dataset.js';
import type { Asker } from './ask.js';
import { groupFacts } from '../records/group-facts.js';
import { countsOf, createTally, sharesOf } from './share.js';
import { createTrainedWording } from './trained-wording.js';

const metrics = ['request', 'paraphrase', 'neighbourhood'] as const;
type Metric = (typeof metrics)[number];

/** How the unedited model answers the prompts of a file of records; shares in 0..1. */
export interface CounterFactFigures extends Readonly<Record<Metric, number | null>> {
  /** Records whose request's fact the model was taught; only these are asked. */
  readonly records: number;
  /** Records in the file. */
  readonly total: number;
  /** By the paper's rule: the greedy token, decoded and trimmed, is a non-empty prefix of the object. */
  readonly prefix: Readonly<Record<Metric, number | null>>;
  readonly prompts: Readonly<Record<Metric, number>>;
  /** First token right on the prompts whose wording no phrasing of training has, and how many there are. */
  readonly unseenWording: Readonly<Record<Metric, number | null>> & {
    readonly prompts: Readonly<Record<Metric, number>>;
  };
  readonly file: { readonly name: string; readonly sha256: string };
}

const subjectOf = ({ subject }: Fact): string => subject;

const keyOf = (relation: string, subject: string, object: string): string =>
  [relation, normalizeLabel(subject), normalizeLabel(object)].join('\t');

/** The records whose request asks a fact of the dataset: its relation, subject and true object. */
export function coveredRecords(
  records: readonly CounterFactRecord[],
  facts: readonly Fact[],
): CounterFactRecord[] {
  const taught = new Set(facts.map(({ relation, subject, object }) => keyOf(relation, subject, object)));
  return records.filter(
    ({ request: { relation, subject, targetTrue } }) =>
      relation !== undefined && taught.has(keyOf(relation, subject, targetTrue)),
  );
}

/** The prompts of a record as they stand in its file; the true object answers all of them. */
function promptsOf({ request, paraphrasePrompts, neighborhoodPrompts }: CounterFactRecord): {
  readonly metric: Metric;
  readonly prompt: string;
  readonly object: string;
  /** Whom the prompt asks of, where the record says so. */
  readonly subject?: string;
}[] {
  const prompts: Record<Metric, readonly string[]> = {
    request: [fillPrompt(request.prompt, request.subject)],
    paraphrase: paraphrasePrompts,
    neighbourhood: neighborhoodPrompts,
  };
  return metrics.flatMap((metric) =>
    prompts[metric].map((prompt) => ({
      metric,
      prompt,
      object: request.targetTrue,
      ...(metric === 'neighbourhood' ? {} : { subject: request.subject }),
    })),
  );
}

/** Asks the request, paraphrase and neighbourhood prompts of the covered records for the true object. */
export async function measureCounterFact(
  asker: Asker,
  lm: Pick<CausalLM, 'decode'>,
  dataset: Dataset,
  { name, sha256, total, records }: CounterFactDataset,
): Promise<CounterFactFigures> {
  const covered = coveredRecords(records, dataset.facts);
  const asked = covered.flatMap(promptsOf);
  const tallies = () => ({
    request: createTally(),
    paraphrase: createTally(),
    neighbourhood: createTally(),
  });
  const exact = tallies();
  const prefix = tallies();
  const unseen = tallies();
  const isTrained = createTrainedWording(dataset);
  const namesOf = groupFacts(dataset.facts, 'object');
  await asker.each('CounterFact', asked, asked.length, (query, { firstToken, token }) => {
    const { metric, object, prompt, subject } = query;
    exact[metric].add(firstToken);
    prefix[metric].add(isPrefixOfAny(lm.decode([token]).trim(), [object]));
    const names = subject === undefined ? namesOf.get(normalizeLabel(object))!.map(subjectOf) : [subject];
    if (!isTrained(prompt, names)) unseen[metric].add(firstToken);
  });
  return {
    records: covered.length,
    total,
    ...sharesOf(exact),
    prefix: sharesOf(prefix),
    prompts: countsOf(exact),
    unseenWording: { ...sharesOf(unseen), prompts: countsOf(unseen) },
    file: { name, sha256 },
  };
}
