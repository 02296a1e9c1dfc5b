import { SakeError, type ModelInfo } from '@sakejs/spec';

/** Settings in place of a method's own, by the names of its options. */
export type MethodSettings = Readonly<Record<string, unknown>>;

/** What methods are made with that is no setting. */
const parts: readonly string[] = ['name', 'scope', 'moments', 'memories', 'counterfactual', 'training'];

/** @throws {SakeError} `invalid-option` for a part among settings, such as `moments`. */
export function refuseParts(name: string, settings: MethodSettings | undefined): void {
  const part = Object.keys(settings ?? {}).find((key) => parts.includes(key));
  if (part === undefined) return;
  throw new SakeError(
    'invalid-option',
    `createMethod: expected settings of ${name}, got ${part}, which is no setting; it is given by itself, where it can be`,
  );
}

/**
 * Methods see the model when they learn; a block that it lacks is told before.
 *
 * @throws {SakeError} `invalid-option`.
 */
export function checkBlocks(
  name: string,
  { layers }: Pick<ModelInfo, 'layers'>,
  settings: MethodSettings | undefined,
): void {
  const blocks = [settings?.['layer'], settings?.['layers']].flat();
  const beyond = blocks.find((block) => typeof block === 'number' && block >= layers);
  if (beyond === undefined) return;
  throw new SakeError(
    'invalid-option',
    `createMethod: expected blocks of ${name} below ${layers}, as many as the model has, got ${String(beyond)}`,
  );
}
