import { SakeError } from '@sakejs/spec';
import { ExitCode, reportError, runCommand, type Streams } from '@sakejs/terminal';
import { Command, CommanderError } from 'commander';
import { methodNames } from 'sakejs';
import manifest from '../package.json' with { type: 'json' };
import type { CommandContext } from './commands/command-context.js';
import { convertCommand } from './commands/convert.js';
import { editCommand } from './commands/edit.js';
import { exportEdit, importEdits, listEdits, removeEdits, showEdit } from './commands/edits.js';
import { generateCommand } from './commands/generate.js';
import { inspectCommand } from './commands/inspect.js';
import { addPromptsCommands } from './commands/prompts-commands.js';

export interface Program {
  /** Runs the arguments that follow the command's name; gives the exit status. */
  run(argv: readonly string[]): Promise<ExitCode>;
}

/** Where edits are kept unless `--library` says otherwise. */
export const DEFAULT_LIBRARY = '.sake/edits';

const number = (value: string): number => (value.trim() === '' ? Number.NaN : Number(value));

/** Collects an option that may be given several times. */
const append = (value: string, before: readonly string[]): readonly string[] => [...before, value];

const library = ['--library <dir>', 'folder that keeps the edits', DEFAULT_LIBRARY] as const;
const modules = ['--with <module...>', 'mapper modules whose edits the library holds'] as const;
const model = ['--model <name>', 'embedded, the folder of an ONNX model, or a hub id', 'embedded'] as const;
const counterfactual = [
  '--counterfactual <model>',
  "the model that answers in scope of serac's edits; default: the edited model",
] as const;
const dtype = [
  '--dtype <name>',
  'fp32, fp16, q8, int8, uint8, q4, q4f16, bnb4 …; default: the most precise there is',
] as const;
const file = ['--file <path>', "the graph's file, relative to the model's folder"] as const;
const hiddenTensor = [
  '--hidden-tensor <name>',
  'the tensor that the LM head reads, where it is not found by itself',
] as const;
const device = ['--device <name>', 'cpu, cuda, coreml or dml; default: cpu'] as const;
const threads = ['--threads <n>', 'threads of the model', number, 2] as const;
const json = ['--json', 'print one JSON object instead of text'] as const;

