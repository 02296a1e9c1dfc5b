import { SakeError } from '@sakejs/spec';
import type { OnnxModel, OnnxNode } from './ir.js';

/** Names an operator across domains: `Add`, `com.microsoft:FusedMatMul`. */
export function operatorKey(node: Pick<OnnxNode, 'opType' | 'domain'>): string {
  return isDefaultDomain(node.domain) ? node.opType : `${node.domain}:${node.opType}`;
}

/**
 * Operator-set version that a model imports for a domain.
 *
 * @throws {SakeError} `invalid-file` when the model does not import it.
 */
export function opsetVersion(model: OnnxModel, domain = ''): number {
  const wanted = isDefaultDomain(domain) ? '' : domain;
  const found = model.opsetImports.find((set) => (isDefaultDomain(set.domain) ? '' : set.domain) === wanted);
  if (found === undefined)
    throw new SakeError(
      'invalid-file',
      `opsetVersion: expected the model to import the operator set of "${wanted || 'ai.onnx'}", got ${JSON.stringify(model.opsetImports.map((set) => set.domain))}`,
    );
  return found.version;
}

function isDefaultDomain(domain: string): boolean {
  return domain === '' || domain === 'ai.onnx';
}
