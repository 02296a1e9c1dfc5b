import { describe, expect, it } from 'vitest';
import { createBenchProgram } from '../bench-program.js';

async function gates(...argv: string[]): Promise<{ exit: number; stdout: string; stderr: string }> {
  const text = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof text): { write(part: string): boolean } => ({
    write: (part) => {
      text[name] += part;
      return true;
    },
  });
  const exit = await createBenchProgram({ stdout: stream('stdout'), stderr: stream('stderr') }).run([
    'gates',
    ...argv,
  ]);
  return { exit, ...text };
}

describe('sake-bench gates', () => {
  it('tells how often each gate lets in each kind of prompt', { timeout: 120_000 }, async () => {
    const { exit, stdout } = await gates(
      '--gates',
      'centroid,sake',
      '--limit',
      '2',
      '--count',
      '20',
      '--json',
      '-',
    );
    expect(exit).toBe(0);
    const result = JSON.parse(stdout) as {
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
    const { exit, stderr } = await gates('--gates', 'wicket');
    expect(exit).toBe(2);
    expect(stderr).toMatch(/--gates: expected names among centroid, .*sake/);
  });
});
