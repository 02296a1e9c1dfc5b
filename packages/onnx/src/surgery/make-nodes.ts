import type { OnnxNode } from '../ir.js';
import { castNode } from './cast-node.js';

/** Makes nodes without attributes; each gives one tensor, whose name comes back. */
export interface NodeMaker {
  readonly nodes: OnnxNode[];
  node(opType: string, inputs: readonly string[], output?: string): string;
  cast(from: string, type: number): string;
}

/** @param fresh gives names that are not in use. */
export function makeNodes(fresh: (wanted: string) => string): NodeMaker {
  const nodes: OnnxNode[] = [];
  return {
    nodes,
    node(opType, inputs, output = fresh(`${inputs[0]!}.${opType}`)) {
      const name = `${output}.${opType}`;
      nodes.push({ opType, domain: '', name, inputs: [...inputs], outputs: [output], attributes: [] });
      return output;
    },
    cast(from, type) {
      const to = fresh(`${from}.cast`);
      nodes.push(castNode(from, to, type));
      return to;
    },
  };
}
