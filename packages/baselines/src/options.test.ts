import { expectCode } from '@sakejs/spec/testing';
import { everything } from '@sakejs/scope';
import { describe, it } from 'vitest';
import { actAdd } from './act-add.js';
import { actAddOriginal } from './act-add-original.js';
import { ftL } from './ft-l.js';
import { grace } from './grace.js';
import { icl } from './icl.js';
import { ike } from './ike.js';
import { imagine } from './imagine.js';
import { compMemit } from './memit/comp-memit.js';
import { memit } from './memit/memit.js';
import { rome } from './rome/rome.js';
import { serac } from './serac.js';

type Options = Readonly<Record<string, unknown>>;
type Make = (options: never) => unknown;

/** Methods, options with which each can be made, and some that must be refused in their place. */
const cases: readonly (readonly [name: string, make: Make, good: Options, wrong: readonly Options[]])[] = [
  ['actAdd', actAdd, { scope: everything() }, [{ scope: undefined }, { embedder: {} }, { name: '' }]],
  [
    'actAddOriginal',
    actAddOriginal,
    { scope: everything() },
    [{ scope: 1 }, { layer: -1 }, { coefficient: 0 }, { contrast: 'words' }, { position: 'middle' }],
  ],
  ['ftL', ftL, {}, [{ epsilon: 0 }, { steps: 0.5 }, { layer: -1 }, { name: '' }]],
  ['grace', grace, {}, [{ radius: -1 }, { start: 'hot' }, { steps: 0 }, { learningRate: 0 }]],
  ['icl', icl, {}, [{ wording: 'New fact.' }, { scope: {} }, { name: 1 }]],
  ['ike', ike, {}, [{ demonstrations: -1 }, { ratio: { copy: -1 } }, { tokens: 0 }]],
  ['imagine', imagine, {}, [{ wording: 'Imagine {statement}.' }, { scope: {} }]],
  [
    'rome',
    rome,
    { layer: 1, moments: () => undefined },
    [
      { moments: undefined },
      { ridge: -1 },
      { exactAt: 'Prompt' },
      { klFactor: -1 },
      { essenceAt: 'start' },
      { start: 7 },
      { start: {} },
      { name: '' },
    ],
  ],
  [
    'memit',
    memit,
    { layers: [1], momentWeight: 1, moments: () => undefined },
    [
      { moments: 1 },
      { ridge: Number.NaN },
      { memories: {} },
      { prefixStarts: [] },
      { layers: [2, 1] },
      { start: 7 },
      { start: 'A', prefixStarts: ['B'] },
    ],
  ],
  [
    'compMemit',
    compMemit,
    { layers: [1], momentWeight: 1, moments: () => undefined },
    [{ paraphrases: -1 }, { implications: 0.5 }, { ridge: -1 }],
  ],
  ['serac', serac, {}, [{ wording: 'x' }, { scope: {} }, { counterfactual: {} }]],
];

describe.each(cases)('%s', (_, make, good, wrong) => {
  const made = (options: Options): unknown => make(options as never);

  it('can be made', () => void made(good));

  it.each([...wrong, { wordng: 'a typing error' }].map((each) => [JSON.stringify(each), each] as const))(
    'refuses %s',
    async (__, each) => {
      await expectCode(() => made({ ...good, ...each }), 'invalid-option');
    },
  );
});
