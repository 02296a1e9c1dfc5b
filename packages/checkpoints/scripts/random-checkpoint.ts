// npx tsx --conditions=@sakejs/source scripts/random-checkpoint.ts SHAPE|config.json FOLDER [--dtype BF16] [--seed 0]
//   [--shard-bytes N]
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { knownShapes } from './known-shapes.js';
import { writeRandomCheckpoint, type RandomDtype } from './write-random-checkpoint.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    dtype: { type: 'string', default: 'BF16' },
    seed: { type: 'string', default: '0' },
    'shard-bytes': { type: 'string', default: String(2 ** 32) },
  },
});
const [shape, folder] = positionals;
const dtypes: readonly string[] = ['F64', 'F32', 'F16', 'BF16'];
if (shape === undefined || folder === undefined || !dtypes.includes(values.dtype)) {
  process.stderr.write(
    `usage: random-checkpoint.ts ${Object.keys(knownShapes).join('|')}|config.json FOLDER [--dtype ${dtypes.join('|')}] [--seed N] [--shard-bytes N]\n`,
  );
  process.exit(2);
}
const config = Object.hasOwn(knownShapes, shape)
  ? knownShapes[shape]!
  : (JSON.parse(await readFile(shape, 'utf8')) as Record<string, unknown>);
await writeRandomCheckpoint(folder, config, {
  dtype: values.dtype as RandomDtype,
  seed: Number(values.seed),
  shardBytes: Number(values['shard-bytes']),
  onTensor: (done, total, name) => {
    if (done % 20 === 0 || done === total) process.stderr.write(`${done}/${total} ${name}\n`);
  },
});
