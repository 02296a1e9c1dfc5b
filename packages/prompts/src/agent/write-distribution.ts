import {
  createRandom,
  fillPrompt,
  throwIfAborted,
  validateEditRequest,
  type EditRequest,
  type PromptGenerator,
  type PromptOptions,
  type ScopePrompt,
} from '@sakejs/spec';
import { checkCount } from '../check-options.js';
import { createPromptCollector } from '../collect-prompts.js';
import { doubtPrompts } from '../doubt-prompts.js';
import { sourceNegatives } from '../negatives/source-negatives.js';
import type { QualityGate } from '../quality/quality-gate.js';
import { createWithholding } from '../withholding.js';
import { aliasPrompts, promptsPerAlias } from './alias-prompts.js';
import { collectKind, type CollectKindInput, type CollectedKind } from './collect-kind.js';
import type { EditGates } from './edit-gates.js';
import { doubtForms } from './instructions/doubt-forms.js';
import type { ImplicationItem } from './instructions/implications.js';
import type { Instruction } from './instructions/instruction.js';
import { oneHopImplications } from './instructions/one-hop-implications.js';
import { paraphrases, paraphraseStyles } from './instructions/paraphrases.js';
import { reverseQuestions } from './instructions/reverse-questions.js';
import { subjectAliases } from './instructions/subject-aliases.js';
import { twoHopImplications } from './instructions/two-hop-implications.js';
import { linkAbort } from './linked-abort.js';
import type { PromptWriter } from './prompt-writer.js';
import { requireWhole } from './require-whole.js';
import { screenAliases } from './screen-aliases.js';
import { screenDoubts, type WrittenDoubt } from './screen-doubts.js';
import { screenImplications, type Implication } from './screen-implications.js';
import { screenParaphrases } from './screen-paraphrases.js';
import { screenReverseQuestions, type ReverseQuestion } from './screen-reverse-questions.js';
import type { EntryContext } from './screen-texts.js';
import type { TokenPrices } from './token-usage.js';
import type { CheckedWriting } from './writing-options.js';
import type { WrittenDistribution } from './written-distribution.js';
import { allDropped, createWritingReport } from './writing-report.js';

