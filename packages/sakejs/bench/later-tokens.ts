/**
 * What maps for an object's later tokens give, beside the paper's form, in which generation goes on unassisted.
 *
 *   npx tsx --conditions=@sakejs/source bench/later-tokens.ts [EDITS] [METHOD]
 *
 * Edits are learned one by one from dev records of the embedded model whose new object has several tokens. Asked are
 * the request's own prompt and the paraphrases; an answer counts when it begins with the whole new object as a word.
 * Both forms are decoded from one learned edit: the paper's is the same edit without its later maps.
 */
import { readFileSync } from 'node:fs';
import { createSteeredLM, objectTokens } from '@sakejs/editor';
import { embeddedRecordsFile } from '@sakejs/embedded-model';
import { createTemplateSource } from '@sakejs/prompts';
import { fillPrompt, isSakeError, SakeError, type Edit, type EditRequest } from '@sakejs/spec';
import { loadModel } from '../src/load-model.js';
import { createMethod } from '../src/methods.js';

interface DevRecord {
  readonly requested_rewrite: {
    readonly subject: string;
    readonly prompt: string;
    readonly relation_id: string;
    readonly target_true: { readonly str: string };
    readonly target_new: { readonly str: string };
  };
  readonly paraphrase_prompts: readonly string[];
}

interface Tally {
  asked: number;
  /** Answers whose first token is the object's. */
  first: number;
  whole: number;
}

const [wanted = '40', method = 'sake'] = process.argv.slice(2);
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const share = (part: number, of: number): string => `${part}/${of} = ${(part / of).toFixed(3)}`;
const isWordCharacter = (character: string): boolean => /[\p{L}\p{N}\p{M}]/u.test(character);

function beginsWith(answer: string, object: string): boolean {
  const text = answer.trimStart();
  return text.startsWith(object) && !isWordCharacter(text.slice(object.length).at(0) ?? ' ');
}

await using lm = await loadModel();
const source = createTemplateSource();
const records = JSON.parse(readFileSync(embeddedRecordsFile('dev'), 'utf8')) as DevRecord[];
const tallies: Record<'paper' | 'later', Record<'request' | 'paraphrases', Tally>> = {
  paper: { request: { asked: 0, first: 0, whole: 0 }, paraphrases: { asked: 0, first: 0, whole: 0 } },
  later: { request: { asked: 0, first: 0, whole: 0 }, paraphrases: { asked: 0, first: 0, whole: 0 } },
};
let learned = 0;
let seen = 0;
let refused = 0;

async function ask(edit: Edit, prompts: readonly string[], tally: Tally): Promise<void> {
  const object = edit.request.targetNew;
  const tokens = objectTokens(lm, object);
  const streams = createSteeredLM(lm, [edit]).generateBatch(
    prompts.map((prompt) => ({ prompt, maxTokens: tokens.length + 3 })),
  );
  for (const stream of streams) {
    let answer = '';
    let begins = false;
    for await (const { text, token, step } of stream) {
      answer += text;
      begins ||= step === 0 && token === tokens[0];
    }
    tally.asked += 1;
    tally.first += Number(begins);
    tally.whole += Number(beginsWith(answer, object));
  }
}

for (const { requested_rewrite: rewrite, paraphrase_prompts: paraphrases } of records) {
  if (learned >= Number(wanted)) break;
  if (objectTokens(lm, rewrite.target_new.str).length < 2) continue;
  seen += 1;
  const request: EditRequest = {
    subject: rewrite.subject,
    prompt: rewrite.prompt,
    targetTrue: rewrite.target_true.str,
    targetNew: rewrite.target_new.str,
    relation: rewrite.relation_id,
  };
  const prompts = await source.generate(request, { count: 50, seed: 0, withhold: paraphrases });
  let edit: Edit;
  try {
    edit = await createMethod(method, lm.info, { laterTokens: 'all' }).learn(request, { lm, prompts });
  } catch (error) {
    if (!isSakeError(error) || error.code !== 'not-enough-data') throw error;
    refused += 1;
    continue;
  }
  learned += 1;
  if (edit.kind !== 'map')
    throw new SakeError('unsupported', `later-tokens: expected a method that learns maps, got ${method}`);
  const paper: Edit = { ...edit, later: [] };
  for (const [form, of] of [
    ['paper', paper],
    ['later', edit],
  ] as const) {
    await ask(of, [fillPrompt(request.prompt, request.subject)], tallies[form].request);
    await ask(of, paraphrases, tallies[form].paraphrases);
  }
}

print(
  `${method}: ${learned} edits of ${seen} records whose new object has several tokens; ${refused} refused`,
);
for (const [form, kinds] of Object.entries(tallies))
  for (const [kind, { asked, first, whole }] of Object.entries(kinds))
    print(`${form}\t${kind}\tfirst token ${share(first, asked)}\twhole object ${share(whole, asked)}`);
