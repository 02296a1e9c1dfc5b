import { extname } from 'node:path';
import { SakeError, type ImpliedPrompts, type PromptDistribution, type ScopePrompt } from '@sakejs/spec';
import type { WrittenParts } from '../agent/written-distribution.js';

/** `json` and `jsonl`: prompts or records; `csv`: one text a row; `txt`: one prompt a line, `#` starts a comment line. */
export type ExpertFormat = 'json' | 'jsonl' | 'csv' | 'txt';

/** Formats that hold whole distributions. */
export type DistributionFormat = Exclude<ExpertFormat, 'txt'>;

/** A prompt as it stands in a file. */
export interface ExpertPrompt {
  /** `{}` stands for the subject. */
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
  /** The phrasing that it was made from, where the file says. */
  readonly wording?: number;
}

/** What a file holds for one subject, and for one prompt and objects of it where those are named. */
export interface ExpertRecord {
  readonly line: number;
  readonly subject: string;
  readonly prompt?: string;
  readonly targetTrue?: string;
  readonly targetNew?: string;
  readonly relation?: string;
  readonly prompts: readonly ExpertPrompt[];
  readonly positives?: readonly ScopePrompt[];
  readonly negatives?: readonly ScopePrompt[];
  readonly implied?: readonly ImpliedPrompts[];
  /** Of records that a language model wrote. */
  readonly aliases?: WrittenParts['aliases'];
  readonly implications?: WrittenParts['implications'];
  readonly reverseQuestions?: WrittenParts['reverseQuestions'];
  readonly report?: WrittenParts['report'];
  /** Of records that were written from a distribution. */
  readonly source?: PromptDistribution['source'];
  readonly dropped?: PromptDistribution['dropped'];
}

/** Something wrong with a file, and where. */
export interface ExpertProblem {
  /** Counted from 1. */
  readonly line: number;
  /** `expected <what>, got <what>` */
  readonly message: string;
  readonly remedy: string;
}

/** What an expert file holds, in file order, and everything that is wrong with it. */
export interface ExpertFile {
  readonly name: string;
  /** Prompts for whatever request. */
  readonly shared: readonly ExpertPrompt[];
  readonly records: readonly ExpertRecord[];
  readonly problems: readonly ExpertProblem[];
}

/** Problems that a message names; `details.problems` holds all. */
const named = 10;

/** @throws {SakeError} `invalid-file` with file and line of every problem. */
export function requireSound({ name, problems }: ExpertFile): void {
  if (problems.length === 0) return;
  const lines = problems.map(({ line, message, remedy }) => `${message} at ${name}:${line}; ${remedy}`);
  const more = lines.length > named ? `\n- and ${lines.length - named} more` : '';
  const text =
    lines.length === 1
      ? lines[0]!
      : `expected a sound file, got ${lines.length} problems:\n- ${lines.slice(0, named).join('\n- ')}${more}`;
  throw new SakeError('invalid-file', `parseExpertFile: ${text}`, {
    details: { file: name, line: problems[0]!.line, problems },
  });
}

/** @throws {SakeError} `invalid-option` for another ending than those of the formats. */
export function expertFormatOf(file: string): ExpertFormat {
  const ending = extname(file).toLowerCase().slice(1);
  if (ending === 'json' || ending === 'jsonl' || ending === 'csv' || ending === 'txt') return ending;
  throw new SakeError(
    'invalid-option',
    `createExpertSource: expected a file ending in .json, .jsonl, .csv or .txt, got ${JSON.stringify(file)}; rename it or give \`format\``,
  );
}
