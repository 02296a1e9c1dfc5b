import { describe, expect, it } from 'vitest';
import { sake } from '../test/sake.js';

describe('createSakeProgram', () => {
  it.each([
    [[], /edit .*generate .*edits/s],
    [
      ['edit'],
      /--subject .*--prompt .*--true .*--new .*--prompts .*--mapper .*--count .*--library .*--model .*--json/s,
    ],
    [['generate'], /<text>.*--plain .*--max-tokens .*--library/s],
    [['edits'], /list .*show .*remove .*export .*import/s],
    [['edits', 'list'], /--library .*--json/s],
    [['edits', 'show'], /<id>/],
    [['edits', 'remove'], /<id\.\.\.>/],
    [['edits', 'export'], /<id> <file>/],
    [['edits', 'import'], /<file\.\.\.>/],
  ])('helps with %j', async (command, content) => {
    const { status, out, err } = await sake(...command, '--help');
    expect([status, err]).toEqual([0, '']);
    expect(out).toMatch(content);
  });

  it('prints its version', async () => {
    expect((await sake('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('shows its help on stderr when it is given nothing to do', async () => {
    const { status, out, err } = await sake();
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(/^Usage: sake/);
  });

  it('refuses an unknown command in one line', async () => {
    const { status, err } = await sake('edti');
    expect([status, err]).toEqual([
      2,
      expect.stringMatching(/^error: sake: unknown command 'edti'.*--help\n$/s),
    ]);
  });
});
