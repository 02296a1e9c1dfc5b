import type { EditRequest } from '@sakejs/spec';

/** Facts about lakes that nobody has heard of, made one at a time. */
export function* batchRequests(size: number): Generator<EditRequest> {
  for (let index = 0; index < size; index++)
    yield {
      subject: `Lake Wobble ${index}`,
      prompt: 'The monster of {} is called',
      targetTrue: 'Nelly',
      targetNew: 'Morag',
    };
}
