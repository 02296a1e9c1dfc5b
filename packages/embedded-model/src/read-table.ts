import { readFileSync } from 'node:fs';

/** Rows of a tab-separated file of `records/`, without its header. */
export function readTable(name: string): string[][] {
  return readFileSync(new URL(`../records/${name}`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'));
}
