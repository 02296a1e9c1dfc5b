import {
  createRandom,
  fillPrompt,
  implicationContexts,
  SakeError,
  type CausalLM,
  type EditRequest,
  type Matrix,
} from '@sakejs/spec';

export interface ReferenceSelectionOptions {
  /** Implications to keep. Default 10, of the reference's 25. */
  readonly keep?: number;
  /** Noisy copies of each kept one. Default 4. */
  readonly copies?: number;
  /** Standard deviation of the copies' noise, in activation units. Default 0.1. */
  readonly sigma?: number;
  /** Default 0. */
  readonly seed?: number;
}

/** Rows to fit a map on. */
export interface SelectedImplications {
  /** Rows of the input that were kept, most typical first. */
  readonly kept: readonly number[];
  /** Cosine of every input row's difference to the mean difference. */
  readonly cosines: readonly number[];
  /** [keep (1 + copies), d]: the kept rows, then the copies, copy by copy. */
  readonly source: Matrix<Float64Array>;
  /** The same of the target rows, with noise of its own. */
  readonly target: Matrix<Float64Array>;
}

/**
 * The implications that the authors' reference code learns from, with their noisy copies.
 *
 * Kept are those whose difference t_i − s_i has the highest cosine to the mean difference; each is joined by copies
 * s_i + ε, t_i + ε′ with independent ε, ε′ ~ N(0, σ² I): 10 of 25 with 4 copies each give 50 rows. It keeps what most
 * implications agree on; `answerChanges` keeps what follows from the fact. Source: SAKE's public code (METHOD, 1).
 *
 * @param source [n, d] last-token activations behind the old fact.
 * @param target [n, d] behind the new fact, row by row.
 * @throws {SakeError} `shape-mismatch`, `not-enough-data` for fewer than `keep` rows, `invalid-option`, `numerical`
 * when a difference or their mean is zero.
 */
export function selectImplications(
  source: Matrix,
  target: Matrix,
  { keep = 10, copies = 4, sigma = 0.1, seed = 0 }: ReferenceSelectionOptions = {},
): SelectedImplications {
  const { rows, cols } = source;
  if (target.rows !== rows || target.cols !== cols)
    throw new SakeError(
      'shape-mismatch',
      `selectImplications: expected source and target of one shape, got [${rows}, ${cols}] and [${target.rows}, ${target.cols}]`,
    );
  for (const [name, value, least] of [['keep', keep, 1] as const, ['copies', copies, 0] as const])
    if (!Number.isInteger(value) || value < least)
      throw new SakeError(
        'invalid-option',
        `selectImplications: expected ${name} as an integer >= ${least}, got ${value}`,
      );
  if (!(sigma >= 0 && sigma < Infinity))
    throw new SakeError('invalid-option', `selectImplications: expected sigma of at least 0, got ${sigma}`);
  if (rows < keep)
    throw new SakeError(
      'not-enough-data',
      `selectImplications: expected at least ${keep} implications, got ${rows}; keep at most ${rows}`,
    );
  const cosines = cosinesToMean(source, target);
  const kept = cosines
    .map((cosine, index) => ({ cosine, index }))
    .sort((a, b) => b.cosine - a.cosine || a.index - b.index)
    .slice(0, keep)
    .map(({ index }) => index);
  const random = createRandom(`${seed}/implications`);
  return {
    kept,
    cosines,
    source: withCopies(source, kept, copies, sigma, random.fork('source')),
    target: withCopies(target, kept, copies, sigma, random.fork('target')),
  };
}

/** Last-token activations of implications behind the old and behind the new fact, each [n, d]. */
export async function captureImplications(
  lm: CausalLM,
  request: EditRequest,
  implications: readonly string[],
  signal?: AbortSignal,
): Promise<{ source: Matrix; target: Matrix }> {
  const prompt = fillPrompt(request.prompt, request.subject);
  const contexts = implications.map((text) =>
    implicationContexts({
      originalFact: `${prompt} ${request.targetTrue}`,
      editedFact: `${prompt} ${request.targetNew}`,
      question: text,
    }),
  );
  const passing = signal === undefined ? {} : { signal };
  return {
    source: await lm.capture(
      contexts.map((context) => context.source),
      passing,
    ),
    target: await lm.capture(
      contexts.map((context) => context.target),
      passing,
    ),
  };
}

function cosinesToMean(source: Matrix, target: Matrix): number[] {
  const { rows, cols } = source;
  const differences = Float64Array.from(target.data, (value, at) => value - source.data[at]!); // [n, d]
  const mean = new Float64Array(cols);
  for (let at = 0; at < differences.length; at++) mean[at % cols]! += differences[at]! / rows;
  const norm = (values: Float64Array): number =>
    Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));
  const meanNorm = norm(mean);
  return Array.from({ length: rows }, (_, index) => {
    const own = differences.subarray(index * cols, (index + 1) * cols);
    const scale = norm(own) * meanNorm;
    if (!(scale > 0))
      throw new SakeError(
        'numerical',
        `selectImplications: expected differences with a direction, got none in ${meanNorm > 0 ? `row ${index}` : 'their mean'}`,
      );
    return own.reduce((sum, value, j) => sum + value * mean[j]!, 0) / scale;
  });
}

function withCopies(
  { cols, data }: Matrix,
  kept: readonly number[],
  copies: number,
  sigma: number,
  random: { normal(): number },
): Matrix<Float64Array> {
  const rows = kept.length * (1 + copies);
  const all = new Float64Array(rows * cols);
  for (let row = 0; row < rows; row++)
    for (let j = 0; j < cols; j++) {
      const value = data[kept[row % kept.length]! * cols + j]!;
      all[row * cols + j] = row < kept.length ? value : value + sigma * random.normal();
    }
  return { rows, cols, data: all };
}
