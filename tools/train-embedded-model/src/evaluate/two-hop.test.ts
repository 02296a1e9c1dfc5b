import { createRandom } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { createFactBook } from '../corpus/fact-book.js';
import { firstConfig } from '../corpus/first-dataset.test-data.js';
import { planDataset } from '../corpus/plan-dataset.js';
import { createAnsweringLM } from './answering-lm.test-data.js';
import { createAsker } from './ask.js';
import { measureTwoHop, type TwoHopFigures } from './two-hop.js';

/** Many kept-out subjects, so that second hops lead to some. */
const dataset = planDataset({ ...firstConfig, keptOutShare: 0.4 });
const book = createFactBook(dataset);
const { compositions } = dataset;

async function measure(
  answer: Parameters<typeof createAnsweringLM>[0],
): Promise<{ figures: TwoHopFigures; read: string[] }> {
  const lm = createAnsweringLM(answer);
  const figures = await measureTwoHop(createAsker(lm), {
    book,
    compositions,
    random: createRandom(1),
    count: 40,
  });
  return { figures, read: [...lm.read] };
}
const inContext = (text: string): boolean => /^(Pretend|Considering|Imagine) /.test(text);

describe('measureTwoHop', () => {
  it('asks each composition in up to four prompts', async () => {
    const { figures } = await measure(() => undefined);
    const count = (shown: boolean): number => compositions.filter((each) => each.shown === shown).length;
    expect(figures.trained.n).toBeGreaterThan(2 * count(true));
    expect(figures.trained.n).toBeLessThanOrEqual(4 * count(true));
    expect(figures.heldOut.n).toBeGreaterThan(2 * count(false));
    expect(figures.heldOut.n).toBeLessThanOrEqual(4 * count(false));
    expect(Object.values(figures).map(({ share }) => share)).toEqual([0, 0, 0, 0]);
  });

  it('keeps compositions that training states apart from those held out', async () => {
    const trained = compositions.filter(({ shown }) => shown);
    const described = trained.flatMap(({ first, second }) =>
      book.descriptions(first).map((text) => ({ text: text.slice(1), second })),
    );
    const { figures } = await measure((text) => {
      const known = described.filter((each) => text.includes(each.text));
      const fits = known.filter(({ second }) =>
        book.statementsVia(second, second).some((pattern) => {
          const [before, after] = pattern.split('{}') as [string, string];
          return text.startsWith(before) && text.endsWith(after);
        }),
      );
      return inContext(text) ? undefined : fits.at(0)?.second.object;
    });
    expect(figures.trained.share).toBeGreaterThan(0.9);
    expect(figures.heldOut.share).toBeLessThan(0.3);
    expect(figures.context.share).toBe(0);
  });

  it('changes facts of kept-out subjects, in three contexts by turns', async () => {
    const { figures, read } = await measure(() => undefined);
    expect([figures.context.n, figures.contextSecondHop.n]).toEqual([40, 40]);
    const contexts = read.filter(inContext);
    for (const opening of ['Pretend', 'Considering', 'Imagine'])
      expect(contexts.filter((text) => text.startsWith(opening)).length).toBeGreaterThan(10);
    const subjects = [...dataset.keptOut];
    expect(contexts.filter((text) => !subjects.some((subject) => text.includes(subject)))).toEqual([]);
  });
});
