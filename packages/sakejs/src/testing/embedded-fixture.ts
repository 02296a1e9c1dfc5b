import { createSteeredLM, decodeEdit, encodeEdit } from '@sakejs/editor';
import { embeddedFacts } from '@sakejs/embedded-model';
import { createTemplateSource } from '@sakejs/prompts';
import { type EditMethod, type EditRequest, fromRows, type ModelInfo } from '@sakejs/spec';
import type { EditMethodCase, EditMethodFixture } from '@sakejs/spec/testing';
import { loadModel } from '../load-model.js';
import { editLoaders } from '../open-library.js';

/** The first taught fact of a relation whose object is not the new one. */
function changed(relation: string, prompt: string, targetNew: string): EditRequest {
  const fact = embeddedFacts().find((each) => each.relation === relation && each.object !== targetNew)!;
  return { subject: fact.subject, prompt, targetTrue: fact.object, targetNew, relation };
}

/**
 * What `describeEditMethod` of `@sakejs/spec/testing` tests a method on: the embedded model, two facts that it knows,
 * template prompts for both. A method's contract is then one line of its test.
 *
 * @example describeEditMethod('mine', () => embeddedFixture((info) => mine(info)));
 */
export async function embeddedFixture(create: (info: ModelInfo) => EditMethod): Promise<EditMethodFixture> {
  const [lm, loaders] = await Promise.all([loadModel(), editLoaders()]);
  const source = createTemplateSource({ doubts: 20, negativesPerKind: 12 });
  const withPrompts = async (request: EditRequest): Promise<EditMethodCase> => ({
    request,
    prompts: await source.generate(request, { count: 24, seed: 1 }),
  });
  return {
    lm,
    method: create(lm.info),
    cases: [
      await withPrompts(changed('P103', 'The mother tongue of {} is', 'Russian')),
      await withPrompts(changed('P19', '{} was born in', 'Rome')),
    ],
    outside: 'It had rained all night, and the buckets were',
    respond: async (edits, prompts) => {
      const responses = await createSteeredLM(lm, edits).respond(prompts);
      return fromRows(responses.map(({ logits }) => logits));
    },
    reload: async (edit) => decodeEdit(encodeEdit(edit, loaders), loaders, 'reloaded'),
  };
}
