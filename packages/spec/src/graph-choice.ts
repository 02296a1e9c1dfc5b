/**
 * Endings of graphs' file names by precision, the most precise first, in transformers.js's words. Of two endings the first
 * goes before the other.
 */
const ENDINGS = {
  fp32: [''],
  fp16: ['_fp16'],
  q8: ['_quantized', '_q8'],
  int8: ['_int8'],
  uint8: ['_uint8'],
  q4: ['_q4'],
  q4f16: ['_q4f16'],
  bnb4: ['_bnb4'],
  q2: ['_q2'],
  q2f16: ['_q2f16'],
  q1: ['_q1'],
  q1f16: ['_q1f16'],
} as const;

type Precision = keyof typeof ENDINGS;

/** A precision, by the name of a graph's file; `quantized` is another word for `q8`. */
export type GraphDtype = Precision | 'quantized';

const precisions = Object.keys(ENDINGS) as Precision[];

/** Every {@link GraphDtype}, the most precise first. */
export const graphDtypes: readonly GraphDtype[] = precisions.flatMap((name): GraphDtype[] =>
  name === 'q8' ? [name, 'quantized'] : [name],
);

/** Names of decoder graphs, and folders that they lie in, in the order in which one is taken. */
const STEMS = ['model', 'decoder_model_merged', 'decoder_model', 'decoder_with_past_model'] as const;
const FOLDERS = ['onnx/', ''] as const;

/** Paths that the graph of a precision may have in a model's folder, in the order in which one is taken. */
export function graphCandidates(dtype: GraphDtype): string[] {
  const endings = ENDINGS[dtype === 'quantized' ? 'q8' : dtype];
  return STEMS.flatMap((stem) =>
    FOLDERS.flatMap((folder) => endings.map((ending) => `${folder}${stem}${ending}.onnx`)),
  );
}

/**
 * The graph of a model among paths, by its name: of that precision, or else of the most precise there is.
 *
 * @param paths relative to the model's folder or repository, with `/`.
 * @returns undefined where none has a known name.
 */
export function chooseNamedGraph(paths: Iterable<string>, dtype?: GraphDtype): string | undefined {
  const present = new Set(paths);
  return (dtype === undefined ? precisions : [dtype])
    .flatMap(graphCandidates)
    .find((candidate) => present.has(candidate));
}

/** The graph among paths that is the only one; undefined where there are more or none. */
export function onlyGraph(paths: Iterable<string>): string | undefined {
  const [first, ...others] = graphsAmong(paths);
  return others.length === 0 ? first : undefined;
}

/** The graphs among paths, sorted. */
export function graphsAmong(paths: Iterable<string>): string[] {
  return [...paths].filter((path) => path.endsWith('.onnx')).sort();
}

/** The graph that goes on from the cache of one that starts without: `decoder_with_past_model` beside `decoder_model`. */
export function withPastOf(graph: string): string | undefined {
  const name = graph.slice(graph.lastIndexOf('/') + 1);
  if (!name.startsWith('decoder_model') || name.startsWith('decoder_model_merged')) return undefined;
  return graph.slice(0, -name.length) + name.replace('decoder_model', 'decoder_with_past_model');
}
