import { SakeError } from '@sakejs/spec';

export type ProtocolName = 'paper' | 'strict';

/**
 * How queries are filtered and scored and which edits are live; rows, map and gate belong to the method.
 *
 * Each setting but `live` is one quirk of the authors' reference code that `strict` does without.
 */
export interface Protocol {
  readonly name: string;
  /** `own`: each edit is scored against its own scope alone. `all`: every edit of the suite is live at once. */
  readonly live: 'own' | 'all';
  /**
   * With `live: 'all'`, how many are live at once: the suite's cases are taken in their order, so many at a time, and each is
   * asked with its group's edits. Absent: every one of the suite.
   */
  readonly liveAtOnce?: number;
  /** Whether a closed gate is a success of specificity and relation specificity, whatever the model then says. */
  readonly closedGateSucceeds: boolean;
  /** `open`: the doubt tests ignore the gate. `method`: they are asked through it, as everything else. */
  readonly doubtGate: 'open' | 'method';
  /** Popular: every edit counts, or only those after which the request has P(new) > P(true). */
  readonly keepEdits: 'all' | 'preferring-new';
  /** First tokens that `keepEdits` compares: without (`bare`) or with a leading space. */
  readonly preferenceTokens: 'bare' | 'spaced';
  /**
   * Subject aliasing counts where, `mapped`, the condition query passes with the own map applied and the gate ignored, or,
   * `unedited`, where the unedited model answers the alias's query with the true object.
   */
  readonly aliasingCondition: 'mapped' | 'unedited';
  /** Popular's own accuracy: whether a greedy token of white space alone passes. */
  readonly emptyTokenPasses: boolean;
}

/** The authors' reference code, to the letter. */
const paper: Protocol = {
  name: 'paper',
  live: 'own',
  closedGateSucceeds: true,
  doubtGate: 'open',
  keepEdits: 'preferring-new',
  preferenceTokens: 'bare',
  aliasingCondition: 'mapped',
  emptyTokenPasses: true,
};

/** All edits live, one gate for every table, filters that see the unedited model only. */
const strict: Protocol = {
  name: 'strict',
  live: 'all',
  closedGateSucceeds: false,
  doubtGate: 'method',
  keepEdits: 'all',
  preferenceTokens: 'spaced',
  aliasingCondition: 'unedited',
  emptyTokenPasses: false,
};

/** The two protocols by name. */
export const protocols: Readonly<Record<ProtocolName, Protocol>> = { paper, strict };

export const protocolNames: readonly ProtocolName[] = ['paper', 'strict'];

/**
 * A protocol with some settings changed; a changed one is named after what it came from and what differs.
 *
 * @throws {SakeError} `unknown-kind` for a protocol or setting that is not known; `invalid-option` for `liveAtOnce` that
 * is no whole number of at least 1, or where edits live alone.
 */
export function createProtocol(name: ProtocolName, changes: Partial<Omit<Protocol, 'name'>> = {}): Protocol {
  const base = Object.hasOwn(protocols, name) ? protocols[name] : undefined;
  if (base === undefined)
    throw new SakeError(
      'unknown-kind',
      `createProtocol: expected one of ${protocolNames.join(', ')}, got ${JSON.stringify(name)}`,
    );
  const stray = Object.keys(changes).find((setting) => !settingNames.some((known) => known === setting));
  if (stray !== undefined)
    throw new SakeError(
      'unknown-kind',
      `createProtocol: expected settings among ${settingNames.join(', ')}, got ${JSON.stringify(stray)}`,
    );
  const differing = settingNames.filter((key) => changes[key] !== undefined && changes[key] !== base[key]);
  if (differing.length === 0) return base;
  checkLiveAtOnce({ ...base, ...changes });
  return {
    ...base,
    ...changes,
    name: [name, ...differing.map((key) => `${key}=${String(changes[key])}`)].join(' '),
  };
}

type Setting = Exclude<keyof Protocol, 'name'>;

const settingNames: readonly Setting[] = [
  ...(Object.keys(paper).filter((key) => key !== 'name') as Setting[]),
  'liveAtOnce',
];

function checkLiveAtOnce({ live, liveAtOnce }: Protocol): void {
  if (liveAtOnce === undefined) return;
  if (live === 'all' && Number.isInteger(liveAtOnce) && liveAtOnce >= 1) return;
  throw new SakeError(
    'invalid-option',
    `createProtocol: expected liveAtOnce to be a whole number of at least 1 where all edits are live, got ${liveAtOnce} with live=${live}`,
  );
}

/** Which edits are live, in words. */
export function liveEdits({ live, liveAtOnce }: Protocol): string {
  if (live === 'own') return 'each edit alone';
  return liveAtOnce === undefined ? 'all edits live' : `${liveAtOnce} edits live at once`;
}
