import type { QueryOutcome, QueryRecord, SuiteResult } from '@sakejs/evaluation';

/** Queries of one table by column; every text is an index into {@link ViewerData.strings}. */
export interface ViewerTable {
  readonly suite: string;
  readonly protocol: string;
  readonly model: string;
  readonly methods: readonly string[];
  /** Metrics whose values are no shares, so that 1 and 0 are not right and wrong. */
  readonly amounts: readonly number[];
  readonly queries: {
    readonly case: readonly number[];
    readonly metric: readonly number[];
    readonly prompt: readonly number[];
    /** Wanted objects, joined by ` | `. */
    readonly wanted: readonly number[];
    /** The unedited model's token. */
    readonly before: readonly number[];
  };
  /** One a method, each column as long as the queries'. */
  readonly outcomes: readonly ViewerOutcomes[];
}

export interface ViewerOutcomes {
  /** -1 where the method has no outcome. */
  readonly answer: readonly number[];
  readonly value: readonly (number | null)[];
  /** 0 none, 1 the own edit, 2 another. */
  readonly fired: readonly number[];
  /** The edit that fired; -1 where none did. */
  readonly edit: readonly number[];
  /** Three figures; null where no edit was measured. */
  readonly distance: readonly (number | null)[];
  /** Why it is left out, or could not be scored; -1 where it counts. */
  readonly note: readonly number[];
}

/** Every query of a report, in columns: 40,000 outcomes take about 2 MB. */
export interface ViewerData {
  readonly strings: readonly string[];
  readonly tables: readonly ViewerTable[];
}

const firings: readonly QueryOutcome['fired'][] = ['none', 'own', 'other'];

/** The queries of those results that have them. */
export function viewerData(results: readonly SuiteResult[]): ViewerData {
  const { strings, indexOf } = dictionary();
  const tables = results.flatMap(({ suite, protocol, model, columns, rows, queries }): ViewerTable[] => {
    if (queries === undefined || queries.length === 0) return [];
    const methods = rows.map(({ method }) => method);
    return [
      {
        suite,
        protocol,
        model,
        methods,
        amounts: columns.filter(({ unit }) => unit !== 'share').map(({ name }) => indexOf(name)),
        queries: {
          case: queries.map((query) => query.case),
          metric: queries.map(({ metric }) => indexOf(metric)),
          prompt: queries.map(({ prompt }) => indexOf(prompt)),
          wanted: queries.map(({ wanted }) => indexOf(wanted.join(' | '))),
          before: queries.map(({ outcomes }) => indexOf(Object.values(outcomes)[0]?.before ?? '')),
        },
        outcomes: methods.map((method) => columnsOf(queries, method, indexOf)),
      },
    ];
  });
  return { strings, tables };
}

function columnsOf(
  queries: readonly QueryRecord[],
  method: string,
  indexOf: (text: string) => number,
): ViewerOutcomes {
  const outcomes = queries.map((query) => query.outcomes[method]);
  const index = (text: string | undefined): number => (text === undefined ? -1 : indexOf(text));
  return {
    answer: outcomes.map((outcome) => index(outcome?.answer)),
    value: outcomes.map((outcome) => rounded(outcome?.value)),
    fired: outcomes.map((outcome) => firings.indexOf(outcome?.fired ?? 'none')),
    edit: outcomes.map((outcome) => index(outcome?.edit)),
    distance: outcomes.map((outcome) => rounded(outcome?.distance)),
    note: outcomes.map((outcome) => index(outcome?.error ?? outcome?.leftOut)),
  };
}

function rounded(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : Number(value.toPrecision(3));
}

function dictionary(): { readonly strings: string[]; indexOf(text: string): number } {
  const strings: string[] = [];
  const places = new Map<string, number>();
  return {
    strings,
    indexOf(text) {
      const known = places.get(text);
      if (known !== undefined) return known;
      places.set(text, strings.length);
      return strings.push(text) - 1;
    },
  };
}
