import { parseJson, parseJsonLines } from './parse-json.js';
import type { Statement } from './statement.js';
import { z } from 'zod';

const trexRow = z.object({ sub_label: z.string(), obj_label: z.string() });
const lreRelation = z.object({ samples: z.array(z.object({ subject: z.string(), object: z.string() })) });
const knownFacts = z.array(z.object({ subject: z.string(), attribute: z.string(), relation_id: z.string() }));

/** T-REx triples of one relation, as ParaRel publishes them: one JSON object a line. */
export function readTrex(text: string, file: string, relation: string): Statement[] {
  return parseJsonLines(text, file, trexRow).map((row) => ({
    relation,
    subject: row.sub_label,
    object: row.obj_label,
    source: 'trex',
  }));
}

/**
 * The samples of one LRE relation.
 *
 * An LRE relation that mixes several of ours (`product by company`) is given as
 * candidates: a sample goes to the first that `holds` it, else to the first.
 */
export function readLre(
  text: string,
  file: string,
  candidates: readonly [string, ...string[]],
  holds: (relation: string, subject: string, object: string) => boolean,
): Statement[] {
  return parseJson(text, file, lreRelation).samples.map(({ subject, object }) => ({
    relation: candidates.find((relation) => holds(relation, subject, object)) ?? candidates[0],
    subject,
    object,
    source: 'lre',
  }));
}

/** The facts that ROME's authors found GPT-2 XL to know. */
export function readKnown(text: string, file: string): Statement[] {
  return parseJson(text, file, knownFacts).map((fact) => ({
    relation: fact.relation_id,
    subject: fact.subject,
    object: fact.attribute,
    source: 'known',
  }));
}
