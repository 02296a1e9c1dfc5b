import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, posix, relative, resolve, sep, win32 } from 'node:path';
import { byteLength, dataTypeName, elementCount, type OnnxModel, type OnnxTensor } from '@sakejs/onnx';
import { SakeError } from '@sakejs/spec';
import { externalTensors, withTensors } from './external-tensors.js';

/** A file that holds weights of a graph. */
export interface DataFile {
  /** Its name in the graph. */
  readonly location: string;
  /** Where it is, with all links resolved. */
  readonly path: string;
  readonly size: number;
}

/** A graph whose external data was found and checked. */
export interface PlacedModel {
  /** The graph, with locations relative to `folder`. */
  readonly model: OnnxModel;
  /** Nearest folder that holds all data files, without links; undefined where weights lie within the graph. */
  readonly folder: string | undefined;
  /** In the order in which the graph names them. */
  readonly files: readonly DataFile[];
}

/** Where a graph was read from. */
export interface GraphPlace {
  /** The graph's file. */
  readonly file: string;
  /** The model's folder, which links may not leave. */
  readonly root: string;
}

/**
 * Finds the files that hold a graph's weights and points the graph at them; nothing is read, copied or written.
 *
 * A location is relative to the graph's folder and stays in it. Where it is a link, what it leads to must lie in the
 * model's folder or, for a snapshot in a Hugging Face cache, in that repository's `blobs/`. ONNX Runtime takes no links
 * and no `..` for a graph given as bytes, so locations become the real files' paths below their nearest common folder.
 *
 * @throws {SakeError} `invalid-file` for a location that is absolute or leaves the folder, for an offset or length that
 * the file or the tensor's shape contradicts; `not-found` for a missing file. All name file and tensor.
 */
export async function placeExternalData(model: OnnxModel, place: GraphPlace): Promise<PlacedModel> {
  const tensors = externalTensors(model.graph);
  if (tensors.length === 0) return { model, folder: undefined, files: [] };
  const allowed = await allowedFolders(place);
  const files = new Map<string, DataFile>();
  const ranges = new Map<OnnxTensor, { file: DataFile; offset: number; length: number }>();
  for (const tensor of tensors) {
    const location = entry(tensor, 'location');
    if (location === undefined || location === '') throw wrong(place, tensor, 'a location', 'none');
    const file = files.get(location) ?? (await findFile(location, tensor, place, allowed));
    files.set(location, file);
    ranges.set(tensor, { file, ...checkedRange(tensor, file, place) });
  }
  const folder = commonFolder([...files.values()].map(({ path }) => dirname(path)));
  const placed = new Map(
    [...ranges].map(([tensor, { file, offset, length }]): [OnnxTensor, OnnxTensor] => [
      tensor,
      {
        ...tensor,
        externalData: [
          { key: 'location', value: relative(folder, file.path).split(sep).join('/') },
          { key: 'offset', value: String(offset) },
          { key: 'length', value: String(length) },
        ],
      },
    ]),
  );
  return { model: withTensors(model, placed), folder, files: [...files.values()] };
}

function entry(tensor: OnnxTensor, key: string): string | undefined {
  return tensor.externalData?.find((pair) => pair.key === key)?.value;
}

function wrong(
  place: GraphPlace,
  tensor: OnnxTensor,
  expected: string,
  got: string,
  code: 'invalid-file' | 'not-found' = 'invalid-file',
): SakeError {
  return new SakeError(
    code,
    `placeExternalData: expected ${expected} for the external data of '${tensor.name}' in ${basename(place.file)}, got ${got}`,
    { details: { file: place.file, tensor: tensor.name, location: entry(tensor, 'location') } },
  );
}

/** Folders, without links, in which data may lie: the model's own, and the `blobs/` of the repository it is cached in. */
async function allowedFolders({ file, root }: GraphPlace): Promise<string[]> {
  const folders = new Set([await realpath(root), await realpath(dirname(file))]);
  for (const folder of [...folders]) {
    const steps = folder.split(sep);
    const at = steps.lastIndexOf('snapshots');
    if (at <= 0 || at === steps.length - 1) continue;
    const blobs = await realpath([...steps.slice(0, at), 'blobs'].join(sep)).catch(() => undefined);
    // The blobs are the repository's own only if they are no link to elsewhere.
    if (blobs === [...steps.slice(0, at), 'blobs'].join(sep)) folders.add(blobs);
  }
  return [...folders];
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Whether a location could mean a place outside, read as any system would read it. */
function leaves(location: string): boolean {
  return (
    location.includes('\0') ||
    /^[a-z]:/i.test(location) ||
    [posix, win32].some(
      (path) => path.isAbsolute(location) || /^\.\.([\\/]|$)/.test(path.normalize(location)),
    )
  );
}

async function findFile(
  location: string,
  tensor: OnnxTensor,
  place: GraphPlace,
  allowed: readonly string[],
): Promise<DataFile> {
  if (leaves(location))
    throw wrong(place, tensor, "a path within the graph's folder", JSON.stringify(location));
  const named = join(dirname(place.file), location);
  const path = await realpath(named).catch((cause: unknown) => {
    throw wrong(place, tensor, `the file ${location}`, (cause as Error).message, 'not-found');
  });
  if (!allowed.some((folder) => isWithin(folder, path)))
    throw wrong(
      place,
      tensor,
      "a file in the model's folder, or a link to one or into its repository's blobs",
      `${location}, a link to ${path}`,
    );
  const found = await stat(path);
  if (!found.isFile()) throw wrong(place, tensor, 'a file', `${location}, which is none`);
  return { location, path, size: found.size };
}

/** Where a tensor's bytes are in its file, as it says and as its shape needs. */
function checkedRange(
  tensor: OnnxTensor,
  file: DataFile,
  place: GraphPlace,
): { readonly offset: number; readonly length: number } {
  const { dataType, dims } = tensor;
  const count = elementCount(dims);
  if (dims.some((dim) => !Number.isSafeInteger(dim) || dim < 0) || !Number.isSafeInteger(count))
    throw wrong(place, tensor, 'a shape', `[${dims.join(', ')}]`);
  let needed: number;
  try {
    needed = byteLength(dataType, count);
  } catch {
    throw wrong(place, tensor, 'an element type of fixed size', dataTypeName(dataType));
  }
  const offset = wholeNumber(tensor, 'offset', place) ?? 0;
  const length = wholeNumber(tensor, 'length', place) ?? needed;
  if (length !== needed)
    throw wrong(
      place,
      tensor,
      `${needed} bytes, which ${dataTypeName(dataType)} [${dims.join(', ')}] takes,`,
      `a length of ${length}`,
    );
  if (offset + length > file.size)
    throw wrong(
      place,
      tensor,
      `bytes ${offset} to ${offset + length} in ${file.location}`,
      `a file of ${file.size} bytes`,
    );
  return { offset, length };
}

function wholeNumber(tensor: OnnxTensor, key: string, place: GraphPlace): number | undefined {
  const text = entry(tensor, key);
  if (text === undefined) return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value))
    throw wrong(place, tensor, `a number of bytes as ${key}`, JSON.stringify(text));
  return value;
}

function commonFolder(folders: readonly string[]): string {
  return folders.reduce((common, folder) => {
    let shared = common;
    while (!isWithin(shared, folder)) shared = resolve(shared, '..');
    return shared;
  });
}
