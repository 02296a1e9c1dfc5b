import type { ChatFormat } from './chat.js';
import type { ModelGradients } from './gradients.js';
import type { LayerAccess } from './layer-access.js';
import type { Matrix } from './matrix.js';
import type { Query } from './scope.js';
import type { StateTracing } from './state-tracing.js';

/** Text, or token ids. */
export type Prompt = string | readonly number[];

/** Which model gave a number, so that another can be told from it. */
export interface ModelInfo {
  /** A name for people: `embedded`, a folder, a hub id. */
  readonly id: string;
  /** SHA-256 over the weights and tokenizer files, hex. */
  readonly sha256: string;
  readonly family: string;
  readonly hiddenSize: number;
  /** Number of decoder blocks. */
  readonly layers: number;
  readonly vocabularySize: number;
  /** Longest sequence, in tokens. */
  readonly maxPositions: number;
  readonly dtype: string;
  readonly threads: number;
  /** What computes it: versions of node, onnxruntime, transformers; device and graph; hiddenTensor where one was named. */
  readonly runtime: Readonly<Record<string, string>>;
}

export interface CaptureOptions {
  /** Residual stream after this block (0 = first) instead of the input of the LM head. */
  readonly layer?: number;
  /** One token index a prompt; negative counts from the end. Default: the last token of each. */
  readonly positions?: readonly number[];
  readonly signal?: AbortSignal;
}

/** A prompt's states: what a scope may look at. */
export interface Observation extends Query {
  readonly tokens: readonly number[];
  readonly lastTokenActivation: Float32Array;
  readonly layers: ReadonlyMap<number, Matrix<Float32Array>>;
}

export interface ObserveOptions {
  /** Residual-stream layers wanted at every position. Default none. */
  readonly layers?: readonly number[];
  readonly signal?: AbortSignal;
}

/** What an intervention sees before a token is chosen. */
export interface InterventionEvent {
  /** 0 for the token that follows the prompt, then 1, 2 … */
  readonly step: number;
  /** Prompt and generated tokens so far. */
  readonly tokens: readonly number[];
  /** Input of the LM head at the last token, [d]. */
  readonly lastTokenActivation: Float32Array;
  /** The states asked for by `layers`, over all positions so far. */
  readonly observation: Observation;
}

/** Replaces the last-token activation before the LM head; the KV cache is not touched. */
export interface Intervention {
  /** Residual-stream layers to collect during decoding. */
  readonly layers: readonly number[];
  /** The activation to project instead, or undefined to leave it. */
  intervene(event: InterventionEvent): Float32Array | undefined | Promise<Float32Array | undefined>;
}

export interface GenerateOptions {
  /** Most new tokens. Default 20. */
  readonly maxTokens?: number;
  /** 0 (the default) is greedy; ties go to the lowest token id. */
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  /** For sampling. Default 0. */
  readonly seed?: number;
  /**
   * Generation ends before whichever of these texts is complete first. Only generated text counts: a stop text that
   * begins in the prompt does not end anything. Which tokens the text is cut into makes no difference.
   */
  readonly stop?: readonly string[];
  readonly intervention?: Intervention;
  readonly signal?: AbortSignal;
}

export interface GeneratedToken {
  readonly token: number;
  /** What this token adds to the text; a character split over tokens comes with its last one. */
  readonly text: string;
  /** Natural log of the chosen token's probability at temperature 1. */
  readonly logProbability: number;
  readonly step: number;
}

/** One text of a batch: its prompt, and options as if it were generated alone. */
export interface GenerateRequest extends Omit<GenerateOptions, 'signal'> {
  readonly prompt: Prompt;
}

/**
 * A frozen causal language model that shows its states.
 *
 * "Last-token activation" is the input of the LM head (after the final norm) at the last token, everywhere.
 */
export interface CausalLM {
  readonly info: ModelInfo;
  /** Token ids of a text, as the model was trained to see it, special tokens only where the model wants them. */
  encode(text: string): number[];
  decode(tokens: readonly number[]): string;
  /** Activations of one position a prompt, [prompts, d], without running the LM head. */
  capture(prompts: readonly Prompt[], options?: CaptureOptions): Promise<Matrix<Float32Array>>;
  /** Last-token activation and whole-sequence residual streams, in one pass over the model. */
  observe(prompts: readonly Prompt[], options?: ObserveOptions): Promise<Observation[]>;
  /** Logits of activations: [n, d] -> [n, vocabulary]. */
  project(hidden: Matrix): Promise<Matrix<Float32Array>>;
  /** Streams a continuation token by token, with the KV cache where the model has one. */
  generate(prompt: Prompt, options?: GenerateOptions): AsyncIterable<GeneratedToken>;
  /**
   * Streams of many texts that share the model's passes, one a request, in their order.
   *
   * Each gives what `generate` gives for its request alone (states within rounding), with its own seed, stop texts
   * and intervention. Pull them in any order or at once: a pass serves all rows that are under way, and tokens wait
   * until they are pulled. A text that ends, fails, or whose stream is left with `break`, leaves the batch; what is
   * wrong with one request is thrown by its own stream. The signal ends them all.
   */
  generateBatch(
    requests: readonly GenerateRequest[],
    options?: { readonly signal?: AbortSignal },
  ): AsyncIterable<GeneratedToken>[];
  /** Absent where the model has no chat template. */
  readonly chat?: ChatFormat;
  /** Access to MLP keys, weights and residual streams; absent where the model offers none. */
  readonly layers?: LayerAccess;
  /** Losses that can be differentiated inside the model; absent where it offers none: ask with `modelGradients`. */
  readonly gradients?: ModelGradients;
  /** Runs with disturbed embeddings and restored states; absent where it offers none: ask with `stateTracing`. */
  readonly tracing?: StateTracing;
  [Symbol.asyncDispose](): Promise<void>;
}
