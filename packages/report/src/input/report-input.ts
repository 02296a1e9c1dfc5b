import type { Interval, SuiteResult } from '@sakejs/evaluation';

/** Everything a report shows; plain JSON. */
export interface ReportInput {
  readonly title: string;
  /** Tables, in the order shown; those with `queries` go into the viewer too. */
  readonly results: readonly SuiteResult[];
  readonly published?: readonly PublishedTable[];
  readonly ablations?: readonly Ablation[];
  readonly tradeoff?: readonly TradeoffSeries[];
  readonly activations?: readonly ActivationPicture[];
  /** What the run ran on: versions, machine, command line. */
  readonly environment: Readonly<Record<string, EnvironmentValue>>;
}

export type EnvironmentValue = string | number | boolean | null;

/** Figures that others printed, shown beneath the tables of `suite`. */
export interface PublishedTable {
  /** The suite's name. */
  readonly suite: string;
  /** Only tables of this protocol; default: every one. */
  readonly protocol?: string;
  /** The model that they were measured on: `GPT2-XL`. */
  readonly model: string;
  readonly source: string;
  readonly rows: readonly {
    readonly method: string;
    /** Shares in 0..1, by metric. */
    readonly metrics: Readonly<Record<string, number>>;
  }[];
}

/** A mean with its interval; both null where n is 0. */
export interface Measured {
  readonly value: number | null;
  readonly interval: Interval | null;
  readonly n: number;
}

/** Metrics against a setting, one line or column of dots a series. */
export interface Ablation {
  readonly name: string;
  readonly title: string;
  /** Whether the points lie on a number line (`x`) or are names. */
  readonly axis: 'category' | 'number';
  readonly points: readonly AblationPoint[];
}

export interface AblationPoint {
  /** What was set: `mean shift`, `50 prompts`. */
  readonly label: string;
  /** Place on a number axis. */
  readonly x?: number;
  /** Method or source that the point belongs to. */
  readonly series: string;
  readonly metrics: Readonly<Record<string, Measured>>;
}

/** What one method gains and loses as its gate opens. */
export interface TradeoffSeries {
  readonly method: string;
  /** Area under the curve of true against false positives, 0..1. */
  readonly auc: number;
  /** By rising threshold. */
  readonly points: readonly TradeoffPoint[];
}

/** Means under one threshold; null where there is no query. */
export interface TradeoffPoint {
  /** A factor of the method's own threshold, which is 1. */
  readonly threshold: number;
  readonly accuracy: number | null;
  readonly generality: number | null;
  readonly specificity: number | null;
  /** Share of the edit's own prompts let in. */
  readonly truePositiveRate: number;
  /** Share of neighbouring prompts let in. */
  readonly falsePositiveRate: number;
}

/** A plane through the activations of one edit. */
export interface ActivationPicture {
  /** The edit, as a title: `Eiffel Tower: Paris → Rome`. */
  readonly edit: string;
  readonly points: readonly ActivationPoint[];
  /** Shares of the variance on the two axes. */
  readonly explainedVariance: readonly [number, number];
}

export interface ActivationPoint {
  readonly x: number;
  readonly y: number;
  readonly group: ActivationGroup;
  /** The prompt. */
  readonly label?: string;
}

export type ActivationGroup = 'source' | 'target' | 'mapped';
