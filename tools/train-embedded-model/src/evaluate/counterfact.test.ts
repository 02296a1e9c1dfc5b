import { parseCounterFact, type CounterFactDataset } from '@sakejs/evaluation';
import { describe, expect, it } from 'vitest';
import { firstDataset } from '../corpus/first-dataset.test-data.js';
import { createAnsweringLM } from './answering-lm.test-data.js';
import { createAsker } from './ask.js';
import { measureCounterFact, type CounterFactFigures } from './counterfact.js';

const fact = firstDataset.facts.find(({ relation }) => relation === 'P36')!;
const record = (id: number, { relation = fact.relation, subject = fact.subject, object = fact.object }) => ({
  case_id: id,
  requested_rewrite: {
    relation_id: relation,
    subject,
    prompt: 'The capital of {} is',
    target_true: { str: object },
    target_new: { str: 'Nowhere' },
  },
  paraphrase_prompts: [`Rain fell. ${subject} is governed from`, `Sun shone. ${subject}'s capital is`],
  neighborhood_prompts: ['Alike has its seat in', 'Likewise has its seat in', 'Also has its seat in'],
});
const records = [
  record(1, { subject: `${fact.subject.normalize('NFD')} ` }),
  record(2, { object: 'Elsewhere' }),
  record(3, { relation: 'P17' }),
  record(4, { subject: 'Nobody' }),
];
const file = parseCounterFact(new TextEncoder().encode(JSON.stringify(records)), { name: 'f' });

function measure(
  answer: Parameters<typeof createAnsweringLM>[0],
  asked: CounterFactDataset = file,
): Promise<CounterFactFigures> {
  const lm = createAnsweringLM(answer);
  return measureCounterFact(createAsker(lm), lm, firstDataset, asked);
}

describe('measureCounterFact', () => {
  it('asks the records whose fact the model was taught, labels normalised', async () => {
    const figures = await measure(() => fact.object);
    expect(figures).toMatchObject({ records: 1, total: 4, request: 1, paraphrase: 1, neighbourhood: 1 });
    expect(figures.prompts).toEqual({ request: 1, paraphrase: 2, neighbourhood: 3 });
    expect(figures.file).toEqual({ name: 'f', sha256: file.sha256 });
  });

  it('gives the share of prompts of each kind', async () => {
    const figures = await measure((prompt) => (/^Sun|^Alike|^Also/.test(prompt) ? fact.object : 'Nowhere'));
    expect(figures).toMatchObject({ request: 0, paraphrase: 0.5 });
    expect(figures.neighbourhood).toBeCloseTo(2 / 3, 12);
    expect(figures.prefix).toEqual({ request: 0, paraphrase: 0.5, neighbourhood: figures.neighbourhood });
  });

  it('tells wordings that training uses from others', async () => {
    const plain = {
      ...record(1, {}),
      paraphrase_prompts: [`Rain fell. The capital of ${fact.subject} is`, `City one of ${fact.subject}:`],
    };
    const { unseenWording } = await measure(
      (prompt) => (prompt.startsWith('Rain') ? 'Nowhere' : fact.object),
      parseCounterFact(new TextEncoder().encode(JSON.stringify([plain]))),
    );
    // The neighbours are no subjects of the dataset.
    expect(unseenWording.prompts).toEqual({ request: 0, paraphrase: 1, neighbourhood: 3 });
    expect(unseenWording).toMatchObject({ request: null, paraphrase: 1, neighbourhood: 1 });
  });

  it('passes another token by the prefix rule where the object begins with it', async () => {
    const figures = await measure(() => fact.object.slice(0, 3));
    expect(figures).toMatchObject({ request: 0, paraphrase: 0, neighbourhood: 0 });
    expect(figures.prefix).toEqual({ request: 1, paraphrase: 1, neighbourhood: 1 });
  });
});
