import type { AttributeValue } from '../attributes.js';
import { DataType } from '../ir.js';
import { GraphBuilder } from '../graph-builder.js';
import { evaluate } from './evaluate.js';
import type { RefTensor } from './ref-tensor.js';

/** Which operator {@link evaluateNode} runs, and how. */
export interface NodeCall {
  /** '' (ai.onnx) by default. */
  readonly domain?: string;
  /** Operator set of ai.onnx, 18 by default. */
  readonly opset?: number;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  /** How many outputs to return; 1 by default. */
  readonly outputs?: number;
}

/**
 * Runs one operator on values; an undefined input is left out.
 *
 * @throws {SakeError} as {@link evaluate}.
 */
export function evaluateNode(
  opType: string,
  inputs: readonly (RefTensor | undefined)[],
  call: NodeCall = {},
): RefTensor[] {
  const { domain = '', opset = 18, attributes = {}, outputs = 1 } = call;
  const builder = new GraphBuilder();
  const names = inputs.map((value, i) =>
    value === undefined ? undefined : builder.input(`input${i}`, value.dtype, value.dims),
  );
  const results = builder.nodeOutputs(opType, names, { domain, attributes, outputs });
  for (const name of results) builder.output(name, DataType.UNDEFINED);
  const model = builder.build({ opset, domains: domain === '' ? {} : { [domain]: 1 } });
  const feeds = inputs.flatMap((value, i) => (value === undefined ? [] : [[`input${i}`, value] as const]));
  const values = evaluate(model, Object.fromEntries(feeds));
  return results.map((name) => values[name]!);
}
