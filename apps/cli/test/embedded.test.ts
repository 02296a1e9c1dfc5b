import { readFileSync } from 'node:fs';
import { embeddedFacts, embeddedRecordsFile } from '@sakejs/embedded-model';
import { parseCounterFact } from '@sakejs/evaluation';
import { fillPrompt } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { sake, temporaryFolder } from './sake.js';

const { records } = parseCounterFact(readFileSync(embeddedRecordsFile('dev')), { limit: 1 });
const { request } = records[0]!;
const ask = fillPrompt(request.prompt, request.subject);

describe('sake, on the embedded model', () => {
  it('edits a fact that it was trained on, says the new object, and the true one once the edit is removed', async () => {
    const { subject, prompt, targetTrue, targetNew } = request;
    expect(embeddedFacts()).toContainEqual(
      expect.objectContaining({ subject, object: targetTrue, relation: request.relation }),
    );
    const library = ['--library', temporaryFolder()];
    const said = async (...flags: string[]): Promise<string> => {
      const { out } = await sake('generate', ask, ...library, '--max-tokens', '6', ...flags);
      return out.slice(ask.length).trimStart();
    };
    const fact = ['--subject', subject, '--prompt', prompt, '--true', targetTrue, '--new', targetNew];
    const learned = await sake('edit', ...fact, ...library, '--json');
    const { id, before, after } = JSON.parse(learned.out) as { id: string; before: string; after: string };
    expect([before.startsWith(targetTrue), after.startsWith(targetNew)]).toEqual([true, true]);
    expect(await said()).toMatch(new RegExp(`^${targetNew}`));
    expect(await said('--plain')).toMatch(new RegExp(`^${targetTrue}`));
    const unedited = await said('--plain');
    await sake('edits', 'remove', id, ...library);
    expect(await said()).toBe(unedited);
  });
});
