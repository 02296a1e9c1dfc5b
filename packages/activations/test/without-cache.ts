import { decodeModel, encodeModel } from '@sakejs/onnx';
import { readFile, writeFile } from 'node:fs/promises';

/** Rewrites a built decoder to have no cache: keys and values pass on as they are, nothing comes in or goes out. */
export async function removeCache(file: string): Promise<void> {
  const model = decodeModel(await readFile(file));
  const { graph } = model;
  const isCache = (name: string): boolean => /^(past_key_values|present)\./.test(name);
  await writeFile(
    file,
    encodeModel({
      ...model,
      graph: {
        ...graph,
        inputs: graph.inputs.filter(({ name }) => !isCache(name)),
        outputs: graph.outputs.filter(({ name }) => !isCache(name)),
        nodes: graph.nodes.map((node) =>
          node.inputs.some((name) => name.startsWith('past_key_values.'))
            ? { ...node, opType: 'Identity', inputs: [node.inputs[1]!], attributes: [] }
            : node,
        ),
      },
    }),
  );
}
