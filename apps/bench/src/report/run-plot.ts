import { renderPlots } from '@sakejs/report';
import { checkWritable, writeFileAtomic, type Streams } from '@sakejs/terminal';
import { z } from 'zod';
import { parseOptions } from '../parse-options.js';
import { readAblations } from './read-ablations.js';

const optionsSchema = z.strictObject({
  files: z.array(z.string().min(1, 'expected a file')).min(1, 'expected a file'),
  out: z.string('expected a file').min(1, 'expected a file'),
});

/** `sake-bench plot`: ablations, or metrics by the number of live edits, as one SVG file. */
export async function runPlot(raw: unknown, streams: Streams): Promise<void> {
  const { files, out } = parseOptions(optionsSchema, raw, 'plot');
  checkWritable(out);
  const { ablations } = readAblations(files);
  writeFileAtomic(out, renderPlots(ablations));
  streams.stdout.write(`${out}: ${ablations.map(({ title }) => title).join(', ')}\n`);
}
