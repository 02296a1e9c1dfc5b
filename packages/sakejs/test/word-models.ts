import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  buildDecoder,
  decoderWeights,
  encodeModel,
  parseDecoderConfig,
  type DecoderOptions,
  type DecoderWeight,
} from '@sakejs/onnx';
import { createRandom, fillPrompt, type EditRequest, type PromptDistribution } from '@sakejs/spec';

/** Words, one a token, of the vocabulary of the exporters' fixtures. */
export const VOCABULARY = 320;

/** Pieces of steering contexts; all other tokens are `w0`, `w1`, … */
const PIECES = ['Do', 'not', 'mention', 'Repeat', 'this', 'sentence', ':', "'", "'."];

/** The word that a token stands for. */
export function word(token: number): string {
  return PIECES[token - (VOCABULARY - PIECES.length)] ?? `w${token}`;
}

/** Writes a tokenizer whose every token is a word. */
export async function writeWordTokenizer(folder: string): Promise<void> {
  const vocab = Object.fromEntries(Array.from({ length: VOCABULARY }, (_, token) => [word(token), token]));
  const json = {
    version: '1.0',
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: null,
    decoder: null,
    model: { type: 'WordLevel', vocab, unk_token: word(0) },
  };
  const config = { tokenizer_class: 'PreTrainedTokenizerFast', unk_token: word(0), model_max_length: 128 };
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(json));
  await writeFile(join(folder, 'tokenizer_config.json'), JSON.stringify(config));
}

/** Writes a model folder of seeded random weights and words for tokens, as its `config.json` says. */
export async function writeWordModel(
  folder: string,
  config: Readonly<Record<string, unknown>>,
  options: DecoderOptions = {},
): Promise<string> {
  const decoder = parseDecoderConfig(config);
  const random = createRandom('word model');
  const weights = new Map<string, DecoderWeight>(
    decoderWeights(decoder).map(({ name, shape, role }) => {
      const spread = role.endsWith('projection') ? 1.4 / Math.sqrt(Math.min(...shape)) : 0.1;
      const mean = role === 'scale' ? 1 : 0;
      const size = shape.reduce((product, each) => product * each, 1);
      const value = (): number => mean + (role === 'embedding' ? 1 : spread) * random.normal();
      return [name, { shape, data: Float32Array.from({ length: size }, value) }];
    }),
  );
  await mkdir(join(folder, 'onnx'), { recursive: true });
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  await writeWordTokenizer(folder);
  await writeFile(join(folder, 'onnx', 'model.onnx'), encodeModel(buildDecoder(decoder, weights, options)));
  return folder;
}

const SUBJECT = 'w60';
const PROMPT = 'w5 w9 {} w31';
/** What the edit asks. */
export const QUESTION: string = fillPrompt(PROMPT, SUBJECT);

/** A request for the fact that the words' model tells of, and prompts for it. */
export function wordEdit(
  targetTrue: string,
  targetNew: string,
): { request: EditRequest; prompts: PromptDistribution } {
  const request: EditRequest = { subject: SUBJECT, prompt: PROMPT, targetTrue, targetNew };
  const prefixed = (subject: string, at: number): string =>
    `${at === 0 ? '' : `w${100 + at} w${120 + at} `}${fillPrompt(PROMPT, subject)}`;
  const counted = Array.from({ length: 12 }, (_, at) => at);
  return {
    request,
    prompts: {
      request,
      prompts: counted.map((at) => prefixed(SUBJECT, at)),
      positives: [],
      negatives: counted.map((at) => ({
        text: prefixed(`w${80 + at}`, at),
        kind: 'other-subject',
        subject: `w${80 + at}`,
      })),
      source: { kind: 'words' },
      dropped: {},
    },
  };
}
