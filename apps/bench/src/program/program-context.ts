import type { Streams } from '@sakejs/terminal';
import type { Command } from 'commander';

/** What groups of commands are added to. */
export interface ProgramContext {
  readonly program: Command;
  readonly streams: Streams;
  /**
   * Runs a command's action: how it ends is the program's exit status, and an error of it is reported, as JSON where that
   * was asked for.
   */
  readonly act: (
    action: (signal: AbortSignal, watched: Streams) => Promise<void>,
    json?: boolean,
  ) => Promise<void>;
  /** The action of a command that takes options alone, `--json` among them. */
  readonly acting: (
    run: (options: unknown, streams: Streams, signal: AbortSignal) => Promise<void>,
  ) => (options: { readonly json?: unknown }) => Promise<void>;
}

/** A flag's number; NaN, which the options' schemas refuse by name, for text that is none. */
export const number = (value: string): number => (value.trim() === '' ? Number.NaN : Number(value));

/** Adds the flags of `runFlags`, with the split and the help of `--count` that a command has. */
export function withRunFlags(command: Command, split: string, counted: string): Command {
  return withRecordFlags(command, split, counted)
    .option('--threads <n>', 'threads of the model', number, 2)
    .option('--workers <n>', 'processes that share the work', number, 1);
}

/** The same without how many threads and processes there are. */
export function withRecordFlags(command: Command, split: string, counted: string): Command {
  return command
    .option('--records <file>', "records of CounterFact's form; default: the embedded model's own")
    .option('--popular-records <file>', "records in RippleEdits' schema; default: the embedded model's own")
    .option('--split <name>', 'which of the embedded records: dev or test', split)
    .option('--covered', 'only records of facts that the embedded model was taught')
    .option('--count <n>', counted, number, 50)
    .option('--seed <n>', 'seed of everything drawn', number, 0)
    .option('--journal <folder>', 'keep finished work there; the same command goes on where it was stopped')
    .option('--repair', 'go on with a damaged journal: what was lost is worked again');
}

/** Adds the flags of `momentsFlags`. */
export function withMomentsFlags(command: Command): Command {
  return command
    .option(
      '--corpus <file>',
      "what rome, memit and compmemit weigh their changes with: a text a line, or JSON lines (.jsonl); default: the project's own text",
    )
    .option(
      '--corpus-tokens <n>',
      'tokens read of it; default: 40 for each dimension of a key, as stats does',
      number,
    );
}

/** The flag of `methodSettingsFlag`. */
export const settingFlag: [string, string, (text: string, before?: readonly string[]) => readonly string[]] =
  [
    '--set <method.setting=value>',
    'a setting in place of a built-in one, such as rome.layer=3; may be repeated',
    (text, before = []) => [...before, text],
  ];
