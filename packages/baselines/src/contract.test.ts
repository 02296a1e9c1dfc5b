import { createSteeredLM, decodeEdit, encodeEdit } from '@sakejs/editor';
import { euclideanCentroid, scopeLoaders } from '@sakejs/scope';
import { fromRows, type EditMethod } from '@sakejs/spec';
import { describeEditMethod } from '@sakejs/spec/testing';
import { transportLoaders } from '@sakejs/transport';
import { capitalRequest, createTestLM, promptsFor } from '../test/capitals.js';
import { otherMind } from '../test/other-mind.js';
import { actAdd, actAddOriginal, icl, ike, imagine, serac } from './index.js';

const loaders = { mapLoaders: transportLoaders, scopeLoaders };
const france = capitalRequest('France', 'Rome');
const peru = capitalRequest('Peru', 'Tokyo');

const lm = createTestLM({ maxPositions: 256 });
const counterfactual = otherMind(lm);

const methods: readonly [name: string, method: EditMethod, gated: boolean][] = [
  ['actAdd', actAdd({ scope: euclideanCentroid({ threshold: 0.6 }) }), true],
  [
    'actAddOriginal',
    actAddOriginal({ scope: euclideanCentroid({ threshold: 0.6 }), layer: 0, coefficient: 20 }),
    true,
  ],
  [
    'actAddOriginal at the last token',
    actAddOriginal({
      scope: euclideanCentroid({ threshold: 0.6 }),
      layer: 0,
      position: 'last',
      contrast: 'contexts',
    }),
    true,
  ],
  ['icl', icl(), false],
  [
    'icl with a gate',
    icl({ scope: euclideanCentroid({ threshold: 0.1 }), wording: 'Note: {statement}. ' }),
    true,
  ],
  ['imagine', imagine(), false],
  ['ike', ike(), false],
  ['serac', serac(), true],
  [
    'serac with one classifier for all edits',
    serac({
      training: (['Italy', 'Kenya'] as const).map((subject) => {
        const request = capitalRequest(subject, 'Lima');
        return { request, prompts: promptsFor(request) };
      }),
    }),
    true,
  ],
  ['serac with a counterfactual model', serac({ counterfactual: counterfactual.other }), true],
];

for (const [name, method, gated] of methods)
  describeEditMethod(
    name,
    async () => {
      return {
        lm,
        method,
        cases: [
          { request: france, prompts: promptsFor(france) },
          { request: peru, prompts: promptsFor(peru) },
        ],
        outside: 'The capital of Japan is',
        respond: async (edits, prompts) => {
          const responses = await createSteeredLM(lm, edits, {
            counterfactuals: [counterfactual.other],
          }).respond(prompts);
          return fromRows(responses.map(({ logits }) => logits));
        },
        reload: async (edit) => decodeEdit(encodeEdit(edit, loaders), loaders, 'reloaded'),
      };
    },
    { gated },
  );
