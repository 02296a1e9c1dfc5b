import type { CounterFactDataset, CounterFactRecord } from '../src/datasets/counterfact.js';
import type { Script } from './scripted-lm.js';

/** A record about a capital. */
export function capitalRecord(
  caseId: number,
  [subject, targetTrue, targetNew]: readonly [string, string, string],
  prompts: { readonly paraphrases: readonly string[]; readonly neighbours: readonly string[] },
): CounterFactRecord {
  return {
    caseId,
    request: { subject, prompt: 'The capital of {} is', targetTrue, targetNew },
    paraphrasePrompts: prompts.paraphrases,
    neighborhoodPrompts: prompts.neighbours,
    attributePrompts: [],
    generationPrompts: [],
  };
}

export function datasetOf(records: readonly CounterFactRecord[]): CounterFactDataset {
  return { name: 'hand-made', sha256: 'd'.repeat(64), total: records.length, records };
}

const france = capitalRecord(10, ['France', 'Paris', 'Rome'], {
  paraphrases: ['Anyhow, France is ruled from', 'Well. The seat of France is'],
  neighbours: ['The capital of Gaul is', 'The capital of Latium is', 'The capital of Nowhere is'],
});
const japan = capitalRecord(11, ['Japan', 'Tokyo', 'Kyoto'], {
  paraphrases: ['So, Japan is ruled from'],
  neighbours: ['The capital of Honshu is'],
});

/**
 * Two records. Unedited: both requests are answered truly; of France's neighbours one prefers Paris, one Rome (to be
 * left out), and one likes both as well (to be kept). The scorers part where something else is said: a paraphrase of
 * France holds Rome for the likelier, Japan's neighbour Tokyo.
 */
export const dataset: CounterFactDataset = datasetOf([france, japan]);

export const script: Script = {
  'The capital of France is': { ' Paris': 3 },
  'Anyhow, France is ruled from': { ' Paris': 3 },
  'Well. The seat of France is': { ' Limbo': 4, ' Rome': 3, ' Paris': 1 },
  'The capital of Gaul is': { ' Paris': 3, ' Rome': 1 },
  'The capital of Latium is': { ' Rome': 3, ' Paris': 1 },
  'The capital of Nowhere is': { ' Limbo': 4, ' Paris': 2, ' Rome': 2 },
  'The capital of Japan is': { ' Tokyo': 3, ' Kyoto': 1 },
  'So, Japan is ruled from': { ' Tokyo': 3 },
  'The capital of Honshu is': { ' Limbo': 4, ' Tokyo': 3, ' Kyoto': 1 },
  'The capital of France is Rome': { '.': 1 },
  'The capital of Japan is Kyoto': { '.': 1 },
  'The capital of Gaul is Paris': { '.': 1 },
};
