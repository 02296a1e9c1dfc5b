import { createRandom, type LabelledQuery, type Matrix, type PromptKind } from '@sakejs/spec';

/**
 * A world of one-letter tokens, each with its own direction; a state is that direction plus noise.
 *
 * S: the edited subject, T and U: others; r: asks the edited relation, p and q: others; d: a doubt's last
 * word; x and y: filler.
 */
const TOKENS = 'STUrpqdxy';
const WIDTH = TOKENS.length;
const NOISE = 0.1;

/** The states of a text at the given layers, all alike, with the last mention of S as its subject. */
export function tokenQuery(
  text: string,
  seed: string,
  layers: readonly number[] = [0, 1, 2, 3],
): LabelledQuery {
  const random = createRandom(`${seed} ${text}`);
  const data = new Float32Array(text.length * WIDTH).map(() => NOISE * random.normal());
  [...text].forEach((token, position) => (data[position * WIDTH + TOKENS.indexOf(token)]! += 1));
  const states: Matrix<Float32Array> = { rows: text.length, cols: WIDTH, data };
  const subjectPosition = text.lastIndexOf('S');
  return {
    kind: 'paraphrase',
    lastTokenActivation: data.slice(-WIDTH),
    layers: new Map(layers.map((layer) => [layer, states])),
    ...(subjectPosition >= 0 && { subjectPosition }),
  };
}

/** `copies` noisy queries of each text, all of one kind. */
export function tokenQueries(kind: PromptKind, texts: readonly string[], copies: number): LabelledQuery[] {
  return texts.flatMap((text) =>
    Array.from({ length: copies }, (_, copy) => ({ ...tokenQuery(text, `${kind} ${copy}`), kind })),
  );
}
