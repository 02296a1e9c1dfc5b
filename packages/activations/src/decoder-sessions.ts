import { HEAD_INPUT, HEAD_OUTPUT, toFloat16Bits } from '@sakejs/onnx';
import { SakeError } from '@sakejs/spec';
import { checkSizes } from './check-sizes.js';
import type { Decoder } from './decoder.js';
import { forwardThrough, type Bodies } from './forward-pass.js';
import { createGraphSession, type Device, type GraphSession } from './graph-session.js';
import type { ModelConfig } from './model-config.js';
import { openBody } from './open-body.js';
import type { RunningBody } from './run-body.js';
import type { SplitBody, SplitDecoder } from './split-decoder.js';
import { float32 } from './widen.js';

/**
 * Opens both parts of a decoder. One body session serves every request, two where the exporter wrote one graph for the
 * start and one for going on from a cache: only what is fetched is copied out.
 *
 * @param stepwise whether the only graph is one that takes one token after the other.
 * @throws {SakeError} `unsupported` for inputs, caches or state types it does not know, or a device that the runtime
 * lacks; `invalid-file` when the config belongs to another graph.
 */
export async function openDecoder(
  split: SplitDecoder,
  config: ModelConfig,
  threads: number,
  device: Device = 'cpu',
  stepwise = false,
): Promise<Decoder> {
  checkSizes(split.map, config);
  const sessions: GraphSession[] = [];
  const dispose = async (): Promise<void> => {
    for (const session of sessions.splice(0)) await session[Symbol.asyncDispose]();
  };
  const pairs = (split.withPast ?? split).map.cache;
  const run = async (body: SplitBody, steps: boolean): Promise<RunningBody> => {
    const running = await openBody(body, { threads, device, pairs, sizes: config, stepwise: steps });
    sessions.push(running.session);
    return running;
  };
  try {
    const first = await run(split, stepwise);
    // Exporters trace these graphs with one token, and what they make of several is not what the model would.
    const next = split.withPast && (await run(split.withPast, true));
    const { folder } = split;
    const head = await createGraphSession(split.head, {
      ...{ threads, device },
      ...(folder !== undefined && { externalDataFolder: folder }),
    });
    sessions.push(head);
    const { vocabularySize, hiddenSize } = split.map;
    return decoderOf({
      first,
      next: next ?? first,
      head,
      cached: pairs.length > 0,
      vocabularySize,
      hiddenSize,
      headMixesRows: split.headMixesRows,
      mixesRows: split.mixesRows,
      dispose,
    });
  } catch (cause) {
    await dispose();
    throw cause;
  }
}

interface DecoderParts extends Bodies {
  readonly head: GraphSession;
  readonly cached: boolean;
  readonly vocabularySize: number;
  readonly hiddenSize: number;
  readonly headMixesRows: boolean;
  readonly mixesRows: boolean;
  readonly dispose: () => Promise<void>;
}

function decoderOf(parts: DecoderParts): Decoder {
  const { first, next, head, cached, vocabularySize, hiddenSize } = parts;

  /** Logits of rows that may be run together. */
  const projectRows = async (hidden: Float32Array, rows: number, logits: Float32Array): Promise<void> => {
    const [input, output] = [head.inputs[0]!, head.outputs[0]!];
    const given =
      input.type === 'float16'
        ? head.tensor(Uint16Array.from(hidden, toFloat16Bits), [rows, hiddenSize], 'float16')
        : head.tensor(hidden, [rows, hiddenSize]);
    if (output.type === 'float32')
      await head.run({ [HEAD_INPUT]: given }, { [HEAD_OUTPUT]: head.tensor(logits, [rows, vocabularySize]) });
    else logits.set(float32((await head.run({ [HEAD_INPUT]: given }))[HEAD_OUTPUT]!, HEAD_OUTPUT));
  };

  return {
    vocabularySize,
    dtype: head.inputs[0]!.type,
    cached,
    showsLayers: first.residuals !== undefined && next.residuals !== undefined,
    mixesRows: parts.mixesRows,
    async forward(rows, options) {
      const { additions = [], keys = [] } = options;
      if (additions.some((list) => list.length > 0) || keys.length > 0)
        throw new SakeError(
          'unsupported',
          'forward: expected a decoder that takes changes for additions and MLP keys, got a plain one',
        );
      return forwardThrough({ first, next }, rows, options, cached);
    },
    async project(hidden, rows, logits) {
      if (!parts.headMixesRows) return projectRows(hidden, rows, logits);
      for (let row = 0; row < rows; row++)
        await projectRows(
          hidden.subarray(row * hiddenSize, (row + 1) * hiddenSize),
          1,
          logits.subarray(row * vocabularySize, (row + 1) * vocabularySize),
        );
    },
    [Symbol.asyncDispose]: parts.dispose,
  };
}
