import { decodeEdit, editId, encodeEdit } from '@sakejs/editor';
import type { CausalLM, Edit, EditMethod, EditRequest, PromptGenerator } from '@sakejs/spec';
import { editLoaders } from 'sakejs';

/** A method that learns nothing: its edits are copies of learned ones, each with tensors and a request of its own. */
export async function editCopies(learned: readonly Edit[]): Promise<EditMethod> {
  const loaders = await editLoaders();
  const files = learned.map((edit) => encodeEdit(edit, loaders));
  let made = 0;
  return {
    name: 'copies of sake',
    learn: async (request) => {
      const edit = decodeEdit(files[made++ % files.length]!.slice(), loaders, 'edit copies');
      return { ...edit, id: editId(request), request };
    },
  };
}

/** A source that has the request's own prompt only, for methods that need none. */
export const noPrompts: PromptGenerator = {
  kind: 'request-only',
  generate: async (request) => ({
    request,
    prompts: [request.prompt.replace('{}', () => request.subject)],
    positives: [],
    negatives: [],
    source: { kind: 'request-only' },
    dropped: {},
  }),
};

export interface LearnSomeOptions {
  readonly lm: CausalLM;
  readonly method: EditMethod;
  readonly prompts: PromptGenerator;
  readonly count: number;
  readonly seed: number;
  /** How many to learn. */
  readonly wanted: number;
  readonly signal: AbortSignal;
}

/** The first edits that can be learned. */
export async function learnSome(
  requests: readonly EditRequest[],
  { lm, method, prompts, count, seed, wanted, signal }: LearnSomeOptions,
): Promise<Edit[]> {
  const learned: Edit[] = [];
  for (const request of requests) {
    if (learned.length === wanted) break;
    const distribution = await prompts.generate(request, { count, seed, signal });
    learned.push(await method.learn(request, { lm, prompts: distribution, seed, signal }));
  }
  return learned;
}
