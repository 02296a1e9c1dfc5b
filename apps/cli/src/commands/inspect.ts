import type { ModelInspection } from 'sakejs';
import { z } from 'zod';
import { print, type CommandContext } from './command-context.js';
import { lookInto } from './open-model.js';
import { graphOptions, parseOptions } from './options.js';

const schema = z.strictObject({ ...graphOptions, json: z.boolean().default(false) });

/** `sake inspect`: what a model's graph is made of, and whether edits can steer it. */
export async function inspectCommand(model: string, raw: unknown, context: CommandContext): Promise<void> {
  const { json, ...options } = parseOptions(schema, raw, 'inspect');
  const inspection = await lookInto({ ...options, model }, context);
  print(context, json, inspection, inspectionText(inspection));
}

function inspectionText(inspection: ModelInspection): string {
  const { cache, head, selfCheck, steerable } = inspection;
  const share = selfCheck.maxAbsLogit === 0 ? 0 : selfCheck.maxAbsError / selfCheck.maxAbsLogit;
  const rows: [string, string][] = [
    ['family', inspection.family],
    ['hidden size', String(inspection.hiddenSize)],
    ['layers', inspection.layers === null ? 'not told' : String(inspection.layers)],
    ['vocabulary', String(inspection.vocabulary)],
    ['head', `${head.op} ${head.node}`],
    ['hidden tensor', inspection.hiddenTensor],
    ['residual streams', inspection.residuals ? 'shown' : 'not shown'],
    [
      'cache',
      cache === null ? 'none' : `${cache.dtype} of ${cache.layers} layers: ${cache.inputs.join(', ')}`,
    ],
    ['dtype', inspection.dtype],
    ['files', inspection.files.join(', ')],
    ['device', inspection.device],
    ['steerable', steerable ? 'yes' : 'no'],
    [
      'self-check',
      `head(hidden) is within ${selfCheck.maxAbsError.toPrecision(3)} of logits up to ` +
        `${selfCheck.maxAbsLogit.toPrecision(3)} (${(100 * share).toPrecision(2)} %)`,
    ],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}
