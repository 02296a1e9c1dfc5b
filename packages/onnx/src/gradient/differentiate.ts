import { SakeError } from '@sakejs/spec';
import { GraphBuilder, type Dimension } from '../graph-builder.js';
import type { OnnxGraph, OnnxModel, OnnxNode } from '../ir.js';
import { operatorKey, opsetVersion } from '../operator-key.js';
import { copyGraph, tensorNames } from './copy-graph.js';
import { inferFacts } from './facts/infer-facts.js';
import { expandFused } from './fused/expand-fused.js';
import { GradientGraph, MICROSOFT } from './gradient-graph.js';
import { findGradientPath, type GradientPath } from './gradient-path.js';
import type { GradientCall, GradientRules } from './gradient-rule.js';
import { gradientRules } from './gradient-rules.js';
import { raiseOperatorSet } from './raise-operator-set.js';

export interface DifferentiateOptions {
  /**
   * Where gradients start: a tensor and the name of the tensor that holds its gradient, of the same shape.
   * A name that the graph lacks becomes a new input; `'ones'` means ones, for a scalar loss.
   */
  readonly seeds: Readonly<Record<string, string>>;
  /** Inputs, initializers or intermediate tensors to differentiate by. */
  readonly wrt: readonly string[];
  /**
   * Sizes of tensors, where the graph leaves them free: fewer nodes and faster ones. A name says that sizes are
   * equal, undefined that nothing is known.
   */
  readonly shapes?: Readonly<Record<string, readonly Dimension[]>>;
  /** Whether to use ONNX Runtime's FusedMatMul (default), or standard operators only. */
  readonly fused?: boolean;
  /** What to do when no gradient reaches a tensor: an error (default), or zeros. */
  readonly unreached?: 'error' | 'zeros';
  /** Rules beside {@link gradientRules}, or in place of some. */
  readonly rules?: GradientRules;
}

export interface Differentiated {
  /** The model with gradient nodes appended and gradients as outputs after its own. */
  readonly model: OnnxModel;
  /** The output that holds the gradient of each tensor in `wrt`. */
  readonly gradients: Record<string, string>;
}

/**
 * Reverse-mode differentiation, graph to graph.
 *
 * For seeds ȳ of outputs y(x) the new outputs are Σ ȳ ∂y/∂x, of the shape and type of x. Forward values are
 * used again, not computed again; only nodes between `wrt` and the seeds are differentiated. Integers,
 * booleans and shapes carry no gradient. Fused attention, rotary embeddings and norms on the way are written in
 * primitive operators first, and operator sets 11 to 16 as 17. The model given is left as it is; weights are shared.
 *
 * @throws {SakeError} `unsupported` for an operator without a rule on the way (it is named, with its node),
 *   for nested graphs, for operator sets below 11 and where a rule has to know a rank or type that the graph
 *   does not tell; `not-found` for a tensor that the graph lacks; `invalid-input` when no gradient reaches a
 *   tensor of `wrt`.
 */
export function differentiate(given: OnnxModel, options: DifferentiateOptions): Differentiated {
  const seeds = Object.keys(options.seeds);
  requireTensors(given.graph, [...seeds, ...options.wrt]);
  const rules: GradientRules = new Map([...gradientRules, ...(options.rules ?? [])]);
  const model = expandFused(raiseOperatorSet(given), {
    from: options.wrt,
    except: (key) => rules.has(key),
    ...(options.shapes && { shapes: options.shapes }),
  });
  const opset = opsetVersion(model);
  const graph = copyGraph(model.graph);
  const facts = inferFacts(model, options.shapes);
  const path = findGradientPath(graph, { seeds, wrt: options.wrt, rules, facts });
  requireRules(path, rules);
  const builder = new GraphBuilder(graph);
  const target = new GradientGraph({ builder, facts, opset, fused: options.fused ?? true });
  const forwardNodes = graph.nodes.length;
  const totals = new Accumulator(target);
  const produced = new Set(tensorNames(graph));
  for (const [name, gradient] of Object.entries(options.seeds)) {
    if (!path.tensors.has(name)) continue;
    if (gradient === 'ones') totals.add(name, target.filled(target.shapeOf(name), 1, name));
    else {
      if (!produced.has(gradient)) target.input(gradient, target.dtype(name), target.dims(name));
      totals.add(name, gradient);
    }
  }
  propagate({ path, rules, target, totals, seeds: new Set(seeds) });
  const gradients = declareOutputs({ options, builder, target, totals, forwardNodes });
  const imports = model.opsetImports.some(({ domain }) => domain === MICROSOFT) || !target.usesMicrosoft;
  return {
    model: {
      ...model,
      // Before version 4 every initializer had to be an input too.
      irVersion: Math.max(model.irVersion, 4),
      opsetImports: imports ? model.opsetImports : [...model.opsetImports, { domain: MICROSOFT, version: 1 }],
      graph,
    },
    gradients,
  };
}

