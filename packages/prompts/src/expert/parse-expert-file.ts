import type { ExpertFile, ExpertFormat, ExpertProblem, ExpertPrompt, ExpertRecord } from './expert-file.js';
import { promptText } from './expert-schema.js';
import { readCsvPrompts } from './read-csv-prompts.js';
import { readJsonPrompts, type ExpertSink } from './read-json-prompts.js';

const readers: Record<ExpertFormat, (text: string, sink: ExpertSink) => void> = {
  txt: (text, sink) => {
    for (const [index, raw] of text.split(/\r?\n/).entries()) {
      const line = raw.trim();
      if (line === '' || line.startsWith('#')) continue;
      const checked = promptText.safeParse(line);
      if (checked.success) sink.shared({ text: line, line: index + 1 });
      else
        sink.problem({
          line: index + 1,
          message: checked.error.issues[0]!.message,
          remedy: 'write one prompt a line',
        });
    }
  },
  json: (text, sink) => readJsonPrompts(text, 1, sink),
  jsonl: (text, sink) => {
    for (const [index, line] of text.split('\n').entries())
      if (line.trim() !== '') readJsonPrompts(line, index + 1, sink);
  },
  csv: readCsvPrompts,
};

/**
 * Reads prompts written by hand, or distributions that were written for review, with everything that is wrong.
 *
 * Never fails: `problems` names every line that could not be read; what could be is there. A JSON text that breaks off
 * is one problem.
 *
 * @param name stands in errors.
 */
export function parseExpertFile(text: string, format: ExpertFormat, name: string): ExpertFile {
  const shared: ExpertPrompt[] = [];
  const records: ExpertRecord[] = [];
  const problems: ExpertProblem[] = [];
  readers[format](text.replace(/^\uFEFF/, ''), {
    shared: (prompt) => shared.push(prompt),
    record: (record) => records.push(record),
    problem: (problem) => problems.push(problem),
  });
  if (shared.length === 0 && records.length === 0 && problems.length === 0)
    problems.push({
      line: 1,
      message: 'expected at least one prompt, got none',
      remedy: 'write one prompt a line, or a JSON array of prompts',
    });
  return { name, shared, records, problems: problems.sort((a, b) => a.line - b.line) };
}
