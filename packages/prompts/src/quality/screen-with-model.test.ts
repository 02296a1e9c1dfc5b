import type { EditRequest } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { createAnsweringLM } from '../../test/answering-lm.js';
import { answerChanges } from './answer-changes.js';
import { saysNewObject } from './says-object.js';
import { screenWithModel } from './screen-with-model.js';

const request: EditRequest = {
  subject: 'Peru',
  prompt: 'The capital of {} is',
  targetTrue: 'Lima',
  targetNew: 'San José',
};

describe('saysNewObject', () => {
  /** Says the new object, the first word of it, or something else. */
  const lm = createAnsweringLM((text) => {
    if (text.endsWith(' San')) return text.includes('new') ? ' José' : ' Diego';
    if (/new|first/.test(text)) return ' San';
    return text.includes('alias') ? ' Chepe' : ' Lima';
  });
  const texts = ['A new start for Peru is', 'The first of Peru is', 'The alias of Peru is', 'Peru sits in'];

  it('drops what the model completes with the whole new object', async () => {
    const gate = saysNewObject({ lm, targetNew: 'San José' });
    const { accepted, dropped } = await screenWithModel(texts, { request, modelGates: [gate] });
    expect(accepted.map(({ index }) => index)).toEqual([1, 2, 3]);
    expect(dropped).toEqual({ 'says-new-object': 1 });
  });

  it('counts aliases too', async () => {
    const gate = saysNewObject({ lm, targetNew: 'San José', aliases: ['Chepe'] });
    const { rejected } = await screenWithModel(texts, { request, modelGates: [gate] });
    expect(rejected.map(({ index }) => index)).toEqual([0, 2]);
  });

  it('asks in batches and gives a verdict for each', async () => {
    const many = Array.from({ length: 70 }, (_, index) => `${index % 3 === 0 ? 'new' : 'old'} ${index} Peru`);
    const gate = saysNewObject({ lm, targetNew: 'San José' });
    const { dropped } = await screenWithModel(many, { request, gates: [], modelGates: [gate] });
    expect(dropped).toEqual({ 'says-new-object': 24 });
  });
});

describe('answerChanges', () => {
  /** Knows the river of either capital, and one thing that no capital changes. */
  const lm = createAnsweringLM((text) => {
    if (text.endsWith('The river of that city is called'))
      return text.includes('San José') ? ' Torres' : ' Rímac';
    return ' Spanish';
  });
  const implications = ['The river of that city is called', 'People there speak'];

  it('keeps implications whose answer follows the fact', async () => {
    const { accepted, dropped } = await screenWithModel(implications, {
      request,
      kind: 'implication',
      modelGates: [answerChanges({ lm, request })],
    });
    expect(accepted.map(({ text }) => text)).toEqual(['The river of that city is called']);
    expect(dropped).toEqual({ 'answer-unchanged': 1 });
  });

  it('asks nothing of other kinds', async () => {
    const { accepted } = await screenWithModel(['People of Peru speak'], {
      request,
      modelGates: [answerChanges({ lm, request })],
    });
    expect(accepted).toHaveLength(1);
  });
});

describe('screenWithModel', () => {
  const lm = createAnsweringLM(() => ' Lima');
  const gate = saysNewObject({ lm, targetNew: 'San José' });

  it('counts what the gates on texts dropped as well, in the order of the candidates', async () => {
    const yes = createAnsweringLM((text) => (text.endsWith(' San') ? ' José' : ' San'));
    const { rejected, dropped } = await screenWithModel(['Peru sits in', 'nothing at all'], {
      request,
      modelGates: [saysNewObject({ lm: yes, targetNew: 'San José' })],
    });
    expect(rejected.map(({ reason }) => reason)).toEqual(['says-new-object', 'missing-subject']);
    expect(dropped).toEqual({ 'missing-subject': 1, 'says-new-object': 1 });
  });

  it('accepts no more than the count', async () => {
    const { accepted } = await screenWithModel(['Peru sits in', 'Peru is run from'], {
      request,
      modelGates: [gate],
      count: 1,
    });
    expect(accepted).toHaveLength(1);
  });

  it('stops when its signal has fired', async () => {
    await expectCode(
      () =>
        screenWithModel(['Peru sits in'], {
          request,
          modelGates: [gate],
          signal: AbortSignal.abort(),
        }),
      'aborted',
    );
  });
});
