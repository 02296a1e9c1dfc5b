import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export const bytesOf = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));

/** A file that goes when the test ends. */
export function fileOf(content: Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'sake-dataset-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'records.json');
  writeFileSync(file, content);
  return file;
}

/** A record in CounterFact's original schema. */
export const originalExample: Readonly<Record<string, unknown>> = {
  case_id: 7,
  requested_rewrite: {
    prompt: 'The capital of {} is',
    relation_id: 'P36',
    subject: 'France',
    target_new: { str: 'Rome', id: 'Q220' },
    target_true: { str: 'Paris' },
  },
  paraphrase_prompts: ['It rained. The seat of government of France is'],
  neighborhood_prompts: ['The capital of Ile-de-France is'],
};

/** The same fact in EasyEdit's flat form. */
export const flatExample: Readonly<Record<string, unknown>> = {
  case_id: 7,
  prompt: 'The capital of France is',
  subject: 'France',
  target_new: 'Rome',
  ground_truth: 'Paris',
  rephrase_prompt: 'The seat of government of France is',
  locality_prompt: 'The capital of Ile-de-France is',
  locality_ground_truth: 'Paris',
};

const answer = (value: string, aliases: readonly string[] = []): Record<string, unknown> => ({
  value,
  aliases,
});

interface QueryParts {
  readonly subject?: string;
  readonly relation?: string;
  readonly targets?: readonly string[];
}

export const rippleQuery = (
  prompt: string,
  answers: readonly unknown[],
  { subject = 'Q0', relation = 'CAPITAL', targets = [] }: QueryParts = {},
): Record<string, unknown> => ({
  prompt,
  answers,
  query_type: 'regular',
  subject_id: subject,
  relation,
  target_ids: targets,
  phrase: null,
});

export const rippleTest = (query: unknown, conditions: readonly unknown[] = []): Record<string, unknown> => ({
  test_queries: [query],
  test_condition: 'OR',
  condition_queries: conditions,
});

/** A record of RippleEdits with labels: the capital of Peru, Lima -> Oslo. */
export function rippleExample(): Record<string, unknown> & { edit: Record<string, unknown> } {
  return {
    example_type: 'popular',
    edit: {
      prompt: 'The name of the capital city of Peru is Oslo.',
      subject_id: 'Q419',
      relation: 'CAPITAL',
      target_id: 'Q585',
      subject_label: 'Peru',
      target_label: 'Oslo',
      original_fact: {
        prompt: 'The name of the capital city of Peru is Lima.',
        subject_id: 'Q419',
        relation: 'CAPITAL',
        target_id: 'Q2868',
        target_label: 'Lima',
      },
    },
    Logical_Generalization: [],
    Compositionality_I: [
      rippleTest(
        rippleQuery('The river at the capital city of Peru is', [
          answer('Akerselva', ['the Aker', 'A', '7']),
        ]),
        [rippleQuery('The river at Oslo is', [answer('Akerselva')])],
      ),
    ],
    Compositionality_II: [],
    Subject_Aliasing: [
      rippleTest(
        rippleQuery('The name of the capital city of PE is', [answer('Oslo')], { targets: ['Q585'] }),
      ),
    ],
    Relation_Specificity: [
      rippleTest(
        rippleQuery('The name of the continent which Peru is part of is', [answer('South America')], {
          subject: 'Q419',
          relation: 'CONTINENT',
          targets: ['Q18'],
        }),
      ),
      rippleTest(
        rippleQuery('The name of the currency in Peru is', [answer('sol')], {
          subject: 'Q419',
          relation: 'CURRENCY',
          targets: ['Q1'],
        }),
      ),
    ],
    Forgetfulness: [],
  };
}
