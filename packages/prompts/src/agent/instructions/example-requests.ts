import type { EditRequest } from '@sakejs/spec';

/** The facts that examples in instructions are about. */
export const kenya: EditRequest = {
  subject: 'Kenya',
  prompt: 'The currency of {} is the',
  targetTrue: 'shilling',
  targetNew: 'yen',
};

export const marieCurie: EditRequest = {
  subject: 'Marie Curie',
  prompt: 'The native country of {} is',
  targetTrue: 'Poland',
  targetNew: 'Brazil',
};
