import {
  checkLearnInput,
  checkLengths,
  createSteeredLM,
  editId,
  firstObjectToken,
  greedyTokens,
  learnScope,
  provenanceOf,
} from '@sakejs/editor';
import {
  type CausalLM,
  type EditMethod,
  type EditRequest,
  fillPrompt,
  fromRows,
  type LayerHook,
  type LayerHookEdit,
  matrix,
  type PromptEmbedder,
  type ScopeDetector,
  steeringContext,
  throwIfAborted,
} from '@sakejs/spec';
import { z } from 'zod';
import { checkOptions, having } from './check-options.js';

/** Which texts are contrasted, p+ and p−, for a request with prompt p and objects o, o*. */
export type ActAddContrast =
  /** `{o*}` and `{o}`, as the paper contrasts words. */
  | 'objects'
  /** `{p} {o*}` and `{p} {o}`. */
  | 'statements'
  /** The steering context of p, and p alone, as the last-layer form does. */
  | 'contexts';

export interface ActAddOriginalOptions {
  /** The gate, fitted as SAKE's is: on the whole distribution. `everything()` is the paper's form, which has none. */
  readonly scope: ScopeDetector;
  /**
   * The block behind which the difference is added. Default: one eighth of the way up, block 5 of 48, before the block 6
   * that the paper names for GPT-2 XL.
   */
  readonly layer?: number;
  /** The factor c. Default 5, that of the paper's example "Love" − "Hate". */
  readonly coefficient?: number;
  /** Default `objects`. */
  readonly contrast?: ActAddContrast;
  /** Whether the difference meets the prompt's first tokens, as in the paper, or its last token the last token's. Default `first`. */
  readonly position?: 'first' | 'last';
  /** Stands in tables and in every edit's provenance. Default `actadd-original`. */
  readonly name?: string;
  /** For scopes that compare sentence embeddings. */
  readonly embedder?: PromptEmbedder;
}

const WHERE = 'actAddOriginal';

const schema = z.strictObject({
  scope: having<ScopeDetector>('fit'),
  layer: z.int().min(0).optional(),
  coefficient: z
    .number()
    .refine((value) => value !== 0, 'must not be 0')
    .default(5),
  contrast: z.enum(['objects', 'statements', 'contexts']).default('objects'),
  position: z.enum(['first', 'last']).default('first'),
  name: z.string().min(1).default('actadd-original'),
  embedder: having<PromptEmbedder>('embed').optional(),
});

/**
 * Activation addition in its original form: h_l ← h_l + c (h_l(p+) − h_l(p−)) at the first positions of the prompt.
 *
 * h_l [positions, d] is the residual stream behind block l, p+ and p− a pair of texts; the shorter one is filled up with
 * spaces on the right, so that both have as many tokens. The sum is made at the positions that the prompt shares with
 * the pair, from the first on, and the model goes on from there, its cache included. Without optimisation: one pass over
 * two texts, one over the request's prompt, and one over the scope's. A prompt shorter than the pair takes what fits.
 * A position in common texts, such as an opening token or a shared prompt, gets nothing, because the difference is 0.
 * Source: Turner et al., "Steering Language Models With Activation Engineering", algorithm 1 (arXiv 2308.10248).
 *
 * @throws {SakeError} here `invalid-option`; from `learn`: `invalid-request` for a malformed request or prompts of
 * another one, `not-enough-data` without prompts, `invalid-input` for a layer that the model does not have or a text
 * longer than its positions, `invalid-option` for a scope that wants an embedder where none is given, `unsupported` for
 * a model without access to its blocks, `aborted`, and what the scope throws.
 */
