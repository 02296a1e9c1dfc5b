import { formatTable } from '@sakejs/terminal';
import type { ModelFigures } from './evaluate-model.js';

type Row = [figure: string, value: string, n: string];

function shareRow(figure: string, share: number | null, n?: number): Row {
  return [
    figure,
    share === null ? 'n = 0' : `${(100 * share).toFixed(2)} %`,
    n === undefined ? '' : String(n),
  ];
}

function counterfactRows({ counterfactDev }: ModelFigures): Row[] {
  if (!counterfactDev) return [];
  const { records, total, prompts, prefix, unseenWording } = counterfactDev;
  return [
    ['CounterFact records covered', String(records), `of ${total}`],
    ...(['request', 'paraphrase', 'neighbourhood'] as const).flatMap((metric) => [
      shareRow(`  ${metric}, first token`, counterfactDev[metric], prompts[metric]),
      shareRow(`  ${metric}, prefix`, prefix[metric], prompts[metric]),
      shareRow(`  ${metric}, wordings not trained on`, unseenWording[metric], unseenWording.prompts[metric]),
    ]),
  ];
}

/** The figures for people: one a line, with the number of prompts it is of. */
export function figuresTable(figures: ModelFigures): string {
  const { pairs, sampled, byForm, steering, contexts, twoHop, counts, tokens } = figures;
  const drawn = sampled === null ? '' : ' (sample)';
  return formatTable(
    ['figure', 'value', 'n'],
    [
      ['facts', String(figures.facts), ''],
      ['relations', String(figures.relations), ''],
      shareRow(`first token right${drawn}`, figures.firstToken, pairs),
      shareRow(`whole object right${drawn}`, figures.wholeObject, pairs),
      shareRow('  statements, first token', byForm.statements, counts.byForm.statements),
      shareRow('  questions, first token', byForm.questions, counts.byForm.questions),
      shareRow('  withheld phrasings, first token', byForm.withheld, counts.byForm.withheld),
      ...counterfactRows(figures),
      shareRow('steering obeyed, kept-out subjects', steering.keptOutSubjects, steering.keptOutPairs),
      shareRow('steering obeyed, other subjects', steering.otherSubjects, steering.otherPairs),
      ...Object.entries(contexts).map(([name, share]) =>
        shareRow(`context, ${name}`, share, counts.contexts[name]),
      ),
      ...Object.entries(twoHop).map(([name, share]) =>
        shareRow(`two hops, ${name}`, share, counts.twoHop[name as keyof typeof twoHop]),
      ),
      shareRow('first token under 3 characters', tokens.shortFirstToken),
      shareRow('objects sharing a first token', tokens.firstTokenCollisions),
    ],
  );
}
