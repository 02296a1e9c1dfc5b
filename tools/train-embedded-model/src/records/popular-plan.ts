import type { Fact } from '@sakejs/facts';
import type { Alias } from '../corpus/aliases.js';
import type { Split } from './split-turns.js';

/** RippleEdits' axes; `Forgetfulness` needs relations with several objects, which the fact tables have none of. */
export const rippleAxes = [
  'Logical_Generalization',
  'Compositionality_I',
  'Compositionality_II',
  'Subject_Aliasing',
  'Relation_Specificity',
  'Forgetfulness',
] as const;

export type RippleAxis = (typeof rippleAxes)[number];

/** A test of what follows from an edit, or must not, before its prompts are written out. */
export interface RippleTest {
  readonly axis: RippleAxis;
  /** A statement that training never shows with {@link withheldFrom}. */
  readonly pattern: string;
  /** The name in the prompt: the subject asked of, an alias of it, or the first hop's subject. */
  readonly name: string;
  /** Whose test phrasing the pattern is. */
  readonly withheldFrom: readonly string[];
  /** What is asked of the named one, and its object in the edited world; of a chain, the first hop. */
  readonly first: Fact;
  /** The second hop, in the edited world. */
  readonly second?: Fact;
  /** How a chain describes the first hop's object. */
  readonly description?: string;
  /** What the condition query asks: a fact of the dataset in a training phrasing, the test query itself, or nothing. */
  readonly condition: Fact | 'same' | 'none';
  readonly alias?: Alias;
}

/** An edit with tests of what follows from it, before its prompts are written out. */
export interface PopularPlan {
  readonly fact: Fact;
  readonly targetNew: string;
  /** The edit's own phrasing, which training shows. */
  readonly prompt: string;
  readonly tests: readonly RippleTest[];
  readonly split: Split;
}
