import { describe, expect, it } from 'vitest';
import { createScriptedLM } from '../../test/scripted-lm.js';
import { isPrefixOfAny, readAnswer, rivalTokens } from './answer.js';

const lm = createScriptedLM(
  { 'It is': { ' Rome': 3, ' Paris': 1 }, Rome: {}, Paris: {} },
  { opening: '<s>' },
);
const logits = async (): Promise<Float32Array> =>
  (await lm.project(await lm.capture(['It is']))).data as Float32Array;

describe('isPrefixOfAny', () => {
  it('takes a beginning of one of the objects and refuses an empty token', () => {
    expect(isPrefixOfAny('Ro', ['Paris', 'Rome'])).toBe(true);
    expect(isPrefixOfAny('', ['Rome'])).toBe(false);
    expect(isPrefixOfAny('Romeo', ['Rome'])).toBe(false);
    expect(isPrefixOfAny('Rome', [])).toBe(false);
  });
});

describe('rivalTokens', () => {
  const rivals = { likelier: 'Rome', lessLikely: 'Paris' };

  it('takes first tokens with a leading space, begin-of-text tokens aside', () => {
    expect(rivalTokens(lm, rivals)).toEqual({
      likelier: lm.encode(' Rome')[1],
      lessLikely: lm.encode(' Paris')[1],
    });
  });

  it('takes those without one where bare tokens are asked for', () => {
    const bare = rivalTokens(lm, rivals, 'bare');
    expect(bare).toEqual({ likelier: lm.encode('Rome')[1], lessLikely: lm.encode('Paris')[1] });
    expect(bare).not.toEqual(rivalTokens(lm, rivals));
  });
});

describe('readAnswer', () => {
  it('reads the greedy token and by how much one object is likelier than the other', async () => {
    const answer = readAnswer(lm, await logits(), rivalTokens(lm, { likelier: 'Paris', lessLikely: 'Rome' }));
    expect(answer).toEqual({ token: lm.encode(' Rome')[1], firstToken: 'Rome', margin: -2 });
  });

  it('has no margin without rivals', async () => {
    expect(readAnswer(lm, await logits())).not.toHaveProperty('margin');
  });

  it('tells which edit fired, and how far it was', async () => {
    const circumstances = { fired: 'e', distance: 0.5, ran: 'It is' };
    expect(readAnswer(lm, await logits(), undefined, circumstances)).toMatchObject(circumstances);
  });
});
