import type { DecoderMap } from '@sakejs/onnx';
import { describe, expect, it } from 'vitest';
import { createFeeder, type DecoderFeeder } from './decoder-feeds.js';
import type { GraphSession } from './graph-session.js';

const port = (name: string): { name: string; type: string; dims: (number | string)[] } => ({
  name,
  type: 'int64',
  dims: ['batch', 'sequence'],
});

function feeder(): DecoderFeeder {
  const body: Pick<GraphSession, 'inputs' | 'outputs' | 'tensor'> = {
    inputs: [port('input_ids'), port('attention_mask'), port('position_ids')],
    outputs: [],
    tensor: (data, dims, type = 'int64') => ({ data, dims, type }),
  };
  const map = {
    inputs: { ids: 'input_ids', mask: 'attention_mask', positions: 'position_ids' },
    cache: [],
  } as unknown as DecoderMap;
  return createFeeder(body as GraphSession, map, {});
}

/** Rows of ids, mask and positions. */
function fed(rows: readonly (readonly number[])[], past: number, leading: readonly number[]): number[][][] {
  const feeds = feeder().sequences(rows, past, leading);
  return ['input_ids', 'attention_mask', 'position_ids'].map((name) => {
    const { data, dims } = feeds[name]!;
    const values = Array.from(data as BigInt64Array, Number);
    return rows.map((_, row) => values.slice(row * dims[1]!, (row + 1) * dims[1]!));
  });
}

describe('createFeeder', () => {
  it('pads on the right of rows that begin at once', () => {
    expect(fed([[5, 6, 7], [8]], 0, [0, 0])).toEqual([
      [
        [5, 6, 7],
        [8, 0, 0],
      ],
      [
        [1, 1, 1],
        [1, 0, 0],
      ],
      [
        [0, 1, 2],
        [0, 1, 2],
      ],
    ]);
  });

  it('pads on the left, with positions that count from the first token', () => {
    expect(fed([[5, 6, 7], [8]], 0, [0, 2])).toEqual([
      [
        [5, 6, 7],
        [0, 0, 8],
      ],
      [
        [1, 1, 1],
        [0, 0, 1],
      ],
      [
        [0, 1, 2],
        [0, 0, 0],
      ],
    ]);
  });

  it('goes on behind cached columns, the padded ones hidden', () => {
    expect(fed([[9], [4]], 3, [0, 2])).toEqual([
      [[9], [4]],
      [
        [1, 1, 1, 1],
        [0, 0, 1, 1],
      ],
      [[3], [1]],
    ]);
  });
});
