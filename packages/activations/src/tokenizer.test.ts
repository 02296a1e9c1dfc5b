import { describe, expect, it } from 'vitest';
import { byteTokenizer, END_OF_TEXT } from '../test/byte-tokenizer.js';
import { createDetokenizer, createTokenizer, transformersVersion } from './tokenizer.js';

const { json, config } = byteTokenizer();
const tokenizer = await createTokenizer(json, config);

describe('createTokenizer', () => {
  it('gives back every text it encodes, white space and all', () => {
    for (const text of ['the name of the sea is', ' a  b .\n\t', 'naïve 東京 👩‍👩‍👧 ș', "do n't , he said ."])
      expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
  });

  it('merges as the file says', () => {
    expect(tokenizer.encode(' the')).toHaveLength(1);
  });

  it('leaves special tokens out of the text', () => {
    expect(tokenizer.decode([...tokenizer.encode('ab'), END_OF_TEXT])).toBe('ab');
    expect(tokenizer.decode([])).toBe('');
  });

  it('refuses text that no token covers', async () => {
    const words = await createTokenizer(
      {
        version: '1.0',
        added_tokens: [],
        normalizer: null,
        pre_tokenizer: { type: 'Whitespace' },
        post_processor: null,
        decoder: null,
        model: { type: 'WordLevel', vocab: { sea: 0, land: 1 }, unk_token: 'none' },
      },
      {},
    );
    expect(words.encode('land sea')).toEqual([1, 0]);
    expect(() => words.encode('land air')).toThrow(/no token for piece 1 of "land air"/);
  });

  it('refuses a file that describes no tokenizer', async () => {
    await expect(createTokenizer({ model: { type: 'Other' } }, {})).rejects.toMatchObject({
      code: 'invalid-file',
    });
  });
});

describe('createDetokenizer', () => {
  const stream = (text: string, context = ''): string[] => {
    const detokenizer = createDetokenizer(tokenizer, tokenizer.encode(context));
    return tokenizer.encode(text).map((token) => detokenizer.push(token));
  };

  it('adds up to the text', () => {
    const text = 'the sea of 東京 is naïve 👩‍👩‍👧, '.repeat(8);
    expect(stream(text, 'one ș').join('')).toBe(text);
  });

  it('gives a character with the last of its tokens', () => {
    expect(stream('é👍x')).toEqual(['', 'é', '', '', '', '👍', 'x']);
  });

  it('finishes a character that the context began', () => {
    const [first, second] = tokenizer.encode('é');
    const detokenizer = createDetokenizer(tokenizer, [first!]);
    expect(detokenizer.push(second!)).toBe('é');
  });

  it('shows broken bytes once they cannot be finished', () => {
    const [first] = tokenizer.encode('é');
    const detokenizer = createDetokenizer(tokenizer);
    expect(detokenizer.push(first!)).toBe('');
    expect(detokenizer.push(tokenizer.encode('x')[0]!)).toBe('\uFFFDx');
  });
});

describe('transformersVersion', () => {
  it('is the version that is pinned', async () => {
    expect(await transformersVersion()).toBe('4.3.1');
  });
});
