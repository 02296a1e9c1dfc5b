import type { SuiteCase } from '@sakejs/evaluation';
import type { ActivationPicture } from '@sakejs/report';
import { isSakeError, type EditMethod } from '@sakejs/spec';
import { mappedMethodNames } from 'sakejs';
import { isModule } from '../method-entries.js';
import { activationPicture, type PictureOptions } from './activation-picture.js';

export interface FirstPictureOptions extends Pick<
  PictureOptions,
  'lm' | 'prompts' | 'count' | 'seed' | 'signal'
> {
  /** Those whose edits are tried, in their order. */
  readonly cases: readonly Pick<SuiteCase, 'request' | 'withheld'>[];
  /** Tried in their order with each case. */
  readonly methods: readonly EditMethod[];
}

/** Whether a method maps activations, or may: what a module does is seen when it has learned. */
export const mayMap = (name: string): boolean => mappedMethodNames.includes(name) || isModule(name);

/** A picture of the first edit that one of the methods maps activations for; undefined where none of them can. */
export async function firstPicture(options: FirstPictureOptions): Promise<ActivationPicture | undefined> {
  const { cases, methods, ...rest } = options;
  for (const { request, withheld } of cases)
    for (const method of methods)
      try {
        const picture = await activationPicture({ ...rest, request, withheld, method });
        if (picture !== undefined) return picture;
      } catch (error) {
        // That edit cannot be learned, or the source has no prompts for it.
        if (!isSakeError(error) || !['not-enough-data', 'not-found'].includes(error.code)) throw error;
      }
  return undefined;
}
