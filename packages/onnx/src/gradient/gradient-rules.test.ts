import { createRandom, isSakeError, type Random } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { GraphBuilder, tensorInfo } from '../graph-builder.js';
import { DataType, type OnnxModel } from '../ir.js';
import { evaluate } from '../reference/evaluate.js';
import { numericalGradient } from '../reference/numerical-gradient.js';
import { refTensor, type RefTensor } from '../reference/ref-tensor.js';
import { isFloatType } from '../tensors/float-types.js';
import { gpt2, llama } from '../../test/decoder-feeds.js';
import { randomWeights } from '../../test/plain-forward.js';
import { activationNames } from '../decoder/activation.js';
import { buildDecoder } from '../decoder/build-decoder.js';
import { buildTrainingGraph } from '../decoder/build-training-graph.js';
import { operatorKey } from '../operator-key.js';
import { differentiate } from './differentiate.js';
import { expectConsistent } from './facts/expect-consistent.js';
import { flatOperators, gradientRules } from './gradient-rules.js';
import { activationCases } from './rules/activation.cases.js';
import { arithmeticCases } from './rules/arithmetic.cases.js';
import { einsumCases } from './rules/einsum.cases.js';
import { gatherCases } from './rules/gather.cases.js';
import { matmulCases } from './rules/matmul.cases.js';
import { normalisationCases } from './rules/normalisation.cases.js';
import { reduceCases } from './rules/reduce.cases.js';
import type { CaseInput, RuleCase } from './rules/rule-case.js';
import { selectionCases } from './rules/selection.cases.js';
import { shapeCases } from './rules/shape.cases.js';
import { slicingCases } from './rules/slicing.cases.js';

const cases: RuleCase[] = [
  ...arithmeticCases,
  ...activationCases,
  ...matmulCases,
  ...einsumCases,
  ...shapeCases,
  ...slicingCases,
  ...reduceCases,
  ...normalisationCases,
  ...gatherCases,
  ...selectionCases,
];

/** How much the graph tells: whole shapes, ranks only, or nothing; integers are constants only in the first. */
type Mode = 'shapes' | 'shapes, standard operators' | 'ranks' | 'nothing';

/** The five-point formula and rounding leave about 1e-11 of a derivative of size 1 at step 1e-3. */
const TOLERANCE = 1e-9;

const values = (input: CaseInput, random: Random): RefTensor =>
  refTensor(
    input.dtype,
    input.dims,
    input.values ??
      Array.from({ length: input.dims.reduce((a, b) => a * b, 1) }, () =>
        input.positive ? 0.5 + 1.5 * random.next() : random.normal(),
      ),
  );

function build(one: RuleCase, mode: Mode, tensors: readonly (RefTensor | undefined)[]): OnnxModel {
  const builder = new GraphBuilder();
  const names = one.inputs.map((input, i) => {
    if (input === undefined) return undefined;
    const { dims, dtype } = input;
    const fixed = input.constant || (!isFloatType(dtype) && mode.startsWith('shapes'));
    if (fixed) return builder.constant(tensors[i]!.data, dims, { type: dtype, name: `x${i}` });
    if (mode === 'nothing' && isFloatType(dtype)) {
      const name = builder.unique(`x${i}`);
      builder.graph.inputs.push(tensorInfo(name, dtype));
      return name;
    }
    return builder.input(
      `x${i}`,
      dtype,
      mode === 'ranks' && isFloatType(dtype) ? dims.map(() => undefined) : dims,
    );
  });
  const outputs = builder.nodeOutputs(one.op, names, {
    domain: one.domain ?? '',
    attributes: one.attributes ?? {},
    outputs: Array.from({ length: one.outputs ?? 1 }, (_, i) => `y${i}`),
    name: 'node',
  });
  for (const name of outputs) builder.output(name, DataType.UNDEFINED);
  return builder.build({ opset: one.opset ?? 18, domains: { 'com.microsoft': 1 } });
}

