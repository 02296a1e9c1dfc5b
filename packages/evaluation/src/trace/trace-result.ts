import type { ModelInfo, StateKind } from '@sakejs/spec';
import type { Interval } from '../statistics/intervals.js';
import type { SuiteData } from '../suites/suite.js';
import type { PositionGroup } from './position-groups.js';

/** Kinds of states in the order in which they are shown. */
export const stateKinds: readonly StateKind[] = ['stream', 'mlp', 'attention'];

/** What a trace was made with. */
export interface TraceSettings {
  /** Draws of the noise a fact. */
  readonly samples: number;
  /** Its standard deviation, in standard deviations of the subjects' embeddings. */
  readonly noise: number;
  /** Blocks whose MLP or attention outputs are put back at once. */
  readonly window: number;
  readonly seed: number;
  readonly kinds: readonly StateKind[];
}

/** One fact's trace. */
export interface FactTrace {
  readonly prompt: string;
  readonly subject: string;
  readonly object: string;
  /** The prompt's tokens as text. */
  readonly tokens: readonly string[];
  /** The subject's first and last token. */
  readonly subjectTokens: readonly [first: number, last: number];
  /** P(object) of the undisturbed run. */
  readonly clean: number;
  /** Mean P(object) over disturbed runs. */
  readonly corrupted: number;
  /** Indirect effects by kind, [layers][tokens]: mean P(object) with the state put back, less `corrupted`. */
  readonly effects: Readonly<Partial<Record<StateKind, readonly (readonly number[])[]>>>;
}

/** A mean over facts; the interval is null for one fact alone. */
export interface TraceMean {
  readonly value: number;
  readonly n: number;
  readonly interval: Interval | null;
}

/** An average indirect effect. */
export interface AverageEffect extends TraceMean {
  readonly kind: StateKind;
  readonly group: PositionGroup;
  readonly layer: number;
}

/** The block whose MLP at the subject's last token restores most: ROME's. */
export interface LayerSuggestion {
  readonly layer: number;
  /** Its average indirect effect. */
  readonly effect: TraceMean;
  /** The blocks that are best in the middle 95 % of resampled sets of facts: the lowest, the highest. */
  readonly layers: readonly [low: number, high: number];
  /** Share of resampled sets of facts in which it is the best. */
  readonly share: number;
}

/** A causal trace over facts; plain JSON. */
export interface TraceResult {
  readonly kind: 'trace';
  readonly model: ModelInfo;
  readonly data: SuiteData;
  readonly settings: TraceSettings;
  /** Standard deviation of the subjects' embeddings, over all their coordinates. */
  readonly embeddingDeviation: number;
  /** Facts that were asked. */
  readonly asked: number;
  /** Facts whose object is not the model's greedy next token; they are not traced. */
  readonly unknown: number;
  /** P(object) undisturbed, disturbed, and their difference, the average total effect. */
  readonly clean: TraceMean;
  readonly corrupted: TraceMean;
  readonly totalEffect: TraceMean;
  /** Every kind, group and block; groups that no fact has are left out. */
  readonly averages: readonly AverageEffect[];
  /** Null where MLPs were not traced. */
  readonly suggestion: LayerSuggestion | null;
  readonly facts: readonly FactTrace[];
}
