import type { StreamAddition } from '@sakejs/spec';
import { widthOf } from './decoder-feeds.js';
import type { GraphTensor } from './graph-session.js';
import type { Pass, RunningBody } from './run-body.js';

/** Values of the changes of a pass. */
export interface PassChange {
  /** U [d, rank] and V [rank, keySize] by block. */
  readonly lowRank: ReadonlyMap<number, { readonly u: GraphTensor; readonly v: GraphTensor }>;
  /** D [keySize, d] by block. */
  readonly dense: ReadonlyMap<number, GraphTensor>;
  /** What is added to each row's residual streams; positions count from its first token. */
  readonly additions: readonly (readonly StreamAddition[])[];
}

/** The rows and columns of a pass. */
type Columns = Pick<Pass, 'rows' | 'past' | 'leading'>;

/** Column among a pass's new ones of a position in a row; outside [0, width) where the pass does not read it. */
function columnOf({ past, leading }: Columns, row: number, position: number): number {
  return leading[row]! + position - past;
}

/** Blocks behind which something is added at a column that a pass reads, ascending. */
export function touchedLayers(columns: Columns, additions: PassChange['additions']): number[] {
  const width = widthOf(columns.rows);
  const touched = additions.flatMap((list, row) =>
    list
      .filter(({ position }) => {
        const column = columnOf(columns, row, position);
        return column >= 0 && column < width;
      })
      .map(({ layer }) => layer),
  );
  return [...new Set(touched)].sort((a, b) => a - b);
}

/** What a body that takes changes is fed with, by input. */
export function changeFeeds(
  { session, changes, hiddenSize: d }: RunningBody,
  { change, ...pass }: Pass,
): Record<string, GraphTensor> {
  if (changes === undefined || change === undefined) return {};
  const feeds: Record<string, GraphTensor> = {};
  for (const [layer, { u, v }] of changes.lowRank) {
    const factors = change.lowRank.get(layer)!;
    feeds[u] = factors.u;
    feeds[v] = factors.v;
  }
  for (const [layer, name] of changes.dense) feeds[name] = change.dense.get(layer)!;
  const width = widthOf(pass.rows);
  for (const [layer, name] of changes.stream) {
    const sum = new Float32Array(pass.rows.length * width * d); // [rows, width, d]
    change.additions.forEach((list, row) => {
      for (const { values, position } of list.filter((addition) => addition.layer === layer)) {
        const column = columnOf(pass, row, position);
        if (column < 0 || column >= width) continue;
        const at = (row * width + column) * d;
        for (let i = 0; i < d; i++) sum[at + i]! += values[i]!;
      }
    });
    feeds[name] = session.tensor(sum, [pass.rows.length, width, d]);
  }
  return feeds;
}
