import { runCurves } from '../curves/run-curves.js';
import { gateNames } from '../gates/gate-methods.js';
import { runGates } from '../gates/run-gates.js';
import { runMemory } from '../memory/run-memory.js';
import { withGraphFlags, withModelFlags } from '../model-flags.js';
import { runStats } from '../stats/run-stats.js';
import { runTrace } from '../trace/run-trace.js';
import { number, type ProgramContext } from './program-context.js';

/** Commands that look into a model or its gates: `gates`, `curves`, `memory`, `stats`, `trace`. */
export function addModelCommands({ program, streams, act, acting }: ProgramContext): void {
  withModelFlags(
    program
      .command('gates')
      .description('How often each gate lets in what it should and what it should not.'),
  )
    .option('--gates <names>', `comma-separated: ${gateNames.join(', ')}`, gateNames.join(','))
    .option('--limit <n>', 'the first N records in file order', number)
    .option('--records <file>', "records in CounterFact's original schema; default: the embedded model's own")
    .option('--split <name>', 'which of the embedded records: dev or test', 'dev')
    .option('--covered', 'only records of facts that the embedded model was taught')
    .option('--count <n>', 'prompts an edit', number, 50)
    .option('--seed <n>', 'seed of everything drawn', number, 0)
    .option('--threads <n>', 'threads of the model', number, 2)
    .option('--json <file>', 'write the result as JSON; - prints it to standard output, without the table')
    .action(acting(runGates));
  withModelFlags(
    program
      .command('curves')
      .description('Accuracy and generality against the number of prompts, for each source of prompts.'),
  )
    .option(
      '--sources <names>',
      'comma-separated: template, and files of prompts (JSON, JSONL, CSV, TXT)',
      'template',
    )
    .option('--sizes <ns>', 'comma-separated numbers of prompts, each a subset of the next', '10,25,50,100')
    .option(
      '--methods <names>',
      'comma-separated: sake, sake-paper, sake-paper-implications, uniform, uniform-paper, actadd, icl, imagine',
      'sake',
    )
    .option('--limit <n>', 'the first N records that every source serves', number)
    .option('--records <file>', "records in CounterFact's original schema; default: the embedded model's own")
    .option('--split <name>', 'which of the embedded records: dev or test', 'dev')
    .option('--covered', 'only records of facts that the embedded model was taught')
    .option('--seed <n>', 'seed of everything drawn', number, 0)
    .option('--threads <n>', 'threads of the model', number, 2)
    .option('--json <file>', 'write the result as JSON; - prints it to standard output, without the table')
    .action(acting(runCurves));
  withModelFlags(
    program.command('memory').description('Memory that a run with many live edits takes above the model.'),
  )
    .option('--edits <n>', 'edits that are live', number, 2000)
    .option('--learned <n>', 'edits that are learned; the others are copies of them', number, 4)
    .option('--asked <n>', 'cases that are asked something', number, 10)
    .option('--records <file>', "records of CounterFact's form; default: the embedded model's own")
    .option('--split <name>', 'which of the embedded records: dev or test', 'dev')
    .option('--count <n>', 'prompts an edit', number, 50)
    .option('--seed <n>', 'seed of everything drawn', number, 0)
    .option('--threads <n>', 'threads of the model', number, 2)
    .option('--json <file>', 'write the result as JSON; - prints it to standard output, without the table')
    .action(acting(runMemory));
  withGraphFlags(
    program
      .command('stats')
      .description("Second moments of a model's MLP keys, which rome and memit weigh their changes with."),
  )
    .argument('[model]', 'embedded, the folder of an ONNX model, or a hub id', 'embedded')
    .option('--layers <ns>', 'comma-separated blocks, 0 the first; default: those that rome and memit edit')
    .option(
      '--corpus <file>',
      "a text a line, or JSON lines (.jsonl) of strings or objects with text; default: the project's own text",
    )
    .option('--tokens <n>', 'read as many; default: 40 for each dimension of a key', number)
    .option(
      '--out <folder>',
      'where they are kept; default: $SAKEJS_CACHE or ~/.cache/sakejs, key-moments in it, where run looks for them',
    )
    .option('--threads <n>', 'threads of the model', number, 2)
    .option('--json <file>', 'write the result as JSON; - prints it to standard output, without the table')
    .action(async (model: string, options: { readonly json?: unknown }) => {
      await act((signal) => runStats(model, options, streams, signal), options.json === '-');
    });
  withModelFlags(
    program
      .command('trace')
      .description('Causal tracing: where in the model the states lie that make it say what it knows.'),
  )
    .option('--records <file>', "records of CounterFact's form; default: the embedded model's own")
    .option('--split <name>', 'which of the embedded records: dev or test', 'dev')
    .option('--covered', 'only records of facts that the embedded model was taught')
    .option('--limit <n>', 'the first N records in file order', number)
    .option('--samples <n>', 'draws of the noise a fact', number, 10)
    .option(
      '--noise <x>',
      "standard deviation of the noise, in standard deviations of the subjects' embeddings",
      number,
      3,
    )
    .option(
      '--window <n>',
      'blocks whose MLP or attention outputs are put back at once; default: 10 of 48, at least 1',
      number,
    )
    .option('--kinds <names>', 'comma-separated: stream, mlp, attention', 'stream,mlp,attention')
    .option('--seed <n>', 'seed of the noise and of what is resampled', number, 0)
    .option('--threads <n>', 'threads of the model', number, 2)
    .option('--json <file>', 'write the result as JSON; - prints it to standard output, without the table')
    .option('--html <file>', 'write heat maps as one HTML file, which opens offline')
    .option('--facts <n>', 'single facts in the HTML file', number, 12)
    .action(acting(runTrace));
}
