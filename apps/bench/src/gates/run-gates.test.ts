import { describe, expect, it } from 'vitest';
import { bench } from '../../test/bench.js';

describe('sake-bench gates', () => {
  it('tells how often each gate lets in each kind of prompt', { timeout: 120_000 }, async () => {
    const { status, out } = await bench(
      'gates',
      '--gates',
      'centroid,sake',
      '--limit',
      '2',
      '--count',
      '20',
      '--json',
      '-',
    );
    expect(status).toBe(0);
    const result = JSON.parse(out) as {
      edits: number;
      rows: { gate: string; columns: Record<string, { value: number; n: number }> }[];
    };
    expect(result.edits).toBe(2);
    expect(result.rows.map(({ gate }) => gate)).toEqual(['centroid', 'sake']);
    const { request, neighbours, unrelated } = result.rows[1]!.columns;
    expect(request).toMatchObject({ n: 2 });
    expect(neighbours).toMatchObject({ n: 20 });
    expect(unrelated!.value).toBeLessThan(0.2);
  });

  it('names the gates that it knows when asked for another', async () => {
    const { status, err } = await bench('gates', '--gates', 'wicket');
    expect(status).toBe(2);
    expect(err).toMatch(/--gates: expected names among centroid, .*sake/);
  });
});
