import type { EditRequest, PromptKind } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { doubtForms, fillDoubtForm } from '../doubt-forms.js';
import { relationPhrasings } from '../phrasings/all-relations.js';
import { createWithholding } from '../withholding.js';
import { languageIs } from './language-gate.js';
import { lengthBounds } from './length-gate.js';
import { nearDuplicate } from './near-duplicate.js';
import type { QualityGate } from './quality-gate.js';
import { screenCandidates, standardGates, type ScreenOptions } from './screen-candidates.js';

const request: EditRequest = {
  subject: 'Peru',
  prompt: 'The capital of {} is',
  targetTrue: 'Lima',
  targetNew: 'San José',
};

/** Reasons by candidate; `kept` for those that pass. */
function verdicts(candidates: readonly string[], options: Partial<ScreenOptions> = {}): string[] {
  const { accepted, rejected } = screenCandidates(candidates, { request, ...options });
  const all = candidates.map(() => 'missing');
  for (const { index } of accepted) all[index] = 'kept';
  for (const { index, reason } of rejected) all[index] = reason;
  return all;
}

describe('screenCandidates', () => {
  it('gives the kept candidates trimmed, with their place and the subject as it stands there', () => {
    const { accepted } = screenCandidates(['The capital is', '  Lawmakers of Peru meet in '], { request });
    expect(accepted).toEqual([
      {
        text: 'Lawmakers of Peru meet in',
        index: 1,
        wording: 'lawmakers of peru meet in',
        subject: 'Peru',
      },
    ]);
  });

  it('counts what it drops, by the first gate that refused it', () => {
    const { dropped, rejected } = screenCandidates(['', 'The capital is', 'Here is the capital: ____'], {
      request,
    });
    expect(dropped).toEqual({ empty: 1, 'missing-subject': 2 });
    expect(rejected.map(({ index }) => index)).toEqual([0, 1, 2]);
  });

  it('reads no more candidates than the count asks for', () => {
    let read = 0;
    function* endless(): Generator<string> {
      for (;;) yield `Ministry number ${(read++) ** 3} of Peru stands in`;
    }
    const { accepted } = screenCandidates(endless(), { request, count: 3, gates: [] });
    expect([accepted.length, read]).toEqual([3, 3]);
  });

  it('repeats no text that stands elsewhere', () => {
    expect(verdicts(['the seat of PERU is!', 'Peru meets in'], { taken: ['The seat of Peru is'] })).toEqual([
      'missing-subject',
      'kept',
    ]);
    expect(verdicts(['The seat of Peru is!'], { taken: ['The seat of Peru is'] })).toEqual(['duplicate']);
  });

  it('takes a gate of one’s own, a value with a name and a check', () => {
    const noQuestions: QualityGate = { name: 'question', check: ({ text }) => !text.includes('?') };
    expect(
      verdicts(['Where does Peru meet? In', 'Peru meets in'], { gates: [...standardGates, noQuestions] }),
    ).toEqual(['question', 'kept']);
  });

  it('lets every phrasing of the template source pass that is not nearly another', () => {
    const gates = standardGates.filter(({ name }) => name !== 'near-duplicate');
    const subject = 'Xanadu';
    for (const { relation, statements, questions } of relationPhrasings) {
      const texts = [...statements, ...questions].map((pattern) => pattern.replace('{}', subject));
      const { rejected } = screenCandidates(texts, { request: { subject }, gates });
      expect(rejected, relation).toEqual([]);
    }
  });

  it('lets doubts name objects', () => {
    const texts = doubtForms
      .slice(0, 200)
      .map((form) => fillDoubtForm(form, { ...request, prompt: 'The capital of Peru is' }));
    const { dropped } = screenCandidates(texts, { request, kind: 'doubt' });
    expect(dropped).toEqual({});
  });
});

