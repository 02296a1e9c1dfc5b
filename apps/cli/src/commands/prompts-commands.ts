import type { Command } from 'commander';
import type { CommandContext } from './command-context.js';
import { generatePrompts } from './prompts-generate.js';
import { reviewPrompts } from './prompts-review.js';
import { summarisePrompts } from './prompts-stats.js';

/** Runs a command's body and keeps its exit status. */
export type RunCommand = (
  options: unknown,
  body: (context: CommandContext) => Promise<void>,
) => Promise<void>;

const number = (value: string): number => (value.trim() === '' ? Number.NaN : Number(value));
const json = ['--json', 'print one JSON object instead of text'] as const;

/** Adds `sake prompts generate|review|stats` to the command. */
export function addPromptsCommands(program: Command, run: RunCommand): void {
  const prompts = program.command('prompts').description('Make, review and count prompt distributions.');
  prompts
    .command('generate')
    .description('Make the prompts of one fact, or of many.')
    .option('--source <name>', 'template, expert, agent or local', 'template')
    .option('--subject <text>', 'whom or what the fact is about')
    .option('--prompt <text>', "the relation, with {} for the subject: 'The capital of {} is'")
    .option('--true <text>', 'what the model says today')
    .option('--new <text>', 'what it shall say')
    .option(
      '--requests <file>',
      'many facts: JSON, JSONL or CSV; of CounterFact records the test prompts are withheld',
    )
    .option('--prompts <file>', 'the hand-written prompts of the expert source (JSON, JSONL, CSV, TXT)')
    .option(
      '--count <n>',
      'prompts in a distribution; default: 50, or as many as an expert file holds',
      number,
    )
    .option('--seed <n>', 'seed of everything drawn', number, 0)
    .option('--withhold <file>', 'test prompts, one a line, whose wording must not appear')
    .option('--out <file>', 'write the distributions: .json, .jsonl or .csv')
    .option('--resume', 'go on with a .jsonl file whose making was interrupted')
    .option('--concurrency <n>', 'facts in the making at once', number, 4)
    .option('--agent-model <name>', "the agent's model; its key comes from OPENAI_API_KEY")
    .option('--base-url <url>', "the agent's server; default: OPENAI_BASE_URL, else OpenAI")
    .option('--cache <dir>', 'keeps replies of agent and local sources, so that none is paid for twice')
    .option(
      '--model <name>',
      'the model of the local source: embedded, or the folder of an ONNX model',
      'embedded',
    )
    .option('--partial', 'take fewer prompts where there are no more, and say how many')
    .option(
      '--check-model <name>',
      'the model to be edited: drops prompts of agent and local sources that it completes with the new object already, and implications whose answer the edit does not change',
    )
    .option('--threads <n>', 'threads of a model', number, 2)
    .option(...json)
    .action((options: unknown) => run(options, (context) => generatePrompts(options, context)));
  prompts
    .command('review')
    .description('Tell what is wrong with a file of prompts, and what would not be used of it.')
    .argument('<file>')
    .option('--requests <file>', 'facts whose objects records of the file do not name')
    .option('--strict', 'end with an error when anything would be dropped')
    .option(...json)
    .action((file: string, options: unknown) =>
      run(options, (context) => reviewPrompts(file, options, context)),
    );
  prompts
    .command('stats')
    .description('Count what a file of prompts holds.')
    .argument('<file>')
    .option(...json)
    .action((file: string, options: unknown) =>
      run(options, (context) => summarisePrompts(file, options, context)),
    );
}
