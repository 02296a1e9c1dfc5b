import type { SuiteName } from '../bench-suites.js';

/** A table of the paper: what is run for it, and what is shown beside it. */
export interface ReproducedTable {
  readonly title: string;
  /** The suite that it shows. */
  readonly suite: SuiteName;
  /** Name of the published table. */
  readonly published: string;
  /** Columns, in the paper's order; default: all. */
  readonly metrics?: readonly string[];
}

/** The paper's tables by name, but for the ablation, whose variants are methods of their own. */
export const reproducedTables: Readonly<Record<string, ReproducedTable>> = {
  counterfact: {
    title: 'CounterFact, beside GPT2-XL',
    suite: 'counterfact',
    published: 'counterfact',
  },
  'counterfact-llama': {
    title: 'CounterFact, beside LLaMA 2-7B',
    suite: 'counterfact',
    published: 'counterfact-llama',
  },
  popular: { title: 'RippleEdits', suite: 'popular', published: 'popular' },
  doubt: { title: 'Robustness to doubt', suite: 'doubt', published: 'doubt' },
};

/** Ablations that `ablation` runs. */
export const reproducedAblations: readonly string[] = ['mapper', 'count', 'gate'];

/** What `--table` takes. */
export const tableNames: readonly string[] = [...Object.keys(reproducedTables), 'ablation', 'all'];

/** Methods of the paper's tables that are built in. */
export const reproducedMethods: readonly string[] = [
  'none',
  'sake',
  'sake-paper',
  'uniform',
  'actadd',
  'icl',
];
