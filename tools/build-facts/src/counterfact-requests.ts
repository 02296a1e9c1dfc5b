import { z } from 'zod';
import { parseJson, parseJsonLines } from './parse-json.js';
import type { Statement } from './statement.js';

/** The true fact of a CounterFact request; `relation` where its record names one. */
export interface CounterfactRequest {
  readonly template: string;
  readonly subject: string;
  readonly object: string;
  readonly relation?: string;
}

const requestRow = z.object({
  subject: z.string(),
  ground_truth: z.string(),
  prompt_template: z.string(),
  relation_id: z.string().optional(),
  relation_id_derived: z.string().optional(),
});

const recordSchema = z.object({
  requested_rewrite: z.object({
    prompt: z.string(),
    relation_id: z.string(),
    subject: z.string(),
    target_true: z.object({ str: z.string() }),
  }),
  neighborhood_prompts: z.array(z.string()),
});

/** A CounterFact record, as far as facts are concerned. */
export interface CounterfactRecord {
  readonly request: CounterfactRequest & { readonly relation: string };
  /** Prompts about other subjects with the same true object. */
  readonly neighbourPrompts: readonly string[];
}

/** Requests without their records: one JSON object a line. */
export function readRequests(text: string, file: string): CounterfactRequest[] {
  return parseJsonLines(text, file, requestRow).map((row) => {
    const relation = row.relation_id ?? row.relation_id_derived;
    return {
      template: row.prompt_template,
      subject: row.subject,
      object: row.ground_truth,
      ...(relation === undefined ? {} : { relation }),
    };
  });
}

/** Records in CounterFact's original schema. */
export function readRecords(text: string, file: string): CounterfactRecord[] {
  return parseJson(text, file, z.array(recordSchema)).map(({ requested_rewrite, neighborhood_prompts }) => ({
    request: {
      template: requested_rewrite.prompt,
      subject: requested_rewrite.subject,
      object: requested_rewrite.target_true.str,
      relation: requested_rewrite.relation_id,
    },
    neighbourPrompts: neighborhood_prompts,
  }));
}

/**
 * Requests as statements, in the order given; a request without a relation gets
 * one where only one is possible.
 *
 * Possible are the relations in which `relationsHolding(subject, object)` knows the
 * fact; where none does, those of the requests that share its template and object.
 */
export function resolveRequests(
  requests: readonly CounterfactRequest[],
  relationsHolding: (subject: string, object: string) => readonly string[],
): { statements: Statement[]; unresolved: number } {
  const byWording = new Map<string, Set<string>>();
  const wording = ({ template, object }: CounterfactRequest): string => `${template}\t${object}`;
  for (const request of requests) {
    if (request.relation === undefined) continue;
    const known = byWording.get(wording(request)) ?? new Set();
    byWording.set(wording(request), known.add(request.relation));
  }
  const statements: Statement[] = [];
  let unresolved = 0;
  for (const request of requests) {
    const { subject, object } = request;
    const holding = request.relation === undefined ? relationsHolding(subject, object) : [request.relation];
    const possible = holding.length > 0 ? holding : [...(byWording.get(wording(request)) ?? [])];
    const [relation] = possible;
    if (possible.length === 1 && relation !== undefined)
      statements.push({ relation, subject, object, source: 'counterfact' });
    else unresolved++;
  }
  return { statements, unresolved };
}