/** How a source turns a model's entries into distributions. */
export interface WriteDistributionOptions {
  readonly writer: PromptWriter;
  readonly kind: string;
  /** Further settings that the distribution's source names. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  readonly writing: CheckedWriting;
  readonly negatives: PromptGenerator | undefined;
  readonly gates: readonly QualityGate[] | undefined;
  readonly modelGates: EditGates;
  readonly prices: TokenPrices | undefined;
}

/** The distribution that a model writes for a request. */
export async function writeDistribution(
  rawRequest: EditRequest,
  promptOptions: PromptOptions,
  options: WriteDistributionOptions,
): Promise<WrittenDistribution> {
  const { count, seed = 0, withhold = [], signal } = promptOptions;
  const request = validateEditRequest(rawRequest);
  checkCount('generate', 'count', count, 1);
  throwIfAborted(signal, 'generate');
  const withholding = createWithholding(request, withhold);
  const { wanted, perReply, maxReplies, doubts: mostDoubts } = options.writing;
  const random = createRandom(`${seed}/${request.subject}/${request.prompt}`);

  // A failure that is thrown, such as an unwritable cache, stops what else is being written.
  const linked = linkAbort(signal);
  const context: EntryContext = {
    request,
    withholding,
    gates: options.gates,
    modelGates: options.modelGates(request),
    signal: linked.signal,
  };
  try {
    const collect = <Item, Kept>(
      instruction: Instruction<Item>,
      most: number,
      screen: CollectKindInput<Item, Kept>['screen'],
    ): Promise<CollectedKind<Kept>> =>
      collectKind({
        writer: options.writer,
        instruction,
        request,
        seed,
        wanted: most,
        size: Math.max(1, Math.min(perReply, most)),
        maxCalls: maxReplies,
        screen,
        signal: linked.signal,
      });
    const first = fillPrompt(request.prompt, request.subject);
    const wantedDoubts = Math.min(wanted.doubtForms, mostDoubts);
    const [written, aliases, oneHop, twoHop, reverse, doubts] = await Promise.all([
      collectKind<string, string>({
        writer: options.writer,
        instruction: paraphrases,
        request,
        seed,
        wanted: count - 1,
        // Not fewer for a small count: the first prompts are the same for every count.
        size: perReply,
        maxCalls: maxReplies,
        styles: random.fork('styles').shuffle(paraphraseStyles),
        screen: (...input) => screenParaphrases(...input, context),
        signal: linked.signal,
      }),
      collect<string, string>(subjectAliases, wanted.aliases, (...input) => screenAliases(...input, context)),
      collect<ImplicationItem, Implication>(oneHopImplications, wanted.oneHopImplications, (...input) =>
        screenImplications(...input, 1, context),
      ),
      collect<ImplicationItem, Implication>(twoHopImplications, wanted.twoHopImplications, (...input) =>
        screenImplications(...input, 2, context),
      ),
      collect<string, ReverseQuestion>(reverseQuestions, wanted.reverseQuestions, (...input) =>
        screenReverseQuestions(...input, context),
      ),
      collect<string, WrittenDoubt>(doubtForms, wantedDoubts, (...input) => screenDoubts(...input, context)),
    ]);
    const prompts = [first, ...written.kept];
    const implications = [...oneHop.kept, ...twoHop.kept];
    const collector = createPromptCollector(withholding, prompts);
    const patterns = written.kept.map((prompt) => prompt.replace(request.subject, () => '{}'));
    const ownDoubts = collector.take(doubts.kept.map(asDoubt(request)), wantedDoubts);
    const positives = [
      ...ownDoubts,
      ...collector.take(
        doubtPrompts(request, patterns, random.fork('doubts')),
        mostDoubts - ownDoubts.length,
      ),
      ...collector.take(aliasPrompts(aliases.kept, prompts, request), promptsPerAlias * aliases.kept.length),
      ...collector.take(implications.map(asImplication(request)), implications.length),
    ];
    const negatives = await sourceNegatives({
      ...{ request, prompts, collector, withholding },
      options: promptOptions,
      generator: options.negatives,
      perKind: options.writing.negativesPerKind,
      random: random.fork('negatives'),
    });
    throwIfAborted(signal, 'generate');

    const report = createWritingReport(
      {
        paraphrases: [count - 1, written],
        'subject-aliases': [wanted.aliases, aliases],
        'one-hop-implications': [wanted.oneHopImplications, oneHop],
        'two-hop-implications': [wanted.twoHopImplications, twoHop],
        'reverse-questions': [wanted.reverseQuestions, reverse],
        'doubt-forms': [wantedDoubts, doubts],
      },
      options.prices,
    );
    const distribution: WrittenDistribution = {
      request,
      prompts,
      positives,
      negatives: negatives.negatives,
      ...(negatives.implied === undefined ? {} : { implied: negatives.implied }),
      aliases: aliases.kept,
      implications,
      reverseQuestions: reverse.kept,
      source: {
        kind: options.kind,
        ...options.settings,
        seed,
        doubts: mostDoubts,
        negatives: negatives.from,
      },
      dropped: allDropped(report),
      report,
    };
    if (options.writing.onShortfall === 'error') requireWhole(distribution, count);
    return distribution;
  } finally {
    linked.abort();
    linked.release();
  }
}

function asDoubt({ subject }: EditRequest): (doubt: WrittenDoubt) => ScopePrompt {
  return ({ text, pattern }) => ({ text, kind: 'doubt', subject, wording: pattern });
}

function asImplication({ subject }: EditRequest): (implication: Implication) => ScopePrompt {
  return ({ text }) => ({ text, kind: 'implication', subject });
}
