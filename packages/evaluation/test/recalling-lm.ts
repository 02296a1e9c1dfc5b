import {
  fromRows,
  matrix,
  row,
  type CausalLM,
  type Matrix,
  type RestoredRun,
  type StateKind,
} from '@sakejs/spec';
import { createScriptedLM } from './scripted-lm.js';

/** Coordinates of a state: what is spoken of, what is recalled of it, what is told to the head. */
type State = [subject: number, recalled: number, told: number];

const LAYERS = 3;
/** Logit of `Paris` for each unit that is told. */
export const GAIN = 4;

/**
 * A model of three blocks that can be traced by hand.
 *
 * `France` and `Zealand` enter as (1, 0, 0), other words as nothing. The first block's MLP recalls: it adds the first
 * coordinate to the second. The second block's attention tells: it adds the sum of what is recalled so far to the third.
 * Everything else adds nothing. The head gives `Paris` a logit of 4 times the third coordinate, all others 0.
 */
export function createRecallingLM(texts: readonly string[]): CausalLM {
  const words = createScriptedLM(
    Object.fromEntries(texts.map((text) => [text, { ' Paris': 1, ' Tokyo': 1 }])),
  );
  const paris = words.encode(' Paris')[0]!;
  const embed = (token: number): State => [/France|Zealand/.test(words.decode([token])) ? 1 : 0, 0, 0];
  const run = (tokens: readonly number[], given: RestoredRun) =>
    forward(tokens.map(embed), given, clean(tokens));
  const clean = (tokens: readonly number[]) => forward(tokens.map(embed), { noise: [], restored: [] });
  const sequence = (prompt: string | readonly number[]): readonly number[] =>
    typeof prompt === 'string' ? words.encode(prompt) : prompt;
  return {
    ...words,
    info: { ...words.info, id: 'recalling', hiddenSize: 3, layers: LAYERS },
    capture: async (prompts) =>
      fromRows(
        prompts.map((prompt) =>
          clean(sequence(prompt))
            .at(`stream ${LAYERS - 1}`)
            .at(-1)!,
        ),
      ),
    project: async (hidden: Matrix) => {
      const logits = new Float32Array(hidden.rows * words.info.vocabularySize);
      for (let i = 0; i < hidden.rows; i++)
        logits[i * words.info.vocabularySize + paris] = GAIN * row(hidden, i)[2]!;
      return matrix(hidden.rows, words.info.vocabularySize, logits);
    },
    tracing: {
      embeddings: async (prompts) => fromRows(prompts.flatMap((prompt) => sequence(prompt).map(embed))),
      prepare: async (prompt) => {
        const tokens = sequence(prompt);
        const { at } = clean(tokens);
        return {
          tokens,
          lastTokenActivation: Float32Array.from(at(`stream ${LAYERS - 1}`).at(-1)!),
          states: (kind, layer) => fromRows(at(`${kind} ${layer}`)),
          run: async (runs) =>
            fromRows(
              runs.map((given) =>
                run(tokens, given)
                  .at(`stream ${LAYERS - 1}`)
                  .at(-1)!,
              ),
            ),
        };
      },
    },
  };
}

interface States {
  at(name: `${StateKind} ${number}`): State[];
}

function forward(embedded: readonly State[], { noise, restored }: RestoredRun, clean?: States): States {
  const states = new Map<string, State[]>();
  const put = (kind: StateKind, layer: number, computed: State[]): State[] => {
    const kept = computed.map((state, t) =>
      restored.some((site) => site.kind === kind && site.layer === layer && site.position === t)
        ? clean!.at(`${kind} ${layer}`)[t]!
        : state,
    );
    states.set(`${kind} ${layer}`, kept);
    return kept;
  };
  const sum = (a: State, b: State): State => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
  const disturbed = embedded.map((state, t): State => {
    const added = noise.filter(({ position }) => position === t);
    return added.reduce((so, { values }) => sum(so, [values[0]!, values[1]!, values[2]!]), state);
  });
  let stream = put('stream', -1, disturbed);
  for (let layer = 0; layer < LAYERS; layer++) {
    const attention = put(
      'attention',
      layer,
      stream.map((_, t): State => [
        0,
        0,
        layer === 1 ? stream.slice(0, t + 1).reduce((told, state) => told + state[1], 0) : 0,
      ]),
    );
    const middle = stream.map((state, t) => sum(state, attention[t]!));
    const mlp = put(
      'mlp',
      layer,
      middle.map((state): State => [0, layer === 0 ? state[0] : 0, 0]),
    );
    stream = put(
      'stream',
      layer,
      middle.map((state, t) => sum(state, mlp[t]!)),
    );
  }
  return { at: (name) => states.get(name)! };
}