describe('namesObject', () => {
  it.each([
    ['Not LIMA: Peru is run from', 'names-object'],
    ["Beside Lima's walls, Peru has its", 'names-object'],
    ['Limas of Peru is', 'kept'],
    ['san jose and Peru are', 'names-object'],
    ['San, not José, is what Peru has in', 'kept'],
    ['The City of Kings governs Peru, as does', 'names-object'],
    ['Los Reyes, in Peru, is governed by', 'names-object'],
  ])('judges %j: %s', (text, verdict) => {
    const aliases = { targetTrue: ['City of Kings', 'Los Reyes'] };
    expect(verdicts([text], { aliases })).toEqual([verdict]);
  });

  it('lets a subject name an object, and no more', () => {
    const camry: EditRequest = {
      subject: 'Toyota Camry',
      prompt: '{} is made by',
      targetTrue: 'Toyota',
      targetNew: 'Fiat',
    };
    expect(
      verdicts(['Toyota Camry comes from', 'Toyota Camry is a car from the works of Toyota and'], {
        request: camry,
      }),
    ).toEqual(['kept', 'names-object']);
  });

  it('finds an object that begins with the subject', () => {
    const mexico: EditRequest = {
      subject: 'Mexico',
      prompt: 'The capital of {} is',
      targetTrue: 'Mexico City',
      targetNew: 'Oslo',
    };
    expect(verdicts(['In Mexico City, in Mexico, sits'], { request: mexico })).toEqual(['names-object']);
  });

  it('folds letters that do not decompose', () => {
    const lodz: EditRequest = {
      subject: 'Q',
      prompt: '{} is in',
      targetTrue: 'Łódź',
      targetNew: 'Tromsø',
    };
    expect(verdicts(['Not Lodz but Q lies in', 'TROMSO, not Q, is'], { request: lodz })).toEqual([
      'names-object',
      'names-object',
    ]);
  });

  it('finds names in scripts without spaces', () => {
    const gates = standardGates.filter(({ name }) => name !== 'language' && name !== 'length');
    const japan: EditRequest = {
      subject: '日本',
      prompt: '{}の首都は',
      targetTrue: '東京',
      targetNew: '京都',
    };
    expect(
      verdicts(['日本の首都である東京は', '日本で首都とされるのは', '首都は'], { request: japan, gates }),
    ).toEqual(['names-object', 'kept', 'missing-subject']);
  });
});

describe('missingSubject', () => {
  it('wants the subject or an alias as it is written, as whole words', () => {
    const texts = [
      'Peruvians meet in',
      'PERU meets in',
      'The Republic of Peru sits in',
      'Tahuantinsuyo met in',
    ];
    expect(verdicts(texts)).toEqual(['missing-subject', 'missing-subject', 'kept', 'missing-subject']);
    expect(verdicts(texts, { aliases: { subject: ['Tahuantinsuyo'] } })[3]).toBe('kept');
  });

  it('finds a mention behind a longer word that begins with the name', () => {
    expect(verdicts(['Peruvians of Peru meet in'])).toEqual(['kept']);
  });

  it.each<[PromptKind, string]>([
    ['implication', 'kept'],
    ['unrelated', 'kept'],
    ['doubt', 'missing-subject'],
    ['other-relation', 'missing-subject'],
  ])('of a text without it, %s: %s', (kind, verdict) => {
    expect(verdicts(['The river through that town is called'], { kind })).toEqual([verdict]);
  });
});

describe('placeholder', () => {
  it.each([
    'The capital of Peru is ____',
    'Peru is run from ...',
    'Peru … is run from',
    'Peru is run from [MASK]',
    'Peru is run from [blank]',
    'Peru is run from <mask>',
    'Peru is run from <extra_id_0>',
    'Peru is run from {}',
    'Peru is run from {city}',
    'Peru is run from ???',
    'Peru is run from (blank)',
    'Peru is run from XX',
  ])('drops %j', (text) => {
    expect(verdicts([text])).toEqual(['unfilled-placeholder']);
  });

  it('lets dots stand in a doubt, not an open bracket', () => {
    expect(
      verdicts(['Peru is run from Lima... really? Peru is run from', 'Peru, {city}? Peru is run from'], {
        kind: 'doubt',
      }),
    ).toEqual(['kept', 'unfilled-placeholder']);
  });

  it('lets a subject hold what looks like one', () => {
    expect(
      verdicts(['The band [X] comes from', 'Godspeed... comes from'], {
        request: { subject: '[X]' },
        aliases: { subject: ['Godspeed...'] },
      }),
    ).toEqual(['kept', 'kept']);
  });
});