/** The `sake` command. */
export function createSakeProgram(streams: Streams = process): Program {
  let exit: ExitCode = ExitCode.ok;
  const run = async (options: unknown, body: (context: CommandContext) => Promise<void>): Promise<void> => {
    exit = await runCommand((signal) => body({ streams, signal }), {
      json: (options as { json?: boolean }).json === true,
      streams,
    });
  };
  const program = new Command('sake')
    .description('Change what a language model believes, without touching its weights.')
    .version(manifest.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
      outputError: () => undefined,
    });

  program
    .command('edit')
    .description('Learn an edit and keep it.')
    .requiredOption('--subject <text>', 'whom or what the fact is about')
    .requiredOption('--prompt <text>', "the relation, with {} for the subject: 'The capital of {} is'")
    .requiredOption('--true <text>', 'what the model says today')
    .requiredOption('--new <text>', 'what it shall say')
    .option(
      '--prompts <source>',
      'template, or a file of hand-written prompts (JSON, JSONL, CSV, TXT)',
      'template',
    )
    .option('--mapper <name>', "a built-in mapper, or a module such as ./mine.mjs; default: the method's own")
    .option('--method <name>', `one of ${methodNames.join(', ')}`, 'sake')
    .option(
      '--set <setting=value>',
      "a setting in place of the method's own, such as layer=3 of rome; may be repeated",
      append,
      [],
    )
    .option('--targets <choice>', "obeying or all target rows; default: the method's own")
    .option(
      '--later-tokens <n>',
      "maps for the new object's tokens behind its first, at most n or all of them",
      (value) => (value === 'all' ? value : number(value)),
    )
    .option(
      '--count <n>',
      'prompts in the distribution; default: 50, or as many as a shorter file holds',
      number,
    )
    .option('--seed <n>', 'seed of everything drawn', number, 0)
    .option('--replace', 'replace an edit of the same request')
    .option(...counterfactual)
    .option(...library)
    .option(...modules)
    .option(...model)
    .option(...dtype)
    .option(...file)
    .option(...hiddenTensor)
    .option(...device)
    .option(...threads)
    .option(...json)
    .action((options: unknown) => run(options, (context) => editCommand(options, context)));

  program
    .command('generate')
    .description('Continue texts with all edits of the library live.')
    .usage('[options] <text>...')
    .argument('[text...]', 'the texts to continue; several run as a batch')
    .option('--prompts <file>', 'texts from a file instead: one a line, or a JSON array')
    .option('--plain', 'leave the edits out')
    .option('--chat', "answer the text as a user's turn, in the model's chat template")
    .option('--system <text>', 'what the conversation begins with; with --chat')
    .option('--max-tokens <n>', 'most new tokens of each text', number, 20)
    .option('--temperature <t>', '0 is greedy', number, 0)
    .option('--top-k <n>', 'sample from the n most probable tokens', number)
    .option('--top-p <p>', 'sample from the fewest tokens whose probabilities reach p', number)
    .option('--stop <text>', 'end before this text; may be repeated', append, [])
    .option('--seed <n>', 'seed of sampling', number, 0)
    .option('--every-step', 'ask the gate at every token, not only at the end of the text')
    .option(...counterfactual)
    .option(...library)
    .option(...modules)
    .option(...model)
    .option(...dtype)
    .option(...file)
    .option(...hiddenTensor)
    .option(...device)
    .option(...threads)
    .option(...json)
    .action((texts: string[], options: unknown) =>
      run(options, (context) => generateCommand(texts, options, context)),
    );

  program
    .command('convert')
    .description('Make an ONNX model of a checkpoint: config.json and safetensors.')
    .argument('<checkpoint>', 'the folder of the checkpoint, or a hub id: owner/name, owner/name@revision')
    .requiredOption('--out <dir>', 'folder of the model to write')
    .option('--dtype <name>', 'fp32, fp16, q8 or q4', 'fp32')
    .option('--quantize-head', 'store the head in 8 or 4 bits too')
    .option('--replace', "replace a model's folder that is there")
    .option(...json)
    .action((checkpoint: string, options: unknown) =>
      run(options, (context) => convertCommand(checkpoint, options, context)),
    );

  program
    .command('inspect')
    .description('Tell what a model is made of and whether edits can steer it.')
    .argument('<model>', 'embedded, the folder of an ONNX model, an .onnx file, or a hub id')
    .option(...dtype)
    .option(...file)
    .option(...hiddenTensor)
    .option(...device)
    .option(...threads)
    .option(...json)
    .action((name: string, options: unknown) =>
      run(options, (context) => inspectCommand(name, options, context)),
    );

  const edits = program.command('edits').description('Look after the kept edits.');
  const keeping = (name: string, description: string): Command =>
    edits
      .command(name)
      .description(description)
      .option(...library)
      .option(...modules)
      .option(...json);
  keeping('list', 'List every edit.').action((options: unknown) =>
    run(options, (context) => listEdits(options, context)),
  );
  keeping('show', 'Show one edit with its provenance.')
    .argument('<id>')
    .action((id: string, options: unknown) => run(options, (context) => showEdit(id, options, context)));
  keeping('remove', 'Remove edits; the others are not touched.')
    .argument('<id...>')
    .action((ids: string[], options: unknown) =>
      run(options, (context) => removeEdits(ids, options, context)),
    );
  keeping('export', 'Copy an edit into a file.')
    .argument('<id>')
    .argument('<file>')
    .option('--replace', 'replace a file of that name')
    .action((id: string, file: string, options: unknown) =>
      run(options, (context) => exportEdit(id, file, options, context)),
    );
  keeping('import', 'Take edits in from files, checked first.')
    .argument('<file...>')
    .option('--replace', 'replace edits of the same request')
    .action((files: string[], options: unknown) =>
      run(options, (context) => importEdits(files, options, context)),
    );

  addPromptsCommands(program, run);

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
          new SakeError('invalid-option', `sake: ${error.message.replace(/^error: /, '')}; see sake --help`),
          { json: argv.includes('--json'), streams },
        );
      }
    },
  };
}
