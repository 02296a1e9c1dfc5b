import { SakeError } from '@sakejs/spec';
import { floatAttribute, intAttribute } from '../../attributes.js';
import { DataType } from '../../ir.js';
import type { GradientCall, GradientRule } from '../gradient-rule.js';
import { unbroadcast } from '../unbroadcast.js';

interface Statistics {
  /** x - mean; x itself for RMS normalisation. */
  readonly centred: string;
  /** 1 / sqrt(variance + epsilon), [.., 1]. */
  readonly inverse: string;
}

/** Which outputs of the node hold its statistics. */
interface Saved {
  readonly mean?: number;
  readonly inverse?: number;
  readonly centred: boolean;
}

/**
 * y = c i s + b with c = x - mean, i = 1 / sqrt(mean(c²) + epsilon):
 *
 * ds = Σ g c i, db = Σ g, dx = i (g s - mean(g s) - c i² mean(g s c)),
 * sums over rows, means over the normalised axes.
 */
function normalisation(saved: Saved): GradientRule {
  return {
    inputs: [0, 1, 2],
    backward(call) {
      const { graph, node, gradients, wants } = call;
      const [x, scale, bias] = node.inputs as [string, string, string?];
      const g = gradients[0];
      if (g === undefined || gradients.slice(1).some((gradient) => gradient !== undefined))
        throw new SakeError(
          'unsupported',
          `differentiate: expected only the first output of ${node.opType} "${node.name}" to be used, got a gradient of its statistics, which has no rule`,
        );
      const axis = intAttribute(node, 'axis', -1);
      const count = axis < 0 ? -axis : graph.rank(x) - axis;
      const axes = Array.from({ length: count }, (_, i) => i - count);
      const db = wants(2) ? unbroadcast(graph, g, bias!) : undefined;
      if (!wants(0) && !wants(1)) return [undefined, undefined, db];
      const { centred, inverse } = statistics(call, saved, axes);
      const gc = graph.op('Mul', [g, centred]);
      const ds = wants(1) ? unbroadcast(graph, graph.op('Mul', [gc, inverse]), scale) : undefined;
      if (!wants(0)) return [undefined, ds, db];
      const gs = graph.op('Mul', [g, scale]);
      const covariance = graph.reduceMean(graph.op('Mul', [gc, scale]), axes);
      const slope = graph.op('Mul', [graph.op('Mul', [inverse, inverse]), covariance]);
      const level = saved.centred ? graph.op('Sub', [gs, graph.reduceMean(gs, axes)]) : gs;
      const change = graph.op('Sub', [level, graph.op('Mul', [centred, slope])]);
      return [graph.op('Mul', [change, inverse]), ds, db];
    },
  };
}

/** The node's own statistics where it gives them in its type, else computed again. */
function statistics({ graph, node }: GradientCall, saved: Saved, axes: readonly number[]): Statistics {
  const x = node.inputs[0]!;
  const dims = graph.dims(x)?.map((dim, axis, all) => (axis >= all.length - axes.length ? 1 : dim));
  const output = (index: number | undefined): string | undefined =>
    // Statistics are FLOAT whatever the input's type.
    index === undefined || graph.dtype(x) !== DataType.FLOAT
      ? undefined
      : graph.forwardOutput(node, index, { dtype: DataType.FLOAT, dims });
  const centred = saved.centred ? graph.op('Sub', [x, output(saved.mean) ?? graph.reduceMean(x, axes)]) : x;
  const kept = output(saved.inverse);
  if (kept !== undefined) return { centred, inverse: kept };
  const variance = graph.reduceMean(graph.op('Mul', [centred, centred]), axes);
  const shifted = graph.op('Add', [variance, graph.scalar(floatAttribute(node, 'epsilon', 1e-5), x)]);
  return { centred, inverse: graph.op('Reciprocal', [graph.op('Sqrt', [shifted])]) };
}

export const normalisationRules: Readonly<Record<string, GradientRule>> = {
  LayerNormalization: normalisation({ mean: 1, inverse: 2, centred: true }),
  SimplifiedLayerNormalization: normalisation({ inverse: 1, centred: false }),
  RMSNormalization: normalisation({ centred: false }),
};
