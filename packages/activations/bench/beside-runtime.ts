/**
 * Capture and cached greedy decoding through `loadCausalLM`, and by onnxruntime-node alone on the same graph file.
 *
 *   npx tsx --conditions=@sakejs/source bench/beside-runtime.ts FOLDER [--file onnx/model.onnx] [--rounds 9]
 *     [--prompt 64] [--tokens 32] [--captured 8] [--captured-length 32] [--threads 2] [--json]
 *
 * Each side has a process of its own, so that its memory is its own; rounds alternate between them, and which goes
 * first alternates too. The first round of each warms up. Capture: the last token's state of all prompts in one batch,
 * for which the runtime alone must compute all logits.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createRandom } from '@sakejs/spec';
import type { Memory, Round, SideMessage, Workload } from './measured-side.js';
import { medianInterval } from './median-interval.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    file: { type: 'string', default: 'onnx/model.onnx' },
    rounds: { type: 'string', default: '9' },
    prompt: { type: 'string', default: '64' },
    tokens: { type: 'string', default: '32' },
    captured: { type: 'string', default: '8' },
    'captured-length': { type: 'string', default: '32' },
    threads: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
  },
});
const [folder = '.'] = positionals;
const rounds = Number(values.rounds);
const random = createRandom('beside runtime');
const tokensOf = (length: number): number[] => Array.from({ length }, () => random.integer(256));
const workload: Workload = {
  folder: resolve(folder),
  file: values.file,
  threads: Number(values.threads),
  captured: Array.from({ length: Number(values.captured) }, () =>
    tokensOf(Number(values['captured-length'])),
  ),
  prompt: tokensOf(Number(values.prompt)),
  tokens: Number(values.tokens),
};

interface Side {
  readonly name: string;
  /** Seconds from the start of loading to the first round. */
  readonly loaded: number;
  readonly rounds: Round[];
  ask(request: 'round' | 'memory'): Promise<SideMessage>;
  close(): void;
}

async function startSide(name: string): Promise<Side> {
  const child = fork(fileURLToPath(new URL(`./side-${name}.ts`, import.meta.url)));
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`side ${name} ended with exit code ${String(code)}`);
  });
  ended.catch(() => undefined);
  const answered = async (request: Workload | 'round' | 'memory'): Promise<SideMessage> => {
    child.send(request);
    const [message] = (await Promise.race([once(child, 'message'), ended])) as [SideMessage];
    return message;
  };
  const ready = await answered(workload);
  return {
    name,
    loaded: ready.kind === 'ready' ? ready.loaded : Number.NaN,
    rounds: [],
    ask: answered,
    close: () => child.disconnect(),
  };
}

async function memoryOf(side: Side): Promise<Memory> {
  const message = await side.ask('memory');
  if (message.kind !== 'memory') throw new TypeError('expected memory');
  return message.memory;
}

// One after the other: loading is measured too.
const sides = [await startSide('sakejs'), await startSide('runtime')];
for (let round = 0; round <= rounds; round++) {
  for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
    const message = await side.ask('round');
    if (message.kind === 'round' && round > 0) side.rounds.push(message.round);
  }
  process.stderr.write(`round ${round} of ${rounds}\n`);
}

const [ours, plain] = sides as [Side, Side];
const interval = (numbers: readonly number[]): readonly [number, number, number] =>
  medianInterval(numbers, random);
const report = {
  folder,
  file: values.file,
  rounds,
  threads: workload.threads,
  sides: await Promise.all(
    sides.map(async (side) => ({
      name: side.name,
      loaded: side.loaded,
      memory: await memoryOf(side),
      captures: interval(side.rounds.map(({ captures }) => captures)),
      decoded: interval(side.rounds.map(({ decoded }) => decoded)),
    })),
  ),
  ratio: {
    captures: interval(ours.rounds.map(({ captures }, i) => captures / plain.rounds[i]!.captures)),
    decoded: interval(ours.rounds.map(({ decoded }, i) => decoded / plain.rounds[i]!.decoded)),
  },
  sameTokens: ours.rounds.every(
    ({ tokens }, i) => tokens.join() === plain.rounds[i]!.tokens.slice(0, tokens.length).join(),
  ),
};
for (const side of sides) side.close();

const show = ([median, low, high]: readonly [number, number, number]): string =>
  `${median.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
const print = (line: string): void => void process.stdout.write(`${line}\n`);
if (values.json) print(JSON.stringify(report));
else {
  print(
    `${folder} ${values.file}: ${rounds} rounds, ${workload.threads} threads; medians with 95 % intervals`,
  );
  for (const { name, loaded, memory, captures, decoded } of report.sides) {
    const anonymous =
      memory.anonymous === undefined ? '' : ` (${memory.anonymous.toFixed(0)} not of files, at the end)`;
    print(`${name}: captures/s ${show(captures)}, tokens/s ${show(decoded)}`);
    print(`${name}: loaded in ${loaded.toFixed(1)} s, peak memory ${memory.peak.toFixed(0)} MiB${anonymous}`);
  }
  print(`sakejs / runtime: captures ${show(report.ratio.captures)}, decode ${show(report.ratio.decoded)}`);
  print(`same tokens: ${report.sameTokens ? 'yes' : 'no'}`);
}
