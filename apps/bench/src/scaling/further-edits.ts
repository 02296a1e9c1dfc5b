import { embeddedFacts } from '@sakejs/embedded-model';
import { withheldPrompts, type Suite, type SuiteCase } from '@sakejs/evaluation';
import { facts, normalizeLabel } from '@sakejs/facts';
import { SakeError } from '@sakejs/spec';
import type { SuiteOptions } from '../bench-suites.js';
import { loadRecords } from '../load-records.js';
import { generateRequests, promptsByRelation } from './generate-requests.js';

/** A suite with further cases that nothing is asked of. */
export interface FilledSuite {
  readonly suite: Suite;
  /** Further cases that are records of the same file. */
  readonly records: number;
  /** Further cases whose requests are generated over the fact tables. */
  readonly generated: number;
}

/**
 * A suite with as many cases as asked for: behind its own stand further ones that lend their edits only.
 *
 * They are the file's other records first, and then requests generated from fact tables (those the embedded model was
 * taught, for its own records; else all) in the wordings of the file's requests, drawn by the seed. No subject is edited
 * twice, and no generated request edits a subject that the suite's queries name.
 *
 * @throws {SakeError} `not-enough-data` where records and tables do not suffice, with how many there are.
 */
export function withFurtherEdits(suite: Suite, cases: number, options: SuiteOptions): FilledSuite {
  const wanted = cases - suite.cases.length;
  if (wanted <= 0) return { suite, records: 0, generated: 0 };
  const { limit: _, ...whole } = options;
  const { records } = loadRecords(whole);
  const edited = new Set(suite.cases.map(({ request }) => normalizeLabel(request.subject)));
  const others: SuiteCase[] = [];
  for (const record of records) {
    const { request, caseId } = record;
    if (others.length === wanted) break;
    if (edited.has(normalizeLabel(request.subject))) continue;
    edited.add(normalizeLabel(request.subject));
    others.push({ id: `case_id ${caseId}`, request, withheld: withheldPrompts(record), queries: [] });
  }
  const generated = generateRequests(options.records === undefined ? embeddedFacts() : facts(), {
    wanted: wanted - others.length,
    prompts: promptsByRelation(records.map(({ request }) => request)),
    edited: [...edited],
    asked: suite.cases.flatMap(({ queries }) => queries.map(({ prompt }) => prompt)),
    seed: options.seed,
  });
  if (others.length + generated.length < wanted)
    throw new SakeError(
      'not-enough-data',
      `withFurtherEdits: expected ${cases} edits of different subjects, got ${suite.cases.length} that are asked, ` +
        `${others.length} further records and ${generated.length} requests generated from fact tables; ask for fewer live edits`,
      { details: { cases, asked: suite.cases.length, records: others.length, generated: generated.length } },
    );
  const made = generated.map((request, index) => ({
    id: `generated ${index} (${request.subject}, ${request.relation})`,
    request,
    withheld: [],
    queries: [],
  }));
  return {
    suite: { ...suite, cases: [...suite.cases, ...others, ...made] },
    records: others.length,
    generated: made.length,
  };
}
