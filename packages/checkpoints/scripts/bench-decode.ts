// npx tsx --conditions=@sakejs/source scripts/bench-decode.ts FOLDER [FILE] [--only sake|plain] [--rounds 5]
//   [--prompt 64] [--tokens 32] [--threads 2]
// Capture and cached greedy decode through loadCausalLM, and the same by plain ONNX Runtime on the same graph, in
// alternating rounds. For peak memory run each side alone, in a process of its own.
import { resolve, join } from 'node:path';
import { parseArgs } from 'node:util';
import { createGraphSession, loadCausalLM, type GraphSession, type GraphTensor } from '@sakejs/activations';
import { createRandom, type CausalLM } from '@sakejs/spec';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    prompt: { type: 'string', default: '64' },
    tokens: { type: 'string', default: '32' },
    threads: { type: 'string', default: '2' },
  },
});
const [folder = '.', file = 'onnx/model.onnx'] = positionals;
const [rounds, promptLength, tokens, threads] = [
  values.rounds,
  values.prompt,
  values.tokens,
  values.threads,
].map(Number) as [number, number, number, number];
const random = createRandom('bench decode');
const prompt = Array.from({ length: promptLength }, () => random.integer(256));

/** Tokens a second of reading the prompt and of decoding. */
interface Speed {
  readonly read: number;
  readonly decode: number;
}

async function timed(run: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await run();
  return (performance.now() - started) / 1000;
}

async function measureSake(lm: CausalLM): Promise<Speed> {
  const read = await timed(async () => {
    await lm.project(await lm.capture([prompt]));
  });
  let count = 0;
  const decode = await timed(async () => {
    for await (const token of lm.generate(prompt, { maxTokens: tokens })) if (token) count++;
  });
  return { read: promptLength / read, decode: count / (decode - read) };
}

async function measurePlain(session: GraphSession): Promise<Speed> {
  const longs = (items: readonly number[]): GraphTensor =>
    session.tensor(BigInt64Array.from(items, BigInt), [1, items.length]);
  const pasts = session.inputs.filter(({ name }) => name.startsWith('past_key_values.'));
  let cache: Record<string, GraphTensor> = Object.fromEntries(
    pasts.map(({ name, dims }) => [
      name,
      session.tensor(new Float32Array(0), [1, Number(dims[1]), 0, Number(dims[3])]),
    ]),
  );
  let length = 0;
  const step = async (ids: readonly number[]): Promise<number> => {
    const results = await session.run({
      input_ids: longs(ids),
      attention_mask: longs(new Array<number>(length + ids.length).fill(1)),
      position_ids: longs(ids.map((_, i) => length + i)),
      ...cache,
    });
    length += ids.length;
    cache = Object.fromEntries(
      pasts.map(({ name }) => [name, results[name.replace('past_key_values', 'present')]!]),
    );
    const logits = results['logits']!;
    const last = (logits.data as Float32Array).subarray(-logits.dims.at(-1)!);
    return last.reduce((best, value, id) => (value > last[best]! ? id : best), 0);
  };
  let next = 0;
  const read = await timed(async () => {
    next = await step(prompt);
  });
  const decode = await timed(async () => {
    for (let i = 1; i < tokens; i++) next = await step([next]);
  });
  return { read: promptLength / read, decode: (tokens - 1) / decode };
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

/** Median and the 2.5 % and 97.5 % quantiles of medians of 2000 resamples. */
function interval(numbers: readonly number[]): string {
  const medians = Array.from({ length: 2000 }, () => median(numbers.map(() => random.pick(numbers)))).sort(
    (a, b) => a - b,
  );
  return `${median(numbers).toFixed(2)} [${medians[50]!.toFixed(2)}, ${medians[1949]!.toFixed(2)}]`;
}

const lm = values.only === 'plain' ? undefined : await loadCausalLM(folder, { threads });
const session =
  values.only === 'sake' ? undefined : await createGraphSession(resolve(join(folder, file)), { threads });
const sake: Speed[] = [];
const plain: Speed[] = [];
// The first round warms both up.
for (let round = 0; round <= rounds; round++) {
  const [a, b] = [lm && (await measureSake(lm)), session && (await measurePlain(session))];
  if (round === 0) continue;
  if (a) sake.push(a);
  if (b) plain.push(b);
}
for (const part of ['read', 'decode'] as const) {
  const show = (name: string, speeds: readonly Speed[]): void => {
    if (speeds.length > 0)
      process.stdout.write(`${part} ${name}: ${interval(speeds.map((speed) => speed[part]))} tokens/s\n`);
  };
  show('sake', sake);
  show('plain', plain);
  if (lm && session)
    process.stdout.write(
      `${part} sake / plain: ${interval(sake.map((speed, i) => speed[part] / plain[i]![part]))}\n`,
    );
}
process.stdout.write(`peak memory: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB\n`);
await lm?.[Symbol.asyncDispose]();
await session?.[Symbol.asyncDispose]();
