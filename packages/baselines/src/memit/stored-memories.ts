import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { readKept, writeKept } from '../kept-file.js';
import { createMemories, memoryKey, type Memories, type Memory } from './memorise.js';

const FORMAT = 'sakejs.memory.1';
const WHERE = 'storedMemories';

const schema = z.strictObject({
  format: z.literal(FORMAT),
  target: z.array(z.number()),
  contexts: z.array(z.strictObject({ tokens: z.array(z.int().min(0)), subject: z.int().min(0) })).min(1),
  steps: z
    .array(z.strictObject({ loss: z.number(), nll: z.number(), kl: z.number(), decay: z.number() }))
    .min(1),
});

/**
 * Memories that lie in a folder, one file each under the SHA-256 of all that it depends on, beside being held.
 *
 * What one process has made, another one's batch finds: of edits that several processes learn, each needs all.
 * A damaged file counts as none and is written again.
 *
 * @param directory made when it is not there.
 * @throws {SakeError} from `get`: `io`.
 */
export function storedMemories(directory: string): Memories {
  const held = createMemories();
  return {
    get: (key, make) =>
      held.get(key, async () => {
        const name = createHash('sha256')
          .update(`${FORMAT} ${memoryKey(key)}`)
          .digest('hex');
        const file = join(directory, `${name}.json`);
        const bytes = await readKept(file, WHERE);
        const kept = bytes && decode(bytes);
        if (kept !== undefined) return kept;
        const made = await make();
        await writeKept(file, encode(made), WHERE);
        return made;
      }),
  };
}

function encode({ target, contexts, steps }: Memory): Uint8Array {
  return Buffer.from(JSON.stringify({ format: FORMAT, target: [...target], contexts, steps }));
}

function decode(bytes: Uint8Array): Memory | undefined {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) return undefined;
  const { target, contexts, steps } = parsed.data;
  return { target: Float64Array.from(target), contexts, steps };
}
