import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { findGraphFiles, type GraphChoice } from './graph-files.js';

/**
 * The bytes of a local model's weights: the graph that `loadCausalLM` would choose, its half with a cache where there is one,
 * and their external data. Nothing is read but folders, so that a large model costs no more than a small one.
 *
 * External data is known by its name, as exporters give it: the graph's own, and an ending (`model.onnx_data`,
 * `model.onnx.data`, `model.onnx_data_1`). Data under any other name is not counted.
 *
 * @throws {SakeError} `not-found` and others as `loadCausalLM`, where it would find no graph.
 */
export async function weightBytes(path: string, choice: GraphChoice = {}): Promise<number> {
  const { root, file, withPast } = await findGraphFiles(path, choice);
  const graphs = [file, ...(withPast === undefined ? [] : [withPast])].map((graph) => join(root, graph));
  const sizes = await Promise.all(graphs.map(withData));
  return sizes.reduce((total, size) => total + size, 0);
}

async function withData(graph: string): Promise<number> {
  const folder = dirname(graph);
  const names = (await readdir(folder)).filter((name) => name.startsWith(basename(graph)));
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((total, size) => total + size, 0);
}
