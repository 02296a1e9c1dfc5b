import { join } from 'node:path';
import { latexTable, markdownTable, publishedBeside, type SuiteResult } from '@sakejs/evaluation';
import { writeFileAtomic } from '@sakejs/terminal';
import type { AblationResult } from '../ablations/run-ablation.js';
import { reproducedTables, tableNames } from './reproduced-tables.js';

/** What one run of `reproduce` gave; plain JSON. */
export interface Reproduction {
  readonly results: readonly SuiteResult[];
  readonly ablations: readonly AblationResult[];
  readonly seconds: number;
}

/** A result as one of the paper's tables. */
export interface TablePage {
  /** The file's name, without ending. */
  readonly name: string;
  readonly title: string;
  readonly result: SuiteResult;
  /** Name of the published table beside it. */
  readonly published: string;
}

/** The tables of a reproduction: those named, and its ablations. */
export function tablePages(
  { results, ablations }: Pick<Reproduction, 'results' | 'ablations'>,
  names: readonly string[] = tableNames,
): TablePage[] {
  const ofTables = names
    .filter((name) => Object.hasOwn(reproducedTables, name))
    .flatMap((name) => {
      const { title, suite, published } = reproducedTables[name]!;
      return results
        .filter((result) => result.suite === suite)
        .map((result) => ({ name: `${name}-${result.protocol}`, title, result, published }));
    });
  const ofAblations = ablations.flatMap(({ name, title, results: own }) =>
    own.map((result) => ({
      name: `ablation-${name}-${result.protocol}`,
      title: `Ablation: ${title}`,
      result,
      published: 'ablation',
    })),
  );
  return [...ofTables, ...ofAblations];
}

/** Writes tables beside published numbers: all of them as Markdown in `tables.md`, and each as LaTeX. */
export function writeTables(folder: string, pages: readonly TablePage[]): void {
  const write = (name: string, text: string): void => writeFileAtomic(join(folder, name), text);
  const beside = ({ published }: TablePage) => ({ published: publishedBeside(published) });
  const markdown = pages.map((page) => `## ${page.title}\n\n${markdownTable(page.result, beside(page))}`);
  write('tables.md', `# Results\n\n${markdown.join('\n')}`);
  for (const page of pages) write(`${page.name}.tex`, latexTable(page.result, beside(page)));
}
