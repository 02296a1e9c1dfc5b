import type { GradientRule, GradientRules } from './gradient-rule.js';
import { activationRules } from './rules/activation.js';
import { arithmeticRules } from './rules/arithmetic.js';
import { einsumRules } from './rules/einsum.js';
import { gatherRules } from './rules/gather.js';
import { matmulRules } from './rules/matmul.js';
import { normalisationRules } from './rules/normalisation.js';
import { reduceRules } from './rules/reduce.js';
import { selectionRules } from './rules/selection.js';
import { shapeRules } from './rules/shape.js';
import { slicingRules } from './rules/slicing.js';

/** The rules that {@link differentiate} knows, by operator key. */
export const gradientRules: GradientRules = new Map<string, GradientRule>(
  [
    arithmeticRules,
    activationRules,
    matmulRules,
    einsumRules,
    shapeRules,
    slicingRules,
    reduceRules,
    normalisationRules,
    gatherRules,
    selectionRules,
  ].flatMap((family) => Object.entries(family)),
);

/** Operators whose outputs do not change with small changes of their inputs: no gradient flows through. */
export const flatOperators: ReadonlySet<string> = new Set([
  ...['Shape', 'Size', 'NonZero', 'ArgMax', 'ArgMin', 'Constant', 'ConstantOfShape', 'Range', 'EyeLike'],
  ...[
    'Equal',
    'Greater',
    'GreaterOrEqual',
    'Less',
    'LessOrEqual',
    'And',
    'Or',
    'Xor',
    'Not',
    'IsNaN',
    'IsInf',
  ],
  ...['Sign', 'Floor', 'Ceil', 'Round'],
]);
