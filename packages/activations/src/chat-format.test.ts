import { chatTokens, type CausalLM } from '@sakejs/spec';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byteTokenizer, END_OF_TEXT } from '../test/byte-tokenizer.js';
import { tinyLlama, writeRandomModel } from '../test/random-model.js';
import { readChatTemplate } from './chat-format.js';
import { loadCausalLM } from './load-causal-lm.js';
import { createTokenizer, type Tokenizer } from './tokenizer.js';

/** Begins every text and ends every turn with the one special token there is; knows three roles. */
const TEMPLATE =
  '{{ bos_token }}{% for message in messages %}' +
  "{% if message.role not in ['system', 'user', 'assistant'] %}{{ raise_exception('no such role: ' + message.role) }}{% endif %}" +
  '[{{ message.role }}] {{ message.content }}{{ eos_token }}{% endfor %}' +
  '{% if add_generation_prompt %}[assistant]{% endif %}';
const turns = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Where is the sea?' },
];
const RENDERED = '<|endoftext|>[system] Be brief.<|endoftext|>[user] Where is the sea?<|endoftext|>';

/** The byte tokenizer, which begins every text with its special token by itself, as LLaMA's do. */
function opening(changes: Record<string, unknown>, template?: string): Promise<Tokenizer> {
  const { json, config } = byteTokenizer();
  const special = { SpecialToken: { id: '<|endoftext|>', type_id: 0 } };
  const post_processor = {
    type: 'TemplateProcessing',
    single: [special, { Sequence: { id: 'A', type_id: 0 } }],
    pair: [],
    special_tokens: {
      '<|endoftext|>': { id: '<|endoftext|>', ids: [END_OF_TEXT], tokens: ['<|endoftext|>'] },
    },
  };
  return createTokenizer({ ...json, post_processor }, { ...config, ...changes }, template);
}

describe('createChatFormat', () => {
  it('writes turns as the template does, up to where the answer begins', async () => {
    const { chat } = await opening({ chat_template: TEMPLATE });
    expect(chat!.render(turns)).toBe(`${RENDERED}[assistant]`);
    expect(chat!.render(turns, { generationPrompt: false })).toBe(RENDERED);
  });

  it('gives each special token once, also where the tokenizer begins every text with one', async () => {
    const tokenizer = await opening({ chat_template: TEMPLATE });
    expect(tokenizer.encode('a')[0]).toBe(END_OF_TEXT);
    const tokens = tokenizer.chat!.encode(turns);
    expect(tokens.flatMap((token, at) => (token === END_OF_TEXT ? [at] : []))).toHaveLength(3);
    expect(tokens.slice(0, 2)).not.toEqual([END_OF_TEXT, END_OF_TEXT]);
    expect(tokens[0]).toBe(END_OF_TEXT);
    expect(tokenizer.decode(tokens)).toBe('[system] Be brief.[user] Where is the sea?[assistant]');
  });

  it("takes the template named 'default' of a list", async () => {
    const list = [
      { name: 'tool_use', template: 'tools' },
      { name: 'default', template: TEMPLATE },
    ];
    const { chat } = await opening({ chat_template: list });
    expect(chat!.render(turns)).toBe(`${RENDERED}[assistant]`);
  });

  it('names the templates of a list without a default', async () => {
    const { chat } = await opening({ chat_template: [{ name: 'tool_use', template: 'tools' }] });
    expect(() => chat!.render(turns)).toThrow(
      expect.objectContaining({ code: 'unsupported', message: expect.stringContaining('tool_use') }),
    );
  });

  it('prefers chat_template.jinja to tokenizer_config.json', async () => {
    const { chat } = await opening({ chat_template: 'old' }, TEMPLATE);
    expect(chat!.render(turns)).toBe(`${RENDERED}[assistant]`);
  });

  it('says what the template says against a conversation', async () => {
    const { chat } = await opening({ chat_template: TEMPLATE });
    expect(() => chat!.render([{ role: 'judge', content: '' }])).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        message: expect.stringMatching(/roles judge; it says: .*no such role: judge/),
      }),
    );
    expect(() => chat!.render([])).toThrow(/at least one message/);
  });

  it('answers a template that does not parse with a typed error', async () => {
    const { chat } = await opening({ chat_template: '{% for %}' });
    expect(() => chat!.encode(turns)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
  });

  it.each([{}, { chat_template: null }, { chat_template: [] }])('is absent for %j', async (changes) => {
    expect(await opening(changes)).not.toHaveProperty('chat');
  });
});

describe('chat of a loaded model', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'sakejs-chat-'));
  });
  afterAll(() => rm(root, { recursive: true }));

  const load = async (name: string, template?: string): Promise<CausalLM> => {
    const folder = await writeRandomModel(join(root, name), tinyLlama);
    if (template !== undefined) await writeFile(join(folder, 'chat_template.jinja'), template);
    return loadCausalLM(folder, { threads: 1 });
  };

  it('comes from chat_template.jinja, and its tokens are a prompt', async () => {
    await using lm = await load('with', TEMPLATE);
    const prompt = chatTokens(lm, turns.slice(1));
    expect(prompt).toEqual(lm.chat!.encode(turns.slice(1)));
    expect((await lm.observe([prompt]))[0]!.tokens).toEqual(prompt);
  });

  it('is part of what the model is known by', async () => {
    const hashes = await Promise.all(
      [TEMPLATE, `${TEMPLATE} `, undefined].map(async (template, index) => {
        await using lm = await load(`hashed-${index}`, template);
        return lm.info.sha256;
      }),
    );
    expect(new Set(hashes).size).toBe(3);
  });

  it('is missing where the model has none, in an error that names the model', async () => {
    await using lm = await load('without');
    expect(() => chatTokens(lm, turns)).toThrow(
      expect.objectContaining({ code: 'unsupported', message: expect.stringContaining(lm.info.id) }),
    );
  });

  it('is no error to look for in a folder without one', async () => {
    expect(await readChatTemplate([join(root, 'nothing'), root])).toBeUndefined();
    await expect(readChatTemplate(['\0'])).rejects.toMatchObject({ code: 'io' });
  });
});
