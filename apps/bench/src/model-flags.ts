import type { Command } from 'commander';
import { devices, graphDtypes, type Device, type GraphDtype } from 'sakejs';
import { z } from 'zod';

/** Which graph of a model runs, and on what; plain JSON, so that workers open the same. What is absent is as `sake` has it. */
export interface GraphFlags {
  readonly dtype?: GraphDtype;
  readonly file?: string;
  readonly hiddenTensor?: string;
  readonly device?: Device;
}

/** The same as zod gives it. */
type ParsedGraphFlags = { readonly [Flag in keyof GraphFlags]: GraphFlags[Flag] | undefined };

/** Flags of every command that opens a model, besides its name. */
export const graphFlags = {
  dtype: z
    .enum(graphDtypes as [GraphDtype, ...GraphDtype[]], `expected one of ${graphDtypes.join(', ')}`)
    .optional(),
  file: z.string().min(1, 'expected a file').optional(),
  hiddenTensor: z.string().min(1, 'expected the name of a tensor').optional(),
  device: z.enum(devices, `expected one of ${devices.join(', ')}`).optional(),
};

/** The same with the model's name. */
export const modelFlags = {
  model: z.string().min(1, 'expected embedded, a folder or a hub id'),
  ...graphFlags,
};

/** Adds {@link graphFlags} to a command. */
export function withGraphFlags(command: Command): Command {
  return command
    .option(
      '--dtype <name>',
      "the graph's precision: fp32, fp16, q8, int8, uint8, q4 …; default: the most precise there is",
    )
    .option('--file <path>', "the graph's file, relative to the model's folder")
    .option('--hidden-tensor <name>', 'the tensor that the LM head reads, where it is not found by itself')
    .option('--device <name>', `${devices.join(', ')}; default: cpu`);
}

/** Adds {@link modelFlags} to a command. */
export function withModelFlags(command: Command): Command {
  return withGraphFlags(
    command.option('--model <name>', 'embedded, the folder of an ONNX model, or a hub id', 'embedded'),
  );
}

/** The graph's flags among others, those that are not given left out. */
export function graphOf({ dtype, file, hiddenTensor, device }: Partial<ParsedGraphFlags>): GraphFlags {
  return {
    ...(dtype !== undefined && { dtype }),
    ...(file !== undefined && { file }),
    ...(hiddenTensor !== undefined && { hiddenTensor }),
    ...(device !== undefined && { device }),
  };
}

/** How a model is opened that stands beside the edited one: on the same device, by a graph of its own. */
export function besideGraph({ device }: GraphFlags): GraphFlags {
  return graphOf({ device });
}
