import { copyFileSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMethod, learnEdit, loadModel, openLibrary } from 'sakejs';
import { writeTinyModel } from 'sakejs/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FRANCE, JAPAN, sake, temporaryFolder } from '../../test/sake.js';

const ASK = 'The capital of France is';

let folder: string;
let model: string;
let library: string;
let france: string;
let japan: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sake-cli-generate-'));
  model = await writeTinyModel(join(folder, 'model'));
  library = join(folder, 'edits');
  for (const flags of [FRANCE, JAPAN]) await sake('edit', ...flags, '--model', model, '--library', library);
  [france, japan] = readdirSync(library).map((name) => name.replace('.safetensors', '')) as [string, string];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const generate = (...flags: string[]): ReturnType<typeof sake> =>
  sake('generate', ASK, '--model', model, '--library', library, '--max-tokens', '4', ...flags);

/** A library of another model's edit beside France's. */
async function withEditOf(other: string): Promise<string> {
  const mixed = temporaryFolder();
  await sake('edit', ...JAPAN, '--model', other, '--library', mixed);
  copyFileSync(join(library, `${france}.safetensors`), join(mixed, `${france}.safetensors`));
  return mixed;
}

describe('sake generate', () => {
  it('goes on with the text, the edits applied', async () => {
    const { status, out, err } = await generate();
    expect([status, err]).toEqual([0, '']);
    expect(out.startsWith(ASK)).toBe(true);
    expect(out.endsWith('\n')).toBe(true);
  });

  it('tells as JSON which edit fired', async () => {
    const { out } = await generate('--json');
    expect(JSON.parse(out)).toMatchObject({ prompt: ASK, liveEdits: 2, leftOut: [], fired: [{ step: 0 }] });
  });

  it('has another model answer in scope where the edit names one: --counterfactual', async () => {
    const other = await writeTinyModel(join(temporaryFolder(), 'other'), { seed: 1 });
    const own = temporaryFolder();
    await using lm = await loadModel(model);
    await using answering = await loadModel(other);
    const request = {
      subject: 'France',
      prompt: 'The capital of {} is',
      targetTrue: 'Paris',
      targetNew: 'Rome',
    };
    // Facts in context have no gate, so that this edit applies.
    const edit = await learnEdit(request, { lm, method: createMethod('icl', lm.info), count: 2 });
    if (edit.kind !== 'prompt') throw new Error(`expected a prompt edit, got ${edit.kind}`);
    const { id, sha256 } = answering.info;
    await (await openLibrary(own)).add({ ...edit, counterfactual: { id, sha256 } });
    const told = await generate('--json', '--library', own, '--counterfactual', other);
    const { fired, continuation } = JSON.parse(told.out) as {
      fired: { read: string }[];
      continuation: string;
    };
    const said = await sake(
      'generate',
      fired[0]!.read,
      '--plain',
      '--model',
      other,
      '--max-tokens',
      '4',
      '--json',
    );
    expect(continuation).toBe((JSON.parse(said.out) as { continuation: string }).continuation);
    const without = await generate('--library', own);
    expect(without.status).toBe(2);
    expect(without.err).toMatch(/expected the model .* among counterfactuals, got \[\]/);
  });

  it('leaves the edits out with --plain', async () => {
    const told = async (...flags: string[]): Promise<{ continuation: string; fired: unknown[] }> =>
      JSON.parse((await generate('--json', ...flags)).out) as { continuation: string; fired: unknown[] };
    const plain = await told('--plain');
    expect(plain).toMatchObject({ liveEdits: 0, fired: [] });
    // That an edit changes what a model says is shown on one that knows something (test/embedded.test.ts).
    expect((await told()).fired).not.toEqual([]);
    expect(plain.continuation).toBe((await told('--library', temporaryFolder())).continuation);
  });

  it('draws the same text for the same seed', async () => {
    const sampled = (seed: string): ReturnType<typeof sake> =>
      generate('--temperature', '1', '--max-tokens', '12', '--seed', seed);
    expect((await sampled('3')).out).toBe((await sampled('3')).out);
    expect((await sampled('3')).out).not.toBe((await sampled('4')).out);
  });

  it('samples from few tokens with --top-k and --top-p', async () => {
    const greedy = await generate('--plain');
    const hot = ['--plain', '--temperature', '3', '--seed', '2'];
    expect((await generate(...hot, '--top-k', '1')).out).toBe(greedy.out);
    expect((await generate(...hot, '--top-p', '0.000001')).out).toBe(greedy.out);
    expect((await generate(...hot)).out).not.toBe(greedy.out);
  });

  it('ends before the first of the --stop texts', async () => {
    const whole = (await generate('--plain', '--max-tokens', '8')).out.slice(ASK.length, -1);
    const at = Math.floor(whole.length / 2);
    const flags = ['--plain', '--max-tokens', '8', '--stop', 'never said', '--stop', whole.slice(at, at + 2)];
    const { out } = await generate(...flags);
    expect(out).toBe(`${ASK}${whole.slice(0, whole.indexOf(whole.slice(at, at + 2)))}\n`);
  });

  describe('with several texts', () => {
    const texts = [ASK, 'The capital of Japan is', 'It rained'];
    const flags = (): string[] => ['--model', model, '--library', library, '--max-tokens', '4'];
    let alone: string[];
    beforeAll(async () => {
      alone = [];
      for (const text of texts) alone.push((await sake('generate', text, ...flags())).out);
    });

    it('gives each what it gives alone, in their order', async () => {
      const { status, out, err } = await sake('generate', ...texts, ...flags());
      expect([status, err]).toEqual([0, '']);
      expect(out).toBe(alone.join('\n'));
    });

    it('tells as JSON which edits fired in which', async () => {
      const { out } = await sake('generate', ...texts, ...flags(), '--json');
      const { texts: told, liveEdits } = JSON.parse(out) as {
        texts: { prompt: string; continuation: string; fired: { edit: string; step: number }[] }[];
        liveEdits: number;
      };
      expect(liveEdits).toBe(2);
      expect(told.map(({ prompt, continuation }) => `${prompt}${continuation}\n`)).toEqual(alone);
      for (const [index, text] of texts.entries()) {
        const { fired } = JSON.parse((await sake('generate', text, ...flags(), '--json')).out) as {
          fired: { edit: string; step: number; position: number }[];
        };
        // Distances may differ in rounding.
        expect(told[index]!.fired).toMatchObject(
          fired.map(({ edit, step, position }) => ({ edit, step, position })),
        );
      }
      expect(told[0]!.fired).toMatchObject([{ step: 0, position: 0 }]);
    });

    it('takes them from a file of lines or of JSON', async () => {
      const lines = join(temporaryFolder(), 'texts.txt');
      writeFileSync(lines, `${texts.join('\n\n')}\r\n`);
      const array = join(temporaryFolder(), 'texts.json');
      writeFileSync(array, JSON.stringify(texts));
      for (const file of [lines, array])
        expect((await sake('generate', '--prompts', file, ...flags())).out).toBe(alone.join('\n'));
    });

    it('refuses files without texts and texts beside a file', async () => {
      const empty = join(temporaryFolder(), 'texts.txt');
      writeFileSync(empty, '\n \n');
      const wrong = join(temporaryFolder(), 'texts.json');
      writeFileSync(wrong, '{"a": 1');
      for (const [file, code, message] of [
        [empty, 3, /at least one text/],
        [wrong, 3, /JSON array/],
        [join(temporaryFolder(), 'none'), 3, /--prompts: expected a file of texts/],
      ] as const) {
        const { status, err } = await sake('generate', '--prompts', file, ...flags());
        expect(status).toBe(code);
        expect(err).toMatch(message);
      }
      expect((await sake('generate', ASK, '--prompts', empty, ...flags())).status).toBe(2);
    });
  });

  describe('with --chat', () => {
    const TEMPLATE =
      '{% for message in messages %}<|endoftext|>{{ message.role }}: {{ message.content }}\n{% endfor %}{% if add_generation_prompt %}assistant:{% endif %}';
    let talking: string;
    beforeAll(async () => {
      talking = await writeTinyModel(join(folder, 'talking'), { seed: 2 });
      writeFileSync(join(talking, 'chat_template.jinja'), TEMPLATE);
    });
    const chat = (...flags: string[]): ReturnType<typeof sake> =>
      sake(
        'generate',
        'Where is it?',
        '--model',
        talking,
        '--plain',
        '--max-tokens',
        '6',
        '--chat',
        ...flags,
      );

    it("answers the text as a user's turn", async () => {
      await using lm = await loadModel(talking);
      const prompt = lm.chat!.encode([{ role: 'user', content: 'Where is it?' }]);
      let answer = '';
      for await (const { text } of lm.generate(prompt, { maxTokens: 6 })) answer += text;
      const { status, out, err } = await chat();
      expect([status, err]).toEqual([0, '']);
      expect(out).toBe(`${answer}\n`);
    });

    it('begins with what --system says', async () => {
      expect((await chat('--system', 'Be brief.')).out).not.toBe((await chat()).out);
      expect(JSON.parse((await chat('--json')).out)).toMatchObject({ chat: true, prompt: 'Where is it?' });
    });

    it('refuses a model without a template, naming it', async () => {
      const { status, err } = await generate('--chat');
      expect(status).toBe(2);
      expect(err).toMatch(/^error: chatTokens: expected a model with a chat template, got [^\n]+\n$/);
      expect(err).toContain(model);
    });

    it('refuses --system without it', async () => {
      const { status, err } = await generate('--system', 'Be brief.');
      expect(status).toBe(2);
      expect(err).toMatch(/--system: expected --chat/);
    });
  });

  it('leaves out an edit of another width and names it, with the others still live', async () => {
    const wide = await writeTinyModel(temporaryFolder(), { hiddenSize: 24 });
    const { status, out, err } = await generate('--library', await withEditOf(wide), '--json');
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      liveEdits: 1,
      leftOut: [{ id: japan }],
      fired: [{ edit: france }],
    });
    expect(err).toMatch(
      new RegExp(`^warning: ${japan} is left out: .*hidden size 24.*hidden size 16[^\\n]*\\n$`),
    );
  });

  it('leaves out an edit of other weights', async () => {
    const other = await writeTinyModel(temporaryFolder(), { seed: 1 });
    const { out, err } = await generate('--library', await withEditOf(other), '--json');
    expect(JSON.parse(out)).toMatchObject({ liveEdits: 1, leftOut: [{ id: japan }] });
    expect(err).toMatch(/expected the model it was learned on/);
  });

  it('leaves out a truncated file', async () => {
    const broken = temporaryFolder();
    for (const id of [france, japan])
      copyFileSync(join(library, `${id}.safetensors`), join(broken, `${id}.safetensors`));
    truncateSync(join(broken, `${japan}.safetensors`), 900);
    const { status, out, err } = await generate('--library', broken, '--json');
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ liveEdits: 1, fired: [{ edit: france }] });
    expect(err).toMatch(/^warning: .*truncated[^\n]*\n$/);
  });

  it('says that there is nothing to apply', async () => {
    const { status, err } = await generate('--library', join(folder, 'nothing'));
    expect(status).toBe(0);
    expect(err).toMatch(/^note: no edits of this model in /);
  });

  it.each([
    ['an empty text', ['generate', ' '], 2, /text to continue/],
    ['no text', ['generate'], 2, /missing required argument 'text'/],
    [
      'no tokens',
      ['generate', ASK, '--max-tokens', '0'],
      2,
      /--max-tokens: expected a whole number of at least 1/,
    ],
    [
      'a precision that does not exist',
      ['generate', ASK, '--dtype', 'q5'],
      2,
      /--dtype: expected one of fp32/,
    ],
    ['a tensor that is not in the graph', ['generate', ASK, '--hidden-tensor', 'nowhere'], 3, /nowhere/],
    [
      'a negative temperature',
      ['generate', ASK, '--temperature', '-1'],
      2,
      /--temperature: expected 0 or more/,
    ],
    [
      'a temperature that is no number',
      ['generate', ASK, '--temperature', 'hot'],
      2,
      /--temperature: expected a number/,
    ],
    ['no probability', ['generate', ASK, '--top-p', '0'], 2, /--top-p: expected more than 0/],
    ['no candidates', ['generate', ASK, '--top-k', '0'], 2, /--top-k: expected a whole number of at least 1/],
    ['an empty stop text', ['generate', ASK, '--stop', ''], 2, /--stop: expected a text/],
    [
      'an unknown model folder',
      ['generate', ASK, '--model', './nowhere'],
      3,
      /model folder, got \.\/nowhere/,
    ],
  ])('refuses %s in one line', async (_, flags, code, message) => {
    const { status, err } = await sake(...flags);
    expect(status).toBe(code);
    expect(err).toMatch(message);
    expect(err).toMatch(/^error: [^\n]+\n$/);
  });

  it('refuses a text longer than the positions', async () => {
    const { status, err } = await sake('generate', 'x'.repeat(1100), '--model', model, '--plain');
    expect(status).toBe(2);
    expect(err).toMatch(/at most 1024 tokens/);
  });
});
