import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatTable } from '@sakejs/facts';
import { isSakeError } from '@sakejs/spec';
import { buildTables } from './build-tables.js';
import { formatReport } from './report.js';

const usage = 'usage: build-facts --data DIR --out DIR';

function main(): void {
  const { values } = parseArgs({ options: { data: { type: 'string' }, out: { type: 'string' } } });
  const { data, out } = values;
  if (data === undefined || out === undefined) throw new Error(`expected --data and --out; ${usage}`);
  const built = buildTables({
    read: (path) => readFileSync(join(data, path), 'utf8'),
    has: (path) => existsSync(join(data, path)),
  });
  mkdirSync(out, { recursive: true });
  for (const [id, { rows }] of built.tables) writeFileSync(join(out, `${id}.tsv`), formatTable(rows));
  console.log(formatReport(built));
}

try {
  main();
} catch (error) {
  console.error(
    isSakeError(error) || !(error instanceof Error) ? String(error) : `build-facts: ${error.message}`,
  );
  process.exitCode = 1;
}
