import type { EditMethod, MapEdit } from '../../src/edit.js';
import { fillPrompt, type EditRequest } from '../../src/edit-request.js';
import type { CausalLM } from '../../src/causal-lm.js';
import { row, type Vector } from '../../src/matrix.js';
import {
  describeEditMethod,
  type DescribeEditMethodOptions,
  type EditMethodCase,
  type EditMethodFixture,
} from '../../src/testing/describe-edit-method.js';
import { without } from './without.js';
import { createToyLm } from '../toys/toy-lm.js';
import { reloadEdit, respond, toyMethod } from '../toys/toy-method.js';

const PROMPT = 'The capital of {} is';

/** A request whose true object leads, of two objects, with two prompts. */
async function caseOf(
  lm: CausalLM,
  subject: string,
  objects: readonly [string, string],
): Promise<EditMethodCase> {
  const asked = fillPrompt(PROMPT, subject);
  const logits = row(await lm.project(await lm.capture([asked])), 0);
  const logit = (object: string): number => logits[lm.encode(` ${object}`)[0]!]!;
  const [targetTrue, targetNew] = objects.toSorted((a, b) => logit(b) - logit(a)) as [string, string];
  const request: EditRequest = { subject, prompt: PROMPT, targetTrue, targetNew };
  const prompts = [asked, `${subject} is ruled from`];
  return {
    request,
    prompts: { request, prompts, positives: [], negatives: [], source: { kind: 'toy' }, dropped: {} },
  };
}

const right: EditMethod<MapEdit> = toyMethod();

function suite(
  name: string,
  change: (fixture: EditMethodFixture) => Partial<EditMethodFixture>,
  options: DescribeEditMethodOptions = {},
): void {
  const setup = async (): Promise<EditMethodFixture> => {
    const lm = createToyLm();
    const fixture: EditMethodFixture = {
      lm,
      method: right,
      cases: [await caseOf(lm, 'Peru', ['Lima', 'Oslo']), await caseOf(lm, 'Iran', ['Tehran', 'Rome'])],
      outside: 'The colour of snow is',
      respond: (edits, prompts) => respond(lm, edits as MapEdit[], prompts),
      reload: async (edit) => reloadEdit(edit as MapEdit),
    };
    return { ...fixture, ...change(fixture) };
  };
  describeEditMethod(name, setup, options);
}

suite('right', () => ({}));

const learning = (learn: EditMethod['learn']) => (): Partial<EditMethodFixture> => ({
  method: { ...right, learn },
});
const making = (change: (edit: MapEdit) => Partial<MapEdit>): (() => Partial<EditMethodFixture>) =>
  learning(async (request, context) => {
    const edit = await right.learn(request, context);
    return { ...edit, ...change(edit) };
  });
const shifted = (edit: MapEdit, by: (value: number) => number): Pick<MapEdit, 'map'> => ({
  map: { ...edit.map, apply: <V extends Vector>(h: V) => edit.map.apply(h).map(by) as V },
});

let edited = false;

const methods: Record<string, (fixture: EditMethodFixture) => Partial<EditMethodFixture>> = {
  'edits nothing': making((edit) => ({
    map: { ...edit.map, apply: <V extends Vector>(h: V) => h.slice() as V },
  })),
  'edits every prompt': making((edit) => ({ scope: { ...edit.scope, match: () => ({ distance: 0 }) } })),
  'leaves a trace behind': (fixture) => ({
    respond: async (edits, prompts) => {
      edited ||= edits.length > 0;
      const logits = await fixture.respond(edits, prompts);
      if (edited && edits.length === 0) logits.data[0]! += 1e-6;
      return logits;
    },
  }),
  'lets edits change each other': (fixture) => ({
    respond: async (edits, prompts) => {
      const logits = await fixture.respond(edits, prompts);
      if (edits.length > 1) logits.data[0]! += 1e-6;
      return logits;
    },
  }),
  'gives every edit one id': making(() => ({ id: 'edit' })),
  'gives the same edit another id': making((edit) => ({ id: `${edit.id}-${Math.random()}` })),
  'depends on chance': making((edit) => {
    const chance = 1 + 1e-6 * Math.random();
    return shifted(edit, (value) => value * chance);
  }),
  'forgets its seed': making((edit) => ({ provenance: { ...edit.provenance, seed: 0 } })),
  'forgets its model': making((edit) => ({
    provenance: { ...edit.provenance, model: { id: 'other', sha256: '' } },
  })),
  'has no date': making((edit) => ({ provenance: { ...edit.provenance, createdAt: 'today or so' } })),
  'counts other prompts': making((edit) => ({
    provenance: { ...edit.provenance, prompts: { ...edit.provenance.prompts, count: 1 } },
  })),
  'reloads another map': () => ({
    reload: async (edit) => ({
      ...reloadEdit(edit as MapEdit),
      ...shifted(edit as MapEdit, (value) => value * (1 + 1e-6)),
    }),
  }),
  'reloads without provenance': () => ({
    reload: async (edit) => ({
      ...reloadEdit(edit as MapEdit),
      provenance: { ...edit.provenance, rows: { source: 0, target: 0, obeying: 0 } },
    }),
  }),
  'changes the prompts it is given': learning(async (request, context) => {
    const edit = await right.learn(request, context);
    (context.prompts.prompts as string[]).push('more');
    return edit;
  }),
  'takes any request': learning((request, context) => {
    const { prompts } = context;
    const fine = request.subject.trim() !== '' && request.prompt.split('{}').length === 2;
    return right.learn(fine ? request : prompts.request, context);
  }),
  'takes a request without objects': learning((request, context) => {
    const { targetTrue, targetNew } = context.prompts.request;
    const or = (object: string, other: string): string => (object.trim() === '' ? other : object);
    return right.learn(
      {
        ...request,
        targetTrue: or(request.targetTrue, targetTrue),
        targetNew: or(request.targetNew, targetNew),
      },
      context,
    );
  }),
  'takes equal objects': learning((request, context) => {
    const equal = request.targetNew.trim() === request.targetTrue;
    return right.learn(equal ? context.prompts.request : request, context);
  }),
  'takes the prompts of another request': learning((request, context) =>
    right.learn(request, { ...context, prompts: { ...context.prompts, request } }),
  ),
  'takes a distribution without prompts': learning((request, context) => {
    const { prompts } = context;
    const some = prompts.prompts.length > 0 ? prompts : { ...prompts, prompts: ['one'] };
    return right.learn(request, { ...context, prompts: some });
  }),
  'ignores its signal': learning((request, context) => right.learn(request, without(context, 'signal'))),
};
for (const [name, change] of Object.entries(methods)) suite(`wrong: method ${name}`, change);
suite('wrong: method says that it has no gate', () => ({}), { gated: false });
