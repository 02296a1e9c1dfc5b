/**
 * A path from a repository's root without `.`, `..` and empty parts: `./cpu//model.onnx` is `cpu/model.onnx`.
 *
 * @returns undefined for an absolute path, and for one that leaves the repository.
 */
export function pathWithin(path: string): string | undefined {
  if (path.startsWith('/')) return undefined;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..' && parts.pop() === undefined) return undefined;
    if (part !== '' && part !== '.' && part !== '..') parts.push(part);
  }
  return parts.join('/');
}