function check(one: RuleCase, mode: Mode): void {
  const random = createRandom(`${one.op} ${one.title}`);
  const tensors = one.inputs.map((input) => input && values(input, random));
  const model = build(one, mode, tensors);
  const constants = new Set(model.graph.initializers.map(({ name }) => name));
  const feeds = Object.fromEntries(
    tensors.flatMap((tensor, i) =>
      tensor === undefined || constants.has(`x${i}`) ? [] : [[`x${i}`, tensor] as const],
    ),
  );
  const outputs = evaluate(model, feeds);
  const seeds = Object.fromEntries(
    Object.entries(outputs).map(([name, { dtype, dims, data }]) => [
      name,
      refTensor(
        dtype,
        dims,
        data.map(() => random.normal()),
      ),
    ]),
  );
  const wrt = Object.keys(feeds).filter((name) => isFloatType(feeds[name]!.dtype));
  const { model: backward, gradients } = differentiate(model, {
    seeds: Object.fromEntries(Object.keys(seeds).map((name) => [name, `seed of ${name}`])),
    wrt,
    fused: mode !== 'shapes, standard operators',
    unreached: 'zeros',
  });
  const seedFeeds = Object.fromEntries(
    Object.entries(seeds).map(([name, seed]) => [`seed of ${name}`, seed]),
  );
  expectConsistent(backward, { ...feeds, ...seedFeeds });
  const results = evaluate(backward, { ...feeds, ...seedFeeds }, Object.values(gradients));
  for (const name of wrt) {
    const expected = numericalGradient(model, feeds, { wrt: name, seeds });
    const found = results[gradients[name]!]!;
    expect(found.dims, name).toEqual(feeds[name]!.dims);
    expect(found.dtype, name).toEqual(feeds[name]!.dtype);
    const size = Math.max(1, ...expected.map(Math.abs));
    expected.forEach((value, i) => {
      expect(
        Math.abs(found.data[i]! - value) / size,
        `${name}[${i}]: ${found.data[i]} against ${value}`,
      ).toBeLessThan(TOLERANCE);
    });
  }
}

const titled = cases.map((one) => [`${one.op}: ${one.title}`, one] as const);

describe('gradientRules', () => {
  it('has a case for every rule', () => {
    const covered = new Set(cases.map(({ op, domain }) => (domain === undefined ? op : `${domain}:${op}`)));
    expect([...gradientRules.keys()].filter((key) => !covered.has(key))).toEqual([]);
  });

  it.each(['fused', 'standard'])('has a rule for every operator of the decoders we build, %s', (kind) => {
    const used = [gpt2, llama].flatMap((config) =>
      activationNames.flatMap((activation) =>
        [
          buildTrainingGraph({ ...config, activation }, { batch: 1, length: 2, fused: kind === 'fused' }),
          buildDecoder({ ...config, activation }, randomWeights(config), {
            norm: kind === 'fused' ? 'fused' : 'primitive',
          }),
        ].flatMap(({ graph }) => graph.nodes.map(operatorKey)),
      ),
    );
    const known = (key: string): boolean => gradientRules.has(key) || flatOperators.has(key);
    expect([...new Set(used)].filter((key) => !known(key))).toEqual([]);
  });

  it.each(titled)('%s agrees with central differences', (_, one) => {
    check(one, 'shapes');
  });

  it.each(titled)('%s agrees without fused operators', (_, one) => {
    check(one, 'shapes, standard operators');
  });

  it.each(titled.filter(([, one]) => one.needs !== 'constants'))(
    '%s agrees when sizes are free',
    (_, one) => {
      check(one, 'ranks');
    },
  );

  it.each(titled.filter(([, one]) => one.needs === undefined))(
    '%s agrees when ranks are unknown',
    (_, one) => {
      check(one, 'nothing');
    },
  );

  it.each(titled.filter(([, one]) => one.needs === 'ranks'))(
    '%s asks for ranks that are unknown',
    (_, one) => {
      try {
        check(one, 'nothing');
      } catch (error) {
        expect(isSakeError(error) && error.code).toBe('unsupported');
        expect((error as Error).message).toContain('to be known');
        return;
      }
      expect.unreachable();
    },
  );
});
