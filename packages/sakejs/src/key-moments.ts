import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  cachedKeyMoments,
  collectKeyMoments,
  type KeyMoments,
  type MomentsReader,
  type Texts,
} from '@sakejs/baselines';
import { layerAccess, type CausalLM } from '@sakejs/spec';
import { ownCorpus } from './own-corpus.js';

const TOKENS_A_DIMENSION = 40;

export interface ModelKeyMomentsOptions {
  readonly layer: number;
  /** Gives a corpus from its start on each call. Default: {@link ownCorpus}. */
  readonly corpus?: () => Texts;
  /** Stop after the text in which so many tokens are reached. Default: 40 a dimension of a key. */
  readonly maxTokens?: number;
  /** Where moments are kept. Default: memory alone. */
  readonly directory?: string;
  readonly signal?: AbortSignal;
  /** Told the tokens read so far, and the most that will be. */
  readonly onProgress?: (tokens: number, most: number) => void;
}

/** Tokens that moments of keys of some width are taken from, unless told otherwise: 40 a dimension. */
export const keyMomentsTokens = (keySize: number): number => TOKENS_A_DIMENSION * keySize;

/** Second moments of a model's MLP keys at one block, with defaults that serve ROME and MEMIT. */
export function modelKeyMoments(lm: CausalLM, options: ModelKeyMomentsOptions): Promise<KeyMoments> {
  const { layer, corpus = ownCorpus, directory, signal, onProgress } = options;
  const maxTokens = options.maxTokens ?? keyMomentsTokens(layerAccess(lm, 'modelKeyMoments').keySize(layer));
  const settings = {
    layer,
    maxTokens,
    ...(signal && { signal }),
    ...(onProgress && { onProgress: (tokens: number) => onProgress(tokens, maxTokens) }),
  };
  return directory === undefined
    ? collectKeyMoments(lm, corpus(), settings)
    : cachedKeyMoments(lm, corpus, { ...settings, directory });
}

/**
 * Where commands keep moments: `$SAKEJS_CACHE/key-moments`, else `$XDG_CACHE_HOME/sakejs/key-moments`, else
 * `~/.cache/sakejs/key-moments`.
 */
export function keyMomentsDirectory(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const { SAKEJS_CACHE: own = '', XDG_CACHE_HOME: common = '' } = environment;
  const cache = own !== '' ? own : join(common !== '' ? common : join(homedir(), '.cache'), 'sakejs');
  return join(cache, 'key-moments');
}

/** What moments are taken from. */
export interface MomentsCorpus {
  /** Gives the texts from their start on each call. Default: {@link ownCorpus}. */
  readonly texts?: () => Texts;
  /** Stop after the text in which so many tokens are reached. Default: 40 a dimension of a key. */
  readonly maxTokens?: number;
}

/** The project's own text, as many tokens of it as there are by default. */
const byDefault: MomentsCorpus = {};

const known = new WeakMap<MomentsCorpus, Map<string, Promise<KeyMoments>>>();

/** {@link modelKeyMoments}, made once a process for each corpus (told by its object), model, block and directory. */
export function sharedKeyMoments(
  lm: CausalLM,
  { layer, directory, signal }: Pick<ModelKeyMomentsOptions, 'layer' | 'directory' | 'signal'>,
  corpus: MomentsCorpus = byDefault,
): Promise<KeyMoments> {
  const { sha256, runtime } = lm.info;
  const key = JSON.stringify([sha256, runtime['change'] ?? '', layer, directory ?? '']);
  const ofCorpus = known.get(corpus) ?? new Map<string, Promise<KeyMoments>>();
  known.set(corpus, ofCorpus);
  const before = ofCorpus.get(key);
  if (before !== undefined) return before;
  const made = modelKeyMoments(lm, {
    layer,
    ...(corpus.texts && { corpus: corpus.texts }),
    ...(corpus.maxTokens !== undefined && { maxTokens: corpus.maxTokens }),
    ...(directory !== undefined && { directory }),
    ...(signal && { signal }),
  });
  ofCorpus.set(key, made);
  made.catch(() => ofCorpus.delete(key));
  return made;
}

/** {@link sharedKeyMoments} as methods that change weights ask for them: when they are first needed. */
export const keyMomentsReader =
  (directory?: string, corpus?: MomentsCorpus): MomentsReader =>
  (lm, layer, signal) =>
    sharedKeyMoments(
      lm,
      { layer, ...(directory !== undefined && { directory }), ...(signal && { signal }) },
      corpus,
    );
