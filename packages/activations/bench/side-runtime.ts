import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { serveSide } from './measured-side.js';

const PAST = 'past_key_values.';

const longs = (rows: readonly (readonly number[])[]): ort.Tensor =>
  new ort.Tensor('int64', BigInt64Array.from(rows.flat(), BigInt), [rows.length, rows[0]!.length]);

// The runtime's own settings, but for the number of threads.
serveSide(async ({ folder, file, threads, captured, prompt, tokens }) => {
  const session = await ort.InferenceSession.create(join(folder, file), {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  const pasts = session.inputMetadata.flatMap((port) =>
    port.isTensor && port.name.startsWith(PAST) ? [port] : [],
  );
  const presents = pasts.map(({ name }) => name.replace(PAST, 'present.'));

  const emptyCache = (batch: number): ort.Tensor[] =>
    pasts.map(
      ({ shape }) =>
        new ort.Tensor('float32', new Float32Array(0), [batch, Number(shape[1]), 0, Number(shape[3])]),
    );
  const run = (
    rows: readonly (readonly number[])[],
    from: number,
    cache: readonly ort.Tensor[],
    fetches: readonly string[],
  ): Promise<ort.InferenceSession.OnnxValueMapType> => {
    const feeds: Record<string, ort.Tensor> = {
      input_ids: longs(rows),
      attention_mask: longs(rows.map((ids) => new Array<number>(from + ids.length).fill(1))),
      position_ids: longs(rows.map((ids) => ids.map((_, at) => from + at))),
      ...Object.fromEntries(pasts.map(({ name }, at) => [name, cache[at]!])),
    };
    const known = Object.entries(feeds).filter(([name]) => session.inputNames.includes(name));
    return session.run(Object.fromEntries(known), fetches);
  };

  return {
    async capture() {
      await run(captured, 0, emptyCache(captured.length), ['logits']);
    },
    async decode(first) {
      const decoded: number[] = [];
      let cache = emptyCache(1);
      let length = 0;
      let ids = prompt;
      while (decoded.length < tokens) {
        const results = await run([ids], length, cache, ['logits', ...presents]);
        length += ids.length;
        cache = presents.map((name) => results[name] as ort.Tensor);
        const { data, dims } = results['logits'] as ort.Tensor;
        const last = (data as Float32Array).subarray(-dims.at(-1)!);
        ids = [last.reduce((best, value, id) => (value > last[best]! ? id : best), 0)];
        if (decoded.push(ids[0]!) === 1) first();
      }
      return decoded;
    },
  };
});
