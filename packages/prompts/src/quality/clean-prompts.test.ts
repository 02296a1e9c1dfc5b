import type { EditRequest } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { cleanPrompts } from './clean-prompts.js';
import { createWithholding } from '../withholding.js';

const request: EditRequest = {
  subject: 'Peru',
  prompt: 'The capital of {} is',
  targetTrue: 'Lima',
  targetNew: 'San José',
};
const clean = (
  candidates: readonly string[],
  count = 10,
  tests: readonly string[] = [],
): ReturnType<typeof cleanPrompts> =>
  cleanPrompts(request, candidates, { count, withholding: createWithholding(request, tests) });

describe('cleanPrompts', () => {
  it('puts the prompt of the request first', () => {
    expect(clean([]).prompts).toEqual(['The capital of Peru is']);
  });

  it('drops texts that name an object as whole words, whatever the case', () => {
    const { prompts, dropped } = clean([
      'Not LIMA: Peru has',
      'san josé and Peru',
      'Limas of Peru',
      'San Jose, Peru',
    ]);
    expect(prompts.slice(1)).toEqual(['Limas of Peru', 'San Jose, Peru']);
    expect(dropped).toEqual({ 'names-object': 2 });
  });

  it('drops texts without the subject as the request writes it', () => {
    expect(clean(['The capital is', 'Peruvians live in', 'PERU has']).dropped).toEqual({
      'missing-subject': 3,
    });
  });

  it('drops texts with something left to fill in', () => {
    expect(clean(['Peru {} is', 'Peru [X] is', 'Peru <NAME> is', 'Peru {object}']).dropped).toEqual({
      'unfilled-placeholder': 4,
    });
  });

  it('drops empty texts and repetitions', () => {
    expect(clean(['', ' ?! ', 'the CAPITAL of Peru is.', 'Peru is', 'Peru is ']).dropped).toEqual({
      empty: 2,
      duplicate: 2,
    });
  });

  it('drops texts that share wording with a test prompt', () => {
    expect(clean(['Peru is ruled from'], 10, ['In truth, peru is ruled from']).dropped).toEqual({
      withheld: 1,
    });
  });

  it('looks at no more candidates than it needs', () => {
    const looked: string[] = [];
    function* candidates(): Generator<string> {
      for (let i = 0; ; i++) {
        looked.push(`${i}`);
        yield `Town ${i} of Peru is`;
      }
    }
    const made = cleanPrompts(request, candidates(), {
      count: 4,
      withholding: createWithholding(request, []),
    });
    expect(made.prompts).toHaveLength(4);
    expect(looked).toHaveLength(3);
  });
});
