/** How many prompts are asked where the options do not say. */
export const defaultCounts = {
  /** Steering contexts of kept-out subjects, at most. */
  keptOutPairs: 5000,
  /** Steering contexts of other subjects, at most. */
  otherPairs: 3000,
  /** Prompts a form of context, two hops under a context included. */
  contextPrompts: 1000,
} as const;