describe('withheld', () => {
  const test = 'It was late. Peru is steered from';

  it('drops what shares wording with a test prompt, given as texts or as the rule', () => {
    for (const withhold of [[test], createWithholding(request, [test])])
      expect(verdicts(['In fact, Peru is steered from', 'Peru is run from'], { withhold })).toEqual([
        'withheld',
        'kept',
      ]);
  });
});

describe('nearDuplicate', () => {
  const texts = ['The city that governs Peru is', 'The city that now governs Peru is', 'Peru is run from'];

  it('drops texts at or above the similarity that it is given', () => {
    expect(verdicts(texts, { gates: [nearDuplicate({ threshold: 0.7 })] })).toEqual([
      'kept',
      'near-duplicate',
      'kept',
    ]);
    expect(verdicts(texts, { gates: [nearDuplicate({ threshold: 0.95 })] })).toEqual([
      'kept',
      'kept',
      'kept',
    ]);
  });

  it('compares words without their order where asked', () => {
    const swapped = ['Peru has its capital in', 'In Peru its capital has'];
    expect(verdicts(swapped, { gates: [nearDuplicate({ measure: 'words', threshold: 1 })] })).toEqual([
      'kept',
      'near-duplicate',
    ]);
    expect(verdicts(swapped, { gates: [nearDuplicate()] })).toEqual(['kept', 'kept']);
  });

  it('is not misled by a long subject that both share', () => {
    const subject = 'The Right Honourable Society for the Advancement of Learning in the Northern Counties';
    const about = [`${subject} meets in`, `${subject} owns a hall in`];
    expect(verdicts(about, { request: { subject }, gates: [nearDuplicate()] })).toEqual(['kept', 'kept']);
  });

  it('refuses a threshold outside 0..1', () => {
    expect(() => nearDuplicate({ threshold: 1.2 })).toThrow(/threshold in 0..1/);
  });
});

describe('lengthBounds', () => {
  it('drops stumps and ramblings', () => {
    const gates = [lengthBounds({ minWords: 2, maxWords: 5, maxCharacters: 30 })];
    const texts = ['Peru', 'Peru has', 'a b c d e Peru', 'Peru has the unpronounceable, interminable'];
    expect(verdicts(texts, { gates })).toEqual(['length', 'kept', 'length', 'length']);
  });
});

describe('languageIs', () => {
  it.each([
    ['Die Hauptstadt von Peru ist', 'language'],
    ['La capitale du Peru est la ville de', 'language'],
    ['La capital de Peru es la ciudad de', 'language'],
    ['Столица страны Peru', 'language'],
    ['秘鲁的首都是', 'language'],
    ['Peru, as the Germans say, has das Parlament in', 'kept'],
    ['Peru hosts Congress in', 'kept'],
  ])('judges %j: %s', (text, verdict) => {
    expect(verdicts([text], { gates: [languageIs()] })).toEqual([verdict]);
  });

  it('expects another language where told', () => {
    expect(
      verdicts(['Die Hauptstadt von Peru ist', 'The capital of Peru is the city of'], {
        gates: [languageIs({ language: 'de' })],
      }),
    ).toEqual(['kept', 'language']);
  });

  it('does not count names', () => {
    const subject = 'Le Monde de la Danse et des Arts';
    expect(verdicts([`${subject} sits in`], { request: { subject }, gates: [languageIs()] })).toEqual([
      'kept',
    ]);
  });

  it('refuses a language that it does not know', () => {
    expect(() => languageIs({ language: 'xx' as 'en' })).toThrow(/expected one of en, de/);
  });
});
