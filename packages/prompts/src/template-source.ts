import { facts as factTable } from '@sakejs/facts';
import {
  createRandom,
  fillPrompt,
  throwIfAborted,
  validateEditRequest,
  type PromptDistribution,
  type PromptGenerator,
} from '@sakejs/spec';
import { checkCount, checkShare, requireEnough } from './check-options.js';
import { createPromptCollector } from './collect-prompts.js';
import { doubtPrompts } from './doubt-prompts.js';
import { createFactIndex, type FactIndex, type KnownFact } from './fact-index.js';
import { findRelation } from './find-relation.js';
import { impliedPrompts } from './implied-prompts.js';
import { allowedPhrasings, createAsker } from './negatives/asker.js';
import { buildNegatives } from './negatives/build-negatives.js';
import { neutralSentences } from './neutral-sentences.js';
import { paraphrases, type Paraphrase } from './paraphrases.js';
import { relationPhrasings } from './phrasings/all-relations.js';
import { shortNameCount, shortNamePrompts } from './short-name-prompts.js';
import { cleanPrompts } from './quality/clean-prompts.js';
import { templateFingerprint } from './template-fingerprint.js';
import { createWithholding, type Withholding } from './withholding.js';

export interface TemplateSourceOptions {
  /** True facts for recognising relations and for negatives. Default: the tables of `@sakejs/facts`. */
  readonly facts?: readonly KnownFact[];
  /** Share of prompts behind a neutral sentence, in 0..1. Default 0.5. */
  readonly neutralShare?: number;
  /** Whether questions and chat layouts are used too. Default true. */
  readonly questions?: boolean;
  /** Doubts among the positives. Default 60. */
  readonly doubts?: number;
  /** Negatives of each kind, at most. Default 40. */
  readonly negativesPerKind?: number;
  /**
   * Prompts of each question that follows from the edit; four times as many ask the edited question of its subject by
   * description. Default 16; 0 for none.
   */
  readonly implications?: number;
}

/**
 * Prompt distributions from this package's own phrasings; offline, seeded.
 *
 * The relation is `request.relation`, or the one whose wordings are nearest to
 * the request's prompt. Prompts cycle through every allowed wording, bare or behind a neutral
 * sentence, before one comes again; the first n of one seed are the same for every count.
 * `generate` throws `not-found` for a relation without phrasings.
 */
export function createTemplateSource(options: TemplateSourceOptions = {}): PromptGenerator {
  const { neutralShare = 0.5, questions = true, doubts = 60, negativesPerKind = 40 } = options;
  const { implications = 16 } = options;
  checkShare('createTemplateSource', 'neutralShare', neutralShare);
  checkCount('createTemplateSource', 'doubts', doubts, 0);
  checkCount('createTemplateSource', 'negativesPerKind', negativesPerKind, 0);
  checkCount('createTemplateSource', 'implications', implications, 0);
  const settings = { neutralShare, questions, doubts, negativesPerKind, implications };
  const known = (): readonly KnownFact[] => options.facts ?? factTable();
  let index: FactIndex | undefined;
  let fingerprint: string | undefined;
  return {
    kind: 'template',
    get fingerprint() {
      return (fingerprint ??= templateFingerprint(settings, known()));
    },
    async generate(
      rawRequest,
      { count, seed = 0, withhold = [], wordings = [], signal },
    ): Promise<PromptDistribution> {
      const request = validateEditRequest(rawRequest);
      checkCount('generate', 'count', count, 1);
      throwIfAborted(signal, 'generate');
      const facts = (index ??= createFactIndex(known()));
      const { phrasings, similarity } = findRelation(request, facts);
      const withholding = createWithholding(request, withhold);
      const random = createRandom(`${seed}/${request.subject}/${request.prompt}`);
      const own = allowedPhrasings(phrasings, withholding);
      const sentences = neutralSentences.filter((sentence) => !withholding.blocksSentence(sentence));

      const parts = {
        statements: own.statements,
        questions: questions ? own.questions : [],
        sentences,
        neutralShare,
      };
      const wordingOf = new Map([[fillPrompt(request.prompt, request.subject), 0]]);
      const candidates = withWordings(paraphrases(request, parts, random.fork('prompts')), wordingOf);
      const { prompts, dropped } = cleanPrompts(request, candidates, { count, withholding });
      requireEnough(prompts.length, count, `the template source for relation ${phrasings.relation}`, dropped);
      throwIfAborted(signal, 'generate');

      const collector = createPromptCollector(withholding, prompts);
      const doubted = collector.take(doubtPrompts(request, own.statements, random.fork('doubts')), doubts);
      const asked = wordings.length === 0 ? own : { ...own, statements: wordings };
      const asker = createAsker(request, { own: asked, sentences, withholding, neutralShare, questions });
      const named = collector.take(
        shortNamePrompts({ request, facts, asker, withholding, random: random.fork('short names') }),
        shortNameCount,
      );
      const negatives = buildNegatives({
        request,
        facts,
        asker,
        withholding,
        collector,
        random: random.fork('negatives'),
        perKind: negativesPerKind,
      });
      const implied =
        implications === 0
          ? []
          : impliedPrompts(
              { request, facts, asker, withholding, random: random.fork('implications') },
              { count: implications, collector: () => createPromptCollector(withholding, prompts) },
            );
      throwIfAborted(signal, 'generate');

      const all = phrasings.statements.length + phrasings.questions.length + neutralSentences.length;
      const withheld = all - own.statements.length - own.questions.length - sentences.length;
      const others = relationPhrasings.filter(({ relation }) => relation !== phrasings.relation);
      const leftOut = {
        'withheld-wording': withheld,
        ...collector.dropped(),
        'negative-withheld-wording': wordingCount(others) - wordingCount(asker.others),
        'negative-withheld-subject': withheldSubjects(facts, phrasings.relation, withholding),
      };
      return {
        request,
        prompts,
        wordings: prompts.map((text) => wordingOf.get(text)!),
        positives: [...doubted, ...named],
        negatives,
        ...(implied.length > 0 && { implied }),
        source: {
          kind: 'template',
          relation: phrasings.relation,
          similarity,
          seed,
          ...settings,
        },
        dropped: {
          ...dropped,
          ...Object.fromEntries(Object.entries(leftOut).filter(([, times]) => times > 0)),
        },
      };
    },
  };
}

function wordingCount(
  of: readonly { readonly statements: readonly string[]; readonly questions: readonly string[] }[],
): number {
  return of.reduce((sum, { statements, questions }) => sum + statements.length + questions.length, 0);
}

/** How many subjects of a relation no negative asks about, because test prompts name them. */
function withheldSubjects(facts: FactIndex, relation: string, withholding: Withholding): number {
  const subjects = new Set(facts.ofRelation(relation).map(({ subject }) => subject));
  return [...subjects].filter((subject) => withholding.blocksSubject(subject)).length;
}

/** The texts of paraphrases, their wordings noted by text as they pass. */
function* withWordings(of: Iterable<Paraphrase>, wordingOf: Map<string, number>): Generator<string> {
  for (const { text, wording } of of) {
    if (!wordingOf.has(text)) wordingOf.set(text, wording);
    yield text;
  }
}
