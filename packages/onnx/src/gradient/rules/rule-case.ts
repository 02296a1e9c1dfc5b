import type { AttributeValue } from '../../attributes.js';
import { DataType } from '../../ir.js';

/** One use of an operator, whose gradient is checked by every differentiable input. */
export interface RuleCase {
  readonly op: string;
  readonly title: string;
  readonly domain?: string;
  readonly opset?: number;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  /** Undefined leaves an optional input out. */
  readonly inputs: readonly (CaseInput | undefined)[];
  readonly outputs?: number;
  /** Ranks, or values of integer inputs, have to be known: why. */
  readonly needs?: 'ranks' | 'constants';
}

export interface CaseInput {
  readonly dims: readonly number[];
  readonly dtype: DataType;
  /** Random where absent. */
  readonly values?: readonly number[];
  /** Random values are drawn in (0.5, 2), else normally distributed. */
  readonly positive?: boolean;
  /** Neither differentiated by nor fed: an initializer in every mode. */
  readonly constant?: boolean;
}

/** Normally distributed values. */
export const real = (...dims: number[]): CaseInput => ({ dims, dtype: DataType.DOUBLE });

/** Values in (0.5, 2). */
export const positive = (...dims: number[]): CaseInput => ({ dims, dtype: DataType.DOUBLE, positive: true });

/** Given values, differentiated by. */
export const given = (dims: readonly number[], values: readonly number[]): CaseInput => ({
  dims,
  dtype: DataType.DOUBLE,
  values,
});

/** A constant of the graph, not differentiated by. */
export const fixed = (dims: readonly number[], values: readonly number[]): CaseInput => ({
  ...given(dims, values),
  constant: true,
});

/** INT64 vector: axes, bounds, indices. */
export const list = (...values: number[]): CaseInput => indices([values.length], values);

export const indices = (dims: readonly number[], values: readonly number[]): CaseInput => ({
  dims,
  dtype: DataType.INT64,
  values,
});

export const truth = (dims: readonly number[], values: readonly number[]): CaseInput => ({
  dims,
  dtype: DataType.BOOL,
  values,
});
