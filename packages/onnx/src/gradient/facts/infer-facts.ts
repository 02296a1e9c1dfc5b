import { DataType, type OnnxModel, type OnnxNode, type OnnxValueInfo } from '../../ir.js';
import type { Dimension } from '../../graph-builder.js';
import { operatorKey, opsetVersion } from '../../operator-key.js';
import { computationFacts } from './computation.js';
import { constantFacts, tensorFacts } from './constants.js';
import { elementwiseFacts } from './elementwise.js';
import { fusedFacts } from './fused.js';
import { indexingFacts } from './indexing.js';
import { layoutFacts } from './layout.js';
import { mergeFacts, NOTHING, type FactRules, type TensorFacts } from './tensor-facts.js';

/** Shape and type inference by operator. Operators that are not listed give unknown outputs. */
const factRules: FactRules = {
  ...elementwiseFacts,
  ...layoutFacts,
  ...indexingFacts,
  ...computationFacts,
  ...constantFacts,
  ...fusedFacts,
};

/**
 * What is known about every tensor of a graph: types, shapes and small shape values.
 *
 * From initializers, declared inputs, outputs and value_info, and from walking the nodes in order. `shapes`
 * gives the sizes of any tensor, or names for them; the names of its free axes (`batch`) then stand for those
 * everywhere.
 */
export function inferFacts(
  model: OnnxModel,
  shapes: Readonly<Record<string, readonly Dimension[]>> = {},
): Map<string, TensorFacts> {
  const { graph } = model;
  const sizes = new Map<string, Dimension>();
  const declared = new Map<string, TensorFacts>();
  for (const info of [...graph.inputs, ...graph.valueInfo, ...graph.outputs]) {
    const stated = statedFacts(info);
    const given = shapes[info.name];
    if (given !== undefined)
      stated.dims?.forEach((dim, axis) => {
        if (typeof dim === 'string' && given[axis] !== undefined) sizes.set(dim, given[axis]);
      });
    declared.set(info.name, mergeFacts(stated, declared.get(info.name) ?? NOTHING));
  }
  for (const [name, dims] of Object.entries(shapes)) declared.set(name, { ...declared.get(name), dims });
  const sized = (dim: Dimension): Dimension => (typeof dim === 'string' ? (sizes.get(dim) ?? dim) : dim);
  const facts = new Map<string, TensorFacts>();
  const learn = (name: string, found: TensorFacts): void => {
    const merged = mergeFacts(found, declared.get(name) ?? NOTHING);
    facts.set(name, { ...merged, dims: merged.dims?.map(sized), values: merged.values?.map(sized) });
  };
  for (const { name } of graph.inputs) learn(name, NOTHING);
  for (const tensor of graph.initializers) learn(tensor.name, tensorFacts(tensor));
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => facts.get(name) ?? NOTHING);
    const found = outputFacts(node, inputs, opsetVersion(model, node.domain));
    node.outputs.forEach((name, i) => {
      if (name !== '') learn(name, found[i] ?? NOTHING);
    });
  }
  return facts;
}

/** What is known of a node's outputs; nothing for operators without a rule. */
export function outputFacts(
  node: OnnxNode,
  inputs: readonly TensorFacts[],
  opset: number,
): readonly TensorFacts[] {
  const key = operatorKey(node);
  const rule = Object.hasOwn(factRules, key) ? factRules[key] : undefined;
  return rule?.(node, inputs, opset) ?? [];
}

function statedFacts(info: OnnxValueInfo): TensorFacts {
  const tensor = info.type?.tensor;
  if (tensor === undefined) return NOTHING;
  return {
    dtype: tensor.elemType === DataType.UNDEFINED ? undefined : tensor.elemType,
    // Exporters write 0, or a negative size, for an axis that they do not know.
    dims: tensor.shape?.map(({ value, param }) =>
      value !== undefined && value > 0 ? value : param === undefined || param === '' ? undefined : param,
    ),
  };
}
