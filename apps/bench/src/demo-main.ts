import { parseArgs } from 'node:util';
import { SakeError } from '@sakejs/spec';
import { reportError, runCommand } from '@sakejs/terminal';
import { runDemo } from './demo/run-demo.js';

const HELP = `Usage: npm run demo [-- --json FILE]

One edit of a real fact, before and after; then the CounterFact table on 60 edits in both protocols.
`;

/** The command line of the demo; gives the exit status. */
async function main(argv: readonly string[]): Promise<number> {
  let options: { json?: string; help?: boolean };
  try {
    options = parseArgs({
      args: [...argv],
      options: { json: { type: 'string' }, help: { type: 'boolean' } },
    }).values;
  } catch (cause) {
    return reportError(new SakeError('invalid-option', `demo: ${(cause as Error).message}`, { cause }));
  }
  const { json, help } = options;
  if (help === true) {
    process.stdout.write(HELP);
    return 0;
  }
  return runCommand(async (signal) => {
    await runDemo({ streams: process, signal, ...(json === undefined ? {} : { json }) });
  });
}

process.exitCode = await main(process.argv.slice(2));
