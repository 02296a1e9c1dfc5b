import { SakeError } from '@sakejs/spec';
import { ExitCode, reportError, runCommand, type Streams } from '@sakejs/terminal';
import { Command, CommanderError } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { addFileCommands } from './program/file-commands.js';
import { addModelCommands } from './program/model-commands.js';
import type { ProgramContext } from './program/program-context.js';
import { addRunCommands } from './program/run-commands.js';

export interface Program {
  /** Runs the arguments that follow the command's name; gives the exit status. */
  run(argv: readonly string[]): Promise<ExitCode>;
}

/** The `sake-bench` command. */
export function createBenchProgram(streams: Streams = process): Program {
  let exit: ExitCode = ExitCode.ok;
  const act: ProgramContext['act'] = async (action, json = false) => {
    exit = await runCommand(action, { json, streams });
  };
  const program = new Command('sake-bench')
    .description('Benchmark knowledge editing on a language model.')
    .version(manifest.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
      outputError: () => undefined,
    });
  const context: ProgramContext = {
    program,
    streams,
    act,
    acting: (run) => (options) =>
      act((signal, watched) => run(options, watched, signal), options.json === '-'),
  };
  addRunCommands(context);
  addModelCommands(context);
  addFileCommands(context);
  return {
    async run(argv) {
      try {
        await program.parseAsync([...argv], { from: 'user' });
        return exit;
      } catch (error) {
        if (!(error instanceof CommanderError)) throw error;
        if (error.exitCode === 0) return ExitCode.ok;
        if (error.code === 'commander.help') return ExitCode.usage;
        return reportError(
          new SakeError(
            'invalid-option',
            `sake-bench: ${error.message.replace(/^error: /, '')}; see sake-bench --help`,
          ),
          { json: argv.includes('--json=-') || argv[argv.indexOf('--json') + 1] === '-', streams },
        );
      }
    },
  };
}
