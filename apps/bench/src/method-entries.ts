import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { MethodEntry } from '@sakejs/evaluation';
import { SakeError, type CausalLM, type EditMethod, type ModelInfo } from '@sakejs/spec';
import { createMethod, isMapperModule, loadMapper, mappedMethodNames, methodNames } from 'sakejs';
import { z } from 'zod';
import { settingsLabel, type MethodSettings } from './method-settings.js';
import type { SharedTraining } from './run/shared-training.js';
import { ownMoments, wantsMoments, type MomentsChoice } from './stats/own-moments.js';

/** The unedited model. */
export const UNEDITED = 'none';

/** Names that need no module. */
export const knownMethods: readonly string[] = [UNEDITED, ...methodNames];

/** Whether a name means a module of one's own. */
export const isModule = isMapperModule;

const methodSchema = z.looseObject({
  name: z.string().min(1),
  learn: z.custom<EditMethod['learn']>((value) => typeof value === 'function', 'must be a function'),
});

/** Parts that methods may be given in place of their own. */
export interface MethodParts {
  /** A mapper's built-in name, or a module. */
  readonly mapper?: string | undefined;
  /** What answers in scope of `serac`'s edits. */
  readonly counterfactual?: CausalLM | undefined;
  /** Trains one classifier for all of `serac`'s edits. */
  readonly training?: SharedTraining | undefined;
  /** Settings of built-in methods in place of their own. */
  readonly settings?: MethodSettings | undefined;
  /** What methods that change weights take moments of keys from. Default: the project's own text. */
  readonly moments?: MomentsChoice | undefined;
  /** Where methods keep what they have learned for batches of other processes. */
  readonly memoriesDirectory?: string | undefined;
}

/**
 * Rows of a table from names of methods: built-in ones, or modules (`./my-method.mjs`).
 *
 * A module's default export is an {@link EditMethod}, or a function that makes one for the model. With a mapper (built-in
 * name or module) every built-in method that maps activations is given it, and its name says so; so is `serac` a
 * counterfactual model and the training of its classifier. Methods that change weights find key moments where `sake-bench
 * stats` puts them, or put them there. Moments of a corpus of one's own and settings are named in the row.
 *
 * @throws {SakeError} `not-found` without the module, `invalid-file` when it exports something else, and as `loadMapper`.
 */
export async function methodEntries(
  names: readonly string[],
  info: ModelInfo,
  { mapper, counterfactual, training, settings = {}, moments: chosen, memoriesDirectory }: MethodParts = {},
): Promise<MethodEntry[]> {
  const replaced = mapper === undefined ? undefined : await loadMapper(mapper);
  const moments = await ownMoments(chosen ?? {});
  const around = { ...moments.overrides, ...(memoriesDirectory !== undefined && { memoriesDirectory }) };
  const mapperPrint = mapper !== undefined && isModule(mapper) ? fileHash(mapper) : mapper;
  return Promise.all(
    names.map(async (name): Promise<MethodEntry> => {
      if (name === UNEDITED) return { name };
      if (isModule(name)) return ownMethod(name, info);
      const own = settings[name] && { settings: settings[name] };
      const set =
        own === undefined ? [] : [partOf(settingsLabel(own.settings), JSON.stringify(own.settings))];
      if (name === 'serac')
        return entryOf(name, [...seracParts({ counterfactual, training }), ...set], () =>
          createMethod(name, info, {
            ...(counterfactual && { counterfactual }),
            ...(training && { training: training.learnFrom }),
            ...own,
          }),
        );
      if (replaced !== undefined && mappedMethodNames.includes(name))
        return entryOf(name, [partOf(mapper!, `mapper ${mapperPrint}`), ...set], () =>
          createMethod(name, info, { mapper: replaced, ...own }),
        );
      const weighed =
        chosen !== undefined && wantsMoments(name) ? [partOf(moments.label, moments.fingerprint)] : [];
      return entryOf(name, [...weighed, ...set], () => createMethod(name, info, { ...around, ...own }));
    }),
  );
}

/** What a row is given in place of the method's own: for its name, and for what its work is kept under. */
interface EntryPart {
  readonly label: string;
  readonly fingerprint: string;
}

const partOf = (label: string, fingerprint: string): EntryPart => ({ label, fingerprint });

/** A row of a built-in method: as it is, or with such parts. */
function entryOf(name: string, parts: readonly EntryPart[], create: () => EditMethod): MethodEntry {
  if (parts.length === 0) return { name, method: create() };
  return {
    name: `${name} (${parts.map(({ label }) => label).join(', ')})`,
    method: create(),
    fingerprint: parts.map((part) => part.fingerprint).join(' '),
  };
}

/** What `serac` may be given: a counterfactual model, and a classifier of all edits. */
const seracParts = ({
  counterfactual,
  training,
}: Pick<MethodParts, 'counterfactual' | 'training'>): EntryPart[] => [
  ...(counterfactual === undefined
    ? []
    : [partOf(`answers: ${counterfactual.info.id}`, `answers ${counterfactual.info.sha256}`)]),
  ...(training === undefined
    ? []
    : [partOf(`classifier of ${training.edits} edits`, `classifier ${training.fingerprint}`)]),
];

async function ownMethod(path: string, info: ModelInfo): Promise<MethodEntry> {
  const file = resolve(path);
  const details = { file };
  if (!existsSync(file))
    throw new SakeError(
      'not-found',
      `methodEntries: expected a module at ${path}, got none; check the path`,
      {
        details,
      },
    );
  const wrong = (got: string, cause?: unknown): SakeError =>
    new SakeError(
      'invalid-file',
      `methodEntries: expected ${path} to export a method {name, learn} by default, or a function that makes one, got ${got}`,
      { details, cause },
    );
  let made: unknown;
  try {
    const { default: exported } = (await import(pathToFileURL(file).href)) as { default?: unknown };
    made = typeof exported === 'function' ? await (exported as (info: ModelInfo) => unknown)(info) : exported;
  } catch (cause) {
    throw wrong(`the error: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
  const parsed = methodSchema.safeParse(made);
  if (!parsed.success) throw wrong(parsed.error.issues.map(({ message }) => message).join('; '));
  return { name: parsed.data.name, method: made as EditMethod, fingerprint: fileHash(path) };
}

/** SHA-256 of a file's bytes: a module's work is kept under it. What it imports is not looked at. */
function fileHash(path: string): string {
  return createHash('sha256')
    .update(readFileSync(resolve(path)))
    .digest('hex');
}