/** Sums the gradients that a tensor gets from its uses. */
class Accumulator {
  readonly #target: GradientGraph;
  readonly #parts = new Map<string, string[]>();

  constructor(target: GradientGraph) {
    this.#target = target;
  }

  add(name: string, gradient: string): void {
    this.#parts.set(name, [...(this.#parts.get(name) ?? []), gradient]);
  }

  /** The gradient of a tensor all of whose uses have been visited. */
  total(name: string): string | undefined {
    const parts = this.#parts.get(name) ?? [];
    if (parts.length < 2) return parts[0];
    const sum = this.#target.op(parts.length === 2 ? 'Add' : 'Sum', parts);
    this.#parts.set(name, [sum]);
    return sum;
  }
}

function propagate({
  path,
  rules,
  target,
  totals,
  seeds,
}: {
  path: GradientPath;
  rules: GradientRules;
  target: GradientGraph;
  totals: Accumulator;
  seeds: ReadonlySet<string>;
}): void {
  const consumers = new Map<string, OnnxNode[]>();
  for (const node of path.nodes)
    for (const name of node.inputs) consumers.set(name, [...(consumers.get(name) ?? []), node]);
  for (const node of path.nodes.toReversed()) {
    const gradients = node.outputs.map((name) => totals.total(name));
    if (gradients.every((gradient) => gradient === undefined)) continue;
    const rule = rules.get(operatorKey(node))!;
    const wants = (index: number): boolean =>
      path.tensors.has(node.inputs[index] ?? '') && (rule.inputs?.includes(index) ?? true);
    const onlyConsumer: GradientCall['onlyConsumer'] = (index) => {
      const name = node.outputs[index] ?? '';
      const [consumer, ...others] = consumers.get(name) ?? [];
      const output = consumer?.outputs[0];
      const gradient = output && totals.total(output);
      if (!consumer || !output || !gradient || others.length > 0 || seeds.has(name)) return undefined;
      return { node: consumer, output, gradient };
    };
    const results = rule.backward({ node, graph: target, gradients, wants, onlyConsumer });
    node.inputs.forEach((name, index) => {
      const gradient = results[index];
      if (gradient !== undefined && wants(index)) totals.add(name, gradient);
    });
  }
}

/** Makes every gradient an output named after its tensor. */
function declareOutputs({
  options,
  builder,
  target,
  totals,
  forwardNodes,
}: {
  options: DifferentiateOptions;
  builder: GraphBuilder;
  target: GradientGraph;
  totals: Accumulator;
  forwardNodes: number;
}): Record<string, string> {
  const found = options.wrt.map((name) => {
    const total = totals.total(name);
    if (total === undefined && options.unreached !== 'zeros')
      throw new SakeError(
        'invalid-input',
        `differentiate: expected a differentiable path from "${name}" to ${Object.keys(options.seeds).join(', ')}, got none; leave it out of wrt or pass unreached: 'zeros'`,
      );
    return total ?? target.zerosLike(name);
  });
  const own = new Set(builder.graph.nodes.slice(forwardNodes).flatMap((node) => node.outputs));
  const named = new Map<string, string>();
  const gradients: Record<string, string> = {};
  options.wrt.forEach((name, i) => {
    const total = found[i]!;
    const output = builder.unique(`gradient/${name}`);
    // A tensor has one name, so one that is two gradients, or was in the graph before, is copied.
    const source =
      own.has(total) && !named.has(total) ? total : target.op('Identity', [named.get(total) ?? total]);
    named.set(total, output);
    gradients[name] = target.output(source, output);
  });
  return gradients;
}

function requireTensors(graph: OnnxGraph, names: readonly string[]): void {
  const known = new Set(tensorNames(graph));
  for (const name of names)
    if (!known.has(name))
      throw new SakeError('not-found', `differentiate: expected a tensor of the graph, got "${name}"`);
}

/** Asked before anything is appended, so that the error names the operator and not what is unknown about it. */
function requireRules(path: GradientPath, rules: GradientRules): void {
  for (const node of path.nodes.toReversed()) {
    const key = operatorKey(node);
    if (!rules.has(key)) throw missingRule(key, node);
  }
}

function missingRule(key: string, node: OnnxNode): SakeError {
  return new SakeError(
    'unsupported',
    `differentiate: expected a gradient rule for ${key}, got none (node "${node.name}", output "${node.outputs[0]}"); pass one in the option rules`,
    { details: { operator: key, node: node.name } },
  );
}