export function actAddOriginal(options: ActAddOriginalOptions): EditMethod<LayerHookEdit> {
  const { name, scope: detector, embedder, ...checked } = checkOptions(WHERE, schema, options);
  const { coefficient, contrast, position } = checked;
  return {
    name,
    learn: async (input, { lm, prompts, seed = 0, signal }) => {
      const request = checkLearnInput(input, prompts, WHERE);
      throwIfAborted(signal, WHERE);
      const { layers } = lm.info;
      const layer = checked.layer ?? Math.max(0, Math.round(layers / 8) - 1);
      const prompt = fillPrompt(request.prompt, request.subject);
      const texts = pairOf(request, prompt, contrast);
      checkLengths(lm, [...texts, prompt], WHERE);
      const hook: LayerHook = {
        layer,
        operation: 'add',
        anchor: position === 'first' ? 'start' : 'end',
        values: await difference(lm, texts, { layer, coefficient, position, signal }),
      };
      throwIfAborted(signal, WHERE);
      const { scope, settings } = await learnScope({
        ...{ lm, scope: detector, embedder, signal, where: WHERE },
        prompts: { ...prompts, request },
      });
      const edit: LayerHookEdit = {
        kind: 'layer-hook',
        id: editId(request),
        request,
        hook,
        scope,
        provenance: {
          method: name,
          ...provenanceOf(lm, prompts, seed),
          rows: { source: 1, target: 1, obeying: 0 },
          settings: { layer, coefficient, contrast, position, ...settings },
        },
      };
      const answers = createSteeredLM(lm, [edit], { gate: 'open', ...(embedder && { embedder }) });
      const [answer] = await answers.respond([prompt], signal === undefined ? {} : { signal });
      const said = greedyTokens(fromRows([answer!.logits]))[0];
      const rows = {
        source: 1,
        target: 1,
        obeying: Number(said === firstObjectToken(lm, request.targetNew)),
      };
      return { ...edit, provenance: { ...edit.provenance, rows } };
    },
  };
}

/** p+ and p− */
function pairOf(request: EditRequest, prompt: string, contrast: ActAddContrast): readonly [string, string] {
  const { targetNew, targetTrue } = request;
  switch (contrast) {
    case 'objects':
      return [` ${targetNew}`, ` ${targetTrue}`];
    case 'statements':
      return [`${prompt} ${targetNew}`, `${prompt} ${targetTrue}`];
    case 'contexts':
      return [steeringContext({ ...request, prompt }), prompt];
  }
}

interface DifferenceOptions {
  readonly layer: number;
  readonly coefficient: number;
  readonly position: 'first' | 'last';
  readonly signal: AbortSignal | undefined;
}

/** c (h(p+) − h(p−)): of all positions that a prompt may share with them, or of the last token of each, [n, d]. */
async function difference(
  lm: CausalLM,
  texts: readonly [string, string],
  { layer, coefficient, position, signal }: DifferenceOptions,
): Promise<LayerHook['values']> {
  const passing = signal === undefined ? {} : { signal };
  const read = position === 'first' ? padded(lm, texts) : texts;
  const [plus, minus] = await lm.observe(read, { layers: [layer], ...passing });
  const states = [plus, minus].map((seen) => seen!.layers.get(layer)!);
  const d = lm.info.hiddenSize;
  const rows = position === 'first' ? Math.min(...states.map((each) => each.rows)) : 1;
  const data = new Float32Array(rows * d);
  const [from, without] = states.map((each) => (position === 'first' ? 0 : (each.rows - 1) * d)) as [
    number,
    number,
  ];
  for (let i = 0; i < data.length; i++)
    data[i] = coefficient * (states[0]!.data[from + i]! - states[1]!.data[without + i]!);
  return matrix(rows, d, data);
}

/** Token ids of both texts, the shorter one filled up with spaces; left as they are where no token stands for a space. */
function padded(lm: CausalLM, texts: readonly [string, string]): (readonly number[])[] {
  const tokens = texts.map((text) => lm.encode(text));
  const space = lm.encode(' ').slice(lm.encode('').length).at(-1);
  const longest = Math.max(...tokens.map(({ length }) => length));
  if (space === undefined) return tokens;
  return tokens.map((list) => [...list, ...new Array<number>(longest - list.length).fill(space)]);
}
