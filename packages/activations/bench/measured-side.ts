import { readFile } from 'node:fs/promises';

/** What a side is to measure; both sides get the same. */
export interface Workload {
  /** A model's folder, whose graph has inputs and outputs as transformers.js names them. */
  readonly folder: string;
  /** The graph in it. */
  readonly file: string;
  readonly threads: number;
  /** Prompts that are captured together, all of one length. */
  readonly captured: readonly (readonly number[])[];
  readonly prompt: readonly number[];
  /** Tokens that are decoded greedily behind `prompt`. */
  readonly tokens: number;
}

/** One round of a side. */
export interface Round {
  /** Prompts whose last token was read, a second. */
  readonly captures: number;
  /** Tokens decoded a second, after the first, which reading the prompt gives. */
  readonly decoded: number;
  readonly tokens: readonly number[];
}

/** What a side's process holds, in MiB. */
export interface Memory {
  /** Most that was resident at once, pages of mapped files among it. */
  readonly peak: number;
  /** What is resident now and is no page of a file, where the system tells. */
  readonly anonymous?: number | undefined;
}

/** One way to run a model. */
export interface MeasuredSide {
  capture(): Promise<void>;
  /** Decodes anew from the prompt; `first` is called once the first token is there. */
  decode(first: () => void): Promise<readonly number[]>;
}

export type SideMessage =
  | { readonly kind: 'ready'; readonly loaded: number }
  | { readonly kind: 'round'; readonly round: Round }
  | { readonly kind: 'memory'; readonly memory: Memory };

const seconds = (since: number): number => (performance.now() - since) / 1000;

/** Serves a side to the process that started this one: loads on a workload, then a round, or memory, on demand. */
export function serveSide(open: (workload: Workload) => Promise<MeasuredSide>): void {
  let side: MeasuredSide;
  let workload: Workload;
  const answer = async (request: Workload | 'round' | 'memory'): Promise<SideMessage> => {
    if (request === 'memory') return { kind: 'memory', memory: await memory() };
    if (request === 'round') return { kind: 'round', round: await measure(side, workload) };
    const started = performance.now();
    workload = request;
    side = await open(workload);
    return { kind: 'ready', loaded: seconds(started) };
  };
  process.on('message', (request: Workload | 'round' | 'memory') => {
    void answer(request).then(
      (message) => process.send!(message),
      (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
        process.exit(1);
      },
    );
  });
}

async function measure(side: MeasuredSide, { captured }: Workload): Promise<Round> {
  let started = performance.now();
  await side.capture();
  const captures = captured.length / seconds(started);
  started = performance.now();
  const tokens = await side.decode(() => {
    started = performance.now();
  });
  return { captures, decoded: (tokens.length - 1) / seconds(started), tokens };
}

async function memory(): Promise<Memory> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const anonymous = /^RssAnon:\s+(\d+) kB/m.exec(status)?.[1];
  return {
    peak: process.resourceUsage().maxRSS / 1024,
    anonymous: anonymous === undefined ? undefined : Number(anonymous) / 1024,
  };
}
