import type { DecoderGraphs } from './decoder-graphs.js';
import type { Bodies } from './forward-pass.js';
import { openBody, type OpenBodyOptions } from './open-body.js';
import { changedBody, type BodyShape, type DecoderGraph } from './split-decoder.js';

export interface ChangedBodiesOptions extends OpenBodyOptions {
  /** Reads the model's graphs again: they are let go once a model is open. */
  readonly read: () => Promise<DecoderGraphs>;
  readonly hiddenTensor?: string;
}

/** Sessions of a model's body in its changed forms. */
export interface ChangedBodies {
  /** Runs `work` with the body of a shape, which stays open for the next one. */
  use<T>(shape: BodyShape, work: (bodies: Bodies) => Promise<T>): Promise<T>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Forms that are held open: weights inside a graph are held once for each, those in external data are mapped. */
const HELD = 4;

interface Held {
  readonly bodies: Promise<Bodies>;
  users: number;
}

/** Bodies by what they take and show; of those that nobody uses, the least recently used are closed first. */
export function createChangedBodies(options: ChangedBodiesOptions): ChangedBodies {
  const held = new Map<string, Held>();

  const open = async (shape: BodyShape): Promise<Bodies> => {
    const { start, withPast } = await options.read();
    const { hiddenTensor } = options;
    const first = await openBody(
      changedBody(start, shape, {
        asked: withPast !== undefined,
        ...(hiddenTensor !== undefined && { hiddenTensor }),
      }),
      options,
    );
    if (withPast === undefined) return { first, next: first };
    try {
      return { first, next: await openNext(withPast, shape, options) };
    } catch (cause) {
      await first.session[Symbol.asyncDispose]();
      throw cause;
    }
  };
  const close = async ({ bodies }: Held): Promise<void> => {
    const opened = await bodies.catch(() => undefined);
    if (opened === undefined) return;
    for (const session of new Set([opened.first.session, opened.next.session]))
      await session[Symbol.asyncDispose]();
  };
  const closeIdle = async (): Promise<void> => {
    for (const [key, one] of [...held]) {
      if (held.size <= HELD) return;
      if (one.users > 0) continue;
      held.delete(key);
      await close(one);
    }
  };

  return {
    async use(shape, work) {
      const key = JSON.stringify([shape.lowRank, shape.dense, shape.stream, shape.keys]);
      const one = held.get(key) ?? { bodies: open(shape), users: 0 };
      held.delete(key);
      held.set(key, one);
      one.users += 1;
      try {
        return await work(await one.bodies);
      } catch (cause) {
        // What could not be opened is tried anew the next time.
        if ((await one.bodies.catch(() => undefined)) === undefined) held.delete(key);
        throw cause;
      } finally {
        one.users -= 1;
        await closeIdle();
      }
    },
    async [Symbol.asyncDispose]() {
      const all = [...held.values()];
      held.clear();
      for (const one of all) await close(one);
    },
  };
}

/** Exporters trace graphs with a past with one token, as the plain ones are taken to be. */
function openNext(
  withPast: DecoderGraph,
  shape: BodyShape,
  options: ChangedBodiesOptions,
): Promise<Bodies['next']> {
  return openBody(changedBody(withPast, { ...shape, keys: [] }, { asked: true }), {
    ...options,
    stepwise: true,
  });
}
