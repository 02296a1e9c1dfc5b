import { datasetSources } from '@sakejs/evaluation';
import type { Streams } from '@sakejs/terminal';

/** `sake-bench datasets`: where each benchmark is to be had. */
export function printSources(streams: Streams): void {
  const entries = datasetSources.map(({ name, files, licence, paper }) =>
    [
      name,
      ...files.flatMap(({ what, url }) => [`  ${what}`, `    ${url}`]),
      `  licence: ${licence}`,
      `  ${paper}`,
    ].join('\n'),
  );
  streams.stdout.write(
    `${[...entries, 'Nothing is downloaded. Check a file with sake-bench datasets check FILE.'].join('\n\n')}\n`,
  );
}
