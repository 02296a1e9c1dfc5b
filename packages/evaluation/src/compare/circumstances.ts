import type { SuiteResult } from '../runner/suite-result.js';

/** Something that two results do not share. */
export interface Difference {
  /** `model`, `seed`, `protocol doubtGate` … */
  readonly what: string;
  readonly a: string;
  readonly b: string;
}

/** What two results of one suite were made with, wherever it differs. */
export function differingCircumstances(a: SuiteResult, b: SuiteResult): Difference[] {
  const [left, right] = [circumstances(a), circumstances(b)];
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((what): Difference[] => {
    const [of, other] = [left.get(what) ?? 'none', right.get(what) ?? 'none'];
    return of === other ? [] : [{ what, a: of, b: other }];
  });
}

function circumstances({
  modelInfo,
  data,
  seed,
  edits,
  prompts,
  protocolSettings,
}: SuiteResult): Map<string, string> {
  const { name, ...settings } = protocolSettings;
  return new Map([
    ['model', modelInfo.id],
    ['model sha256', modelInfo.sha256],
    ['model dtype', modelInfo.dtype],
    ['threads', String(modelInfo.threads)],
    ...Object.entries(modelInfo.runtime).map(([what, version]) => [`runtime ${what}`, version] as const),
    ['records', data.name],
    ['records sha256', data.sha256],
    ['records in the file', String(data.records)],
    ['edits', String(edits)],
    ['seed', String(seed)],
    ['prompt source', prompts.source],
    ['prompts an edit', String(prompts.count)],
    ...Object.entries(settings).map(([what, value]) => [`protocol ${what}`, String(value)] as const),
  ]);
}
