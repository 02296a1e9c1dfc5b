import { ExitCode, runCommand } from '@sakejs/terminal';
import { Command, CommanderError } from 'commander';
import { editCommand } from './commands/edit.js';
import { exportEdit, importEdit, listEdits, removeEdit, showEdit } from './commands/edits.js';
import { generateCommand } from './commands/generate.js';

export interface Program {
  /** Runs the arguments that follow the command's name; gives the exit status. */
  run(argv: readonly string[]): Promise<ExitCode>;
}

/** Where edits are kept unless `--library` says otherwise. */
export const DEFAULT_LIBRARY = '.sake/edits';

const whole = (value: string): number => (/^\d+$/.test(value) ? Number(value) : Number.NaN);

/** The `sake` command. */
export function createSakeProgram(): Program {
  let exit: ExitCode = ExitCode.ok;
  const run = async (options: unknown, body: (signal: AbortSignal) => Promise<void>): Promise<void> => {
    exit = await runCommand(body, { json: (options as { json?: boolean }).json === true });
  };
  const program = new Command('sake')
    .description('Change what a language model believes, without touching its weights.')
    .exitOverride()
    .showHelpAfterError();
  const library = ['--library <dir>', 'folder that keeps the edits', DEFAULT_LIBRARY] as const;
  const modules = ['--with <module...>', 'mapper modules whose edits the library holds'] as const;
  const model = ['--model <name>', 'embedded, or the folder of an ONNX model', 'embedded'] as const;
  const threads = ['--threads <n>', 'threads of the model', whole, 2] as const;
  const json = ['--json', 'print one JSON object instead of text'] as const;

  program
    .command('edit')
    .description('Learn an edit and keep it.')
    .requiredOption('--subject <text>', 'whom or what the fact is about')
    .requiredOption('--prompt <text>', "the relation, with {} for the subject: 'The capital of {} is'")
    .requiredOption('--true <text>', 'what the model says today')
    .requiredOption('--new <text>', 'what it shall say')
    .option(
      '--prompts <source>',
      'template, or a file of hand-written prompts (JSON, JSONL, TXT)',
      'template',
    )
    .option('--mapper <name>', "a built-in mapper, or a module such as ./mine.mjs; default: the method's own")
    .option('--method <name>', 'sake, sake-paper, uniform or uniform-paper', 'sake')
    .option('--targets <choice>', "obeying or all target rows; default: the method's own")
    .option('--count <n>', 'prompts in the distribution', whole, 50)
    .option('--seed <n>', 'seed of everything drawn', whole, 0)
    .option('--replace', 'replace an edit of the same request')
    .option(...library)
    .option(...modules)
    .option(...model)
    .option(...threads)
    .option(...json)
    .action((options: unknown) => run(options, (signal) => editCommand(options, signal)));

  program
    .command('generate')
    .description('Continue a text with all edits of the library live.')
    .argument('<text>', 'the text to continue')
    .option('--plain', 'leave the edits out')
    .option('--max-tokens <n>', 'most new tokens', whole, 20)
    .option('--temperature <t>', '0 is greedy', Number, 0)
    .option('--seed <n>', 'seed of sampling', whole, 0)
    .option('--every-step', 'ask the gate at every token, not only at the end of the text')
    .option(...library)
    .option(...modules)
    .option(...model)
    .option(...threads)
    .option(...json)
    .action((text: string, options: unknown) =>
      run(options, (signal) => generateCommand(text, options, signal)),
    );

  const edits = program.command('edits').description('Look after the kept edits.');
  edits
    .command('list')
    .description('List every edit.')
    .option(...library)
    .option(...modules)
    .option(...json)
    .action((options: unknown) => run(options, () => listEdits(options)));
  edits
    .command('show')
    .description('Show one edit with its provenance.')
    .argument('<id>')
    .option(...library)
    .option(...modules)
    .option(...json)
    .action((id: string, options: unknown) => run(options, () => showEdit(id, options)));
  edits
    .command('remove')
    .description('Remove edits; the others are not touched.')
    .argument('<id...>')
    .option(...library)
    .option(...modules)
    .option(...json)
    .action((ids: string[], options: unknown) => run(options, () => removeEdit(ids, options)));
  edits
    .command('export')
    .description('Copy an edit into a file.')
    .argument('<id>')
    .argument('<file>')
    .option(...library)
    .option(...modules)
    .option(...json)
    .action((id: string, file: string, options: unknown) =>
      run(options, () => exportEdit(id, file, options)),
    );
  edits
    .command('import')
    .description('Take edits in from files, checked first.')
    .argument('<file...>')
    .option('--replace', 'replace edits of the same request')
    .option(...library)
    .option(...modules)
    .option(...json)
    .action((files: string[], options: unknown) => run(options, () => importEdit(files, options)));

  return {
    async run(argv) {
      try {
        await program.parseAsync([...argv], { from: 'user' });
        return exit;
      } catch (error) {
        if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
        throw error;
      }
    },
  };
}
