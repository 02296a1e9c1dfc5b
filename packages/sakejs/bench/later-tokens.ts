/**
 * What maps for an object's later tokens give, beside the paper's form, in which generation goes on unassisted.
 *
 *   npx tsx --conditions=@sakejs/source bench/later-tokens.ts [EDITS] [METHOD]
 *
 * Edits are those of the embedded model's dev records with another new object, since theirs have one token each: drawn
 * from the objects of several tokens that the relation has in the facts. Asked are the request's own prompt and the
 * paraphrases; an answer counts when it begins with the whole new object as a word. Both forms are decoded from one
 * learned edit: the paper's is the same edit without its later maps.
 */
import { readFileSync } from 'node:fs';
import { createSteeredLM, objectTokens } from '@sakejs/editor';
import { embeddedFacts, embeddedRecordsFile } from '@sakejs/embedded-model';
import { createTemplateSource } from '@sakejs/prompts';
import {
  createRandom,
  fillPrompt,
  isSakeError,
  type Edit,
  type EditRequest,
  type MapEdit,
} from '@sakejs/spec';
import { loadModel } from '../src/load-model.js';
import { createMethod } from '../src/methods.js';

interface DevRecord {
  readonly requested_rewrite: {
    readonly subject: string;
    readonly prompt: string;
    readonly relation_id: string;
    readonly target_true: { readonly str: string };
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

const random = createRandom('later tokens');
const facts = embeddedFacts();

/** An object of several tokens that a relation has, told from the true one by its first. */
function severalTokens(relation: string, targetTrue: string): string | undefined {
  const [first] = objectTokens(lm, targetTrue);
  const objects = new Set(facts.filter((fact) => fact.relation === relation).map(({ object }) => object));
  const fitting = [...objects].filter((object) => {
    const tokens = objectTokens(lm, object);
    return tokens.length > 1 && tokens[0] !== first;
  });
  return fitting.length === 0 ? undefined : random.pick(fitting.toSorted());
}

for (const { requested_rewrite: rewrite, paraphrase_prompts: paraphrases } of records) {
  if (learned >= Number(wanted)) break;
  const targetNew = severalTokens(rewrite.relation_id, rewrite.target_true.str);
  if (targetNew === undefined) continue;
  seen += 1;
  const request: EditRequest = {
    subject: rewrite.subject,
    prompt: rewrite.prompt,
    targetTrue: rewrite.target_true.str,
    targetNew,
    relation: rewrite.relation_id,
  };
  const prompts = await source.generate(request, { count: 50, seed: 0, withhold: paraphrases });
  let edit: MapEdit;
  try {
    const learnedEdit = await createMethod(method, lm.info, { laterTokens: 'all' }).learn(request, {
      lm,
      prompts,
    });
    if (learnedEdit.kind !== 'map') throw new TypeError('expected a method that maps activations');
    edit = learnedEdit;
  } catch (error) {
    if (!isSakeError(error) || error.code !== 'not-enough-data') throw error;
    refused += 1;
    continue;
  }
  learned += 1;
  const paper: MapEdit = { ...edit, later: [] };
  for (const [form, of] of [
    ['paper', paper],
    ['later', edit],
  ] as const) {
    await ask(of, [fillPrompt(request.prompt, request.subject)], tallies[form].request);
    await ask(of, paraphrases, tallies[form].paraphrases);
  }
}

print(`${method}: ${learned} edits of ${seen} requests for an object of several tokens; ${refused} refused`);
for (const [form, kinds] of Object.entries(tallies))
  for (const [kind, { asked, first, whole }] of Object.entries(kinds))
    print(`${form}\t${kind}\tfirst token ${share(first, asked)}\twhole object ${share(whole, asked)}`);
